/** Lets calls out at a limited rate. */
export type Limiter = { take(maxWaitMilliseconds: number): Promise<boolean> };

/**
 * A turn taken up to this late does not delay the next ones. Otherwise every pause between batches would cost a turn. So all
 * execution environments together may send one second's share of the quota at once, and a quota per second allows that.
 */
const MAX_LATENESS_MS = 1_000;

/**
 * Spaces the calls of this execution environment evenly, at most `perSecond` of them on average. `take` waits for its turn and
 * returns true. If that turn is later than the caller can wait, `take` returns false at once and uses up no turn. Turns are given in
 * the order of the calls. Throws RangeError if `perSecond` is not above 0.
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
      // A clock that was set back must not make callers wait until it has caught up.
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
