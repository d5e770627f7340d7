import { wroteKeeping } from './moves.ts';
import { pruned } from './order.ts';
import type { Reason } from './reasons-now.ts';
import { isFinal, mayHaveReachedAws } from './rollout.ts';
import type { Change, Step, View } from './step.ts';
import { followUpDelayOf } from './timing.ts';

/** Final: first the head, then the outcomes, then `dueAt` is removed. */
export function inFinal(view: View): Step {
  const { row, head, seen } = view;
  const own = head.entries[row.rolloutId];
  const taken = own && mayHaveReachedAws(row) ? Math.max(head.taken, own.sequence) : head.taken;
  if (own && (row.state === 'WITHDRAWN' || row.state === 'FAILED')) {
    const entries = Object.fromEntries(Object.entries(head.entries).filter(([rolloutId]) => rolloutId !== row.rolloutId));
    return { do: 'writeHead', head: { ...head, taken, entries }, why: 'it gives up its place', seen: seen };
  }
  if (own && !own.done) {
    const entries = pruned({ ...head.entries, [row.rolloutId]: { ...own, done: true as const } });
    return { do: 'writeHead', head: { ...head, taken, entries }, why: 'it has ended', seen: seen };
  }
  if (row.outbox.length > 0 && seen.unpublished) return comeBack(view);
  if (row.outbox.length > 0 && !seen.published) return { do: 'publish' };
  if (row.dueAt !== undefined)
    return { do: 'write', change: { outbox: [], dueAt: null }, why: 'published; nothing is left', seen: wroteKeeping(view) };
  return { do: 'done' };
}

/** Waits. Outcomes are published first. The sweep looks after a CREATED rollout, the others get a follow-up while delays are short. */
export function rest(view: View): Step {
  const { row, seen } = view;
  if (isFinal(row.state)) return inFinal(view);
  if (row.outbox.length > 0 && !seen.unpublished) {
    if (!seen.published) return { do: 'publish' };
    const change: Change = { outbox: [], ...(row.waits && row.dueAt !== undefined && { dueAt: row.dueAt }) };
    return { do: 'write', change, why: 'published', seen: { ...wroteKeeping(view), resting: true } };
  }
  // What waits for people or for a time stays due, so that the next sweep looks again. A time that comes earlier needs a follow-up: an
  // allowed time may be over before the sweep comes.
  if (row.waits) {
    const delay = (seen.lookAgainAt ?? Number.POSITIVE_INFINITY) - view.now;
    if (delay < view.timing.sweepInterval) return { do: 'rest', delay: Math.max(0, delay) };
    return seen.wrote ? { do: 'done' } : behindTheOthers(view);
  }
  if (view.afterJobEvent && !seen.wrote) return afterJobEvent(view);
  // The row stays due. So the next sweep looks again, and a throttled look or a silent bus does not lengthen the delay.
  if (row.state === 'CREATED' && (!seen.sighting || seen.unpublished)) return { do: 'done' };
  return comeBack(view);
}

/** The sweep wakes first what has been due longest. So what stays due goes behind the others after an hour, or it would keep them waiting. */
function behindTheOthers({ row, seen, now, timing }: View): Step {
  if (row.dueAt === undefined || now <= row.dueAt + timing.longestWatchDelay) return { do: 'done' };
  return { do: 'write', change: { dueAt: now }, why: 'still waits', seen: { ...seen, wrote: true, resting: true } };
}

/**
 * A job event that brought no news. It may be forged, so it neither lengthens a delay nor replaces a follow-up. Or it may be true, and AWS
 * showed an older state. So the sweep looks soon, because nobody repeats the event. If the look got no turn or no answer, it comes before
 * all others, because the rollout is then due since its claim.
 */
function afterJobEvent(view: View): Step {
  const { row, seen, now, timing } = view;
  const soon = seen.sighting ? now + timing.firstWatchDelay : row.claimedAt;
  if (row.state !== 'CREATED' || (row.dueAt ?? 0) <= soon) return { do: 'done' };
  return { do: 'write', change: { dueAt: soon }, why: 'a job event without news', seen: { ...wroteKeeping(view), resting: true } };
}

/** Like {@link rest}, with a look at this instant (epoch ms) if there is one. */
export function restUntil(view: View, lookAt: number | undefined): Step {
  return rest(lookAt === undefined ? view : { ...view, seen: { ...view.seen, lookAgainAt: lookAt } });
}

/** The first instant at which one of these reasons ends on its own. */
export function firstOf(reasons: readonly Reason[]): number | undefined {
  const instants = reasons.flatMap(({ until }) => until ?? []);
  return instants.length > 0 ? Math.min(...instants) : undefined;
}

function comeBack(view: View): Step {
  const { row, seen, timing } = view;
  if (seen.wrote) {
    const delay = followUpDelayOf(row, timing);
    return delay === undefined ? { do: 'done' } : { do: 'rest', delay };
  }
  return {
    do: 'write',
    change: { restsWithoutNews: row.restsWithoutNews + 1 },
    why: 'no news',
    seen: { ...wroteKeeping(view), resting: true },
  };
}
