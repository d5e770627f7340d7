import { type HistoryEntry, isFinal, type Rollout } from './rollout.ts';
import type { Change, Timing } from './step.ts';

const HISTORY_KEPT = 40;

/**
 * Milliseconds until a resting rollout is looked at again: the first delay, doubled with every rest without
 * news, less up to a fifth so that a burst spreads out. The share is drawn from rollout and follow-up number:
 * the same input gives the same delay.
 */
export function delayOf(row: Pick<Rollout, 'rolloutId' | 'followUpNumber' | 'restsWithoutNews'>, timing: Timing): number {
  const full = Math.min(timing.firstDelay * 2 ** Math.min(row.restsWithoutNews, 20), timing.longestDelay);
  return Math.round(full * (1 - 0.2 * share(`${row.rolloutId}#${row.followUpNumber}`)));
}

/**
 * The row after a change: the next revision and follow-up number, a fresh `due` (none where the change removes
 * it), and a line of history when the state or the attempt moved.
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
    itemRevision: row.itemRevision + 1,
    followUpNumber: row.followUpNumber + 1,
    writtenAt: about.now,
    history: moved ? [...row.history, entry].slice(-HISTORY_KEPT) : row.history,
  };
  if (change.dueAt === null) return fresh;
  return { ...fresh, dueAt: about.now + (isFinal(fresh.state) ? 0 : delayOf(fresh, about.timing)) + about.timing.sweepSlack };
}

/** A number in [0, 1) that depends on the text alone (FNV-1a). */
function share(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) / 0x1_0000_0000;
}
