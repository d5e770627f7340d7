import { compact } from '../domain/json/compact.ts';
import { RejectedEvent, type Watch } from '../operator/actions/answer.ts';
import { type Stage, unreachable } from '../operator/stage/stage.ts';
import { clearProgress, progress } from '../scripts/progress.ts';
import type { PublishResult } from './ending.ts';
import { NotedError } from './explain.ts';
import { patienceOf } from './follow-options.ts';
import { noteOn, orStopped } from './goes-on.ts';
import { printJson } from './json-output.ts';

/** A published steering event. `command` shows later what became of it. `goesOn` is the sentence for a person if nobody follows it. */
type Published = {
  readonly eventId: string;
  readonly goesOn: string;
  readonly command: string;
  readonly json: boolean;
  /** Goes into the output for a program, if it cannot be followed. */
  readonly also?: Readonly<Record<string, unknown>>;
  /** The output for a program has the member `result`, as that of `ota publish`. */
  readonly hasResult?: true;
};

/**
 * Waits for the answer to an event, and shows what it waits for. Throws RejectedEvent if the service rejected the event. Throws a
 * NotedError, which has how to look again, if the event cannot be followed. With `json`, a program then gets the event's id.
 */
export async function followSteering<T>(
  stage: Stage,
  { eventId, goesOn, command, json, also, hasResult }: Published,
  answer: (watch: Watch) => Promise<T>,
): Promise<T> {
  const found = await orStopped(goesOn, () => answer({ patience: patienceOf(stage), progress })).catch((error: unknown) => {
    clearProgress();
    const shown = unreachable(error, stage.endpoint);
    const { message, rejected } = shown as Partial<RejectedEvent>;
    const result: PublishResult | undefined = hasResult && (rejected === undefined ? 'error' : 'rejected');
    if (json) printJson(compact({ result, ...also, eventId, rejected, error: rejected === undefined ? message : undefined }));
    throw shown instanceof RejectedEvent ? shown : new NotedError(shown, noteOn(shown, goesOn, command));
  });
  clearProgress();
  return found;
}
