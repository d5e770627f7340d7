import { sameCounts } from './counts.ts';
import { type HistoryEntry, isFinal, type Rollout } from './rollout.ts';
import type { Change } from './step.ts';
import { delayOf, followUpDelayOf, type Timing } from './timing.ts';

const HISTORY_KEPT = 40;

/**
 * The row after a change, with the next revision, the next follow-up number and a new `dueAt`, unless the change sets one. A change that
 * sets `dueAt` to null removes it. The history gets a line if the state or the attempt changed. `now` in epoch ms.
 */
export function applyChange(row: Rollout, change: Change, about: { why: string; who: string; now: number; timing: Timing }): Rollout {
  const merged: Record<string, unknown> = { ...row };
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === undefined) delete merged[name];
    else merged[name] = value;
  }
  const next = merged as Rollout;
  const moved = next.state !== row.state || next.attempt !== row.attempt;
  const entry: HistoryEntry = { at: about.now, from: row.state, to: next.state, why: about.why, who: about.who };
  const fresh: Rollout = {
    ...next,
    ...(change.counts && !sameCounts(change.counts, row.counts) && { countsChangedAt: about.now }),
    itemRevision: row.itemRevision + 1,
    followUpNumber: row.followUpNumber + 1,
    writtenAt: about.now,
    history: moved ? [...row.history, entry].slice(-HISTORY_KEPT) : row.history,
  };
  if (change.dueAt !== undefined) return fresh;
  return { ...fresh, dueAt: about.now + (isFinal(fresh.state) ? about.timing.sweepSlack : untilDue(fresh, about.timing)) };
}

/** The sweep steps in if a follow-up is late. If there is none, the sweep comes at the end of the delay. */
function untilDue(row: Rollout, timing: Timing): number {
  return delayOf(row, timing) + (followUpDelayOf(row, timing) === undefined ? 0 : timing.sweepSlack);
}
