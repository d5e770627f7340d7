export type Limiter = { take(maxWaitMilliseconds: number): Promise<boolean> };

/**
 * A turn that is taken so much late at most does not put off those after it, so that the pause between two batches costs
 * none. All sandboxes together then send at most one second's worth of the quota at once, which is what a quota per
 * second allows.
 */
const MAX_LATENESS_MS = 1_000;

/**
 * Spaces calls evenly, at most `perSecond` of them on the average, in this sandbox. `take` waits for its turn and answers
 * true, or false at once, taking nothing, where the turn is further away than the caller can wait. Turns are given in the
 * order of asking.
 */
export function limiter({
  perSecond,
  now,
  sleep,
}: {
  readonly perSecond: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}): Limiter {
  if (!(perSecond > 0)) throw new RangeError(`perSecond must be greater than 0, got ${perSecond}`);
  let nextTurn = Number.NEGATIVE_INFINITY;
  let lastSeen = Number.NEGATIVE_INFINITY;
  return {
    take: async (maxWaitMilliseconds) => {
      const at = now();
      // A clock that was set back must not make everybody wait until it has caught up.
      if (at < lastSeen) nextTurn -= lastSeen - at;
      lastSeen = at;
      const wait = Math.max(0, nextTurn - at);
      if (wait > maxWaitMilliseconds) return false;
      const isLate = nextTurn < at && nextTurn > at - MAX_LATENESS_MS;
      nextTurn = (isLate ? nextTurn : at + wait) + 1000 / perSecond;
      if (wait > 0) await sleep(wait);
      return true;
    },
  };
}
