/** Which messages of a batch failed. */
export type BatchVerdict = { readonly failed: ReadonlySet<string>; readonly reason?: string };

/**
 * Reads a function's answer to a batch as Lambda does with ReportBatchItemFailures. Nothing, null and an empty list are
 * success. An identifier that is empty, null, misspelt or not of this batch fails the whole batch.
 */
export function readBatchResponse(payload: unknown, messageIds: readonly string[]): BatchVerdict {
  const whole = (reason: string): BatchVerdict => ({ failed: new Set(messageIds), reason });
  if (payload === null || payload === undefined) return { failed: new Set() };
  if (typeof payload !== 'object' || Array.isArray(payload)) return whole('the answer is not an object');
  const failures = (payload as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === null || failures === undefined) return { failed: new Set() };
  if (!Array.isArray(failures)) return whole('batchItemFailures is not a list');
  const failed = new Set<string>();
  for (const failure of failures as ({ itemIdentifier?: unknown } | null)[]) {
    const id = failure?.itemIdentifier;
    if (typeof id !== 'string' || id === '') return whole('an itemIdentifier is missing or empty');
    if (!messageIds.includes(id)) return whole(`the itemIdentifier ${id} is not of a message of this batch`);
    failed.add(id);
  }
  return { failed };
}
