import type { Rollout } from '../../../domain/rollout/rollout.ts';
import { withdrawalLines } from '../../../operator/words/withdrawal-words.ts';
import type { ActionResult } from '../../api.ts';

/** What became of a withdrawal that the service has accepted. What AWS has not stopped in time is stopped later. */
export function stoppedResult(
  done: string,
  href: string,
  { rows, timedOut }: { readonly rows: readonly Rollout[]; readonly timedOut?: true },
): Omit<ActionResult, 'eventId'> {
  const lines = withdrawalLines(rows);
  if (!timedOut) return { isDone: true, message: done, lines, href };
  return { isDone: true, isPending: true, message: `${done} AWS has not stopped every rollout yet. The service goes on.`, lines, href };
}
