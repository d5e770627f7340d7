import { PutEventsCommand, ResourceNotFoundException } from '@aws-sdk/client-eventbridge';
import { UsageError } from '../../scripts/command.ts';
import type { Stage } from '../stage/stage.ts';

/** An event to publish. `detail` is JSON text, sent as it is. EventBridge adds id, account and time. */
export type OutgoingEvent = { readonly source: string; readonly detailType: string; readonly detail: string };

/** The bus did not accept an event. `code` is that of AWS. */
class NotAccepted extends Error {
  readonly code: string | undefined;

  constructor(code: string | undefined, message: string | undefined) {
    super(`the bus did not accept the event: ${code} ${message}`);
    this.code = code;
  }
}

/** Whether AWS does not permit the caller to publish an event. It refuses either the call or the entry. */
export function isDenied(error: unknown): error is Error {
  const code = error instanceof NotAccepted ? error.code : error instanceof Error ? error.name : undefined;
  return code !== undefined && /^(?:AccessDenied|NotAuthorized)/.test(code);
}

/**
 * Puts one event on the bus of a stage and answers its id. Throws UsageError if there is no bus, and an error for which {@link isDenied}
 * is true if the caller may not publish it.
 */
export async function publishEvent(stage: Stage, { source, detailType, detail }: OutgoingEvent): Promise<string> {
  const entry = { EventBusName: stage.bus, Source: source, DetailType: detailType, Detail: detail };
  const { Entries } = await stage.eventbridge.send(new PutEventsCommand({ Entries: [entry] })).catch((error: unknown) => {
    throw error instanceof ResourceNotFoundException ? noBus(stage, error) : error;
  });
  const [result] = Entries ?? [];
  if (result?.ErrorCode === 'ResourceNotFoundException') throw noBus(stage, result);
  if (result?.EventId === undefined) throw new NotAccepted(result?.ErrorCode, result?.ErrorMessage);
  return result.EventId;
}

/** If there is no bus, AWS fails either the call or the entry. */
function noBus({ bus }: Stage, cause: unknown): UsageError {
  return new UsageError(`there is no bus ${bus}: check --stage, --bus, and the account and region of your credentials`, { cause });
}
