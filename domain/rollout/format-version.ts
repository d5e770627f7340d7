/**
 * The format of everything that this version stores: the items of the ledger, the frozen requests in them, and the follow-ups in their
 * queue. A newer version of the service may raise it. This code reads all formats up to its own.
 */
export const FORMAT_VERSION = 1;

/**
 * Throws if something stored has a newer format, which only happens after a return to an older version of the service. What is stored is
 * then left as it is, and SQS delivers the message again until a newer version of the service is there. Throws, too, if it has no number
 * (NaN), which no version has stored. `what` names it for people.
 */
export function refuseNewerFormat(formatVersion: number, what: string): void {
  if (formatVersion <= FORMAT_VERSION) return;
  if (Number.isNaN(formatVersion)) throw new Error(`${what} has no number for its formatVersion: no version of the service wrote it`);
  throw new Error(
    `${what} has the format ${formatVersion}, and this version of the service reads formats up to ${FORMAT_VERSION}: deploy the newer version again`,
  );
}
