import { rejectionLines } from '../operator/events/judge-event.ts';
import type { Judged } from '../operator/events/judged-event.ts';
import { exit } from '../scripts/command.ts';
import type { FollowOptions } from './follow-options.ts';

/**
 * Prints why an event is not published, and answers the exit status. For a program, `rejected` is the rejection that the service
 * would have given, as in the output about a published event. `also` goes into that output.
 */
export function reject(judged: Extract<Judged, { ok: false }>, { json }: Pick<FollowOptions, 'json'>, also: object = {}): number {
  const { rejections, configuration } = judged;
  const [first] = rejections;
  const rejected = first && { code: first.code, path: first.path, message: first.message, reason: first.message };
  if (json) console.log(JSON.stringify({ ...also, rollouts: [], duplicate: false, rejected, rejections }));
  else {
    for (const line of rejectionLines(rejections)) console.log(line);
    const judgedWith = configuration === undefined ? '' : `; judged with ${configuration.name}, use --channels for another file`;
    console.log(`nothing was published${judgedWith}`);
  }
  return exit.failed;
}
