import { compact } from '../domain/json/compact.ts';
import { poll } from '../operator/stage/poll.ts';
import { type Stage, unreachable } from '../operator/stage/stage.ts';
import { clearProgress, progress } from '../scripts/progress.ts';
import { NotedError } from './explain.ts';
import { findRejected, NotProcessed } from './follow.ts';
import { patienceOf } from './follow-options.ts';
import { noteOn, orStopped } from './goes-on.ts';
import { RejectedEvent } from './rejected-event.ts';

/** A published steering event. `command` shows later what became of it. `goesOn` is the sentence for a person if nobody follows it. */
type Published = {
  readonly what: 'approval' | 'hold' | 'resume';
  readonly eventId: string;
  readonly goesOn: string;
  readonly command: string;
  readonly json: boolean;
  /** Goes into the output for a program, if it cannot be followed. */
  readonly also?: Readonly<Record<string, unknown>>;
};

/**
 * Looks until `look` finds the result of an event in the ledger. Throws RejectedEvent if the service rejected the event. Throws
 * a NotedError, which has how to look again, if the event cannot be followed. With `json`, a program then gets the event's id.
 */
export async function followSteering<T extends object>(
  stage: Stage,
  { what, eventId, goesOn, command, json, also }: Published,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const patience = patienceOf(stage);
  const answer = async (elapsed: () => number): Promise<T | undefined> => {
    const found = await look();
    if (found !== undefined) return found;
    const rejected = await findRejected(stage, eventId);
    if (rejected) throw new RejectedEvent(rejected);
    if (elapsed() > patience) throw new NotProcessed(what, patience);
    progress('waiting for the service');
    return undefined;
  };
  const found = await orStopped(goesOn, () => poll(answer, { patience, timeout: Number.POSITIVE_INFINITY }, progress)).catch(
    (error: unknown) => {
      clearProgress();
      const shown = unreachable(error, stage.endpoint);
      const { message, rejected } = shown as Partial<RejectedEvent>;
      if (json) console.log(JSON.stringify(compact({ ...also, eventId, rejected, error: rejected === undefined ? message : undefined })));
      throw shown instanceof RejectedEvent ? shown : new NotedError(shown, noteOn(shown, goesOn, command));
    },
  );
  clearProgress();
  return found;
}
