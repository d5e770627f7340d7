/** A clock that stands still while nobody uses it. */
export type ClockInUse = {
  /** Milliseconds. Only differences mean something. */
  readonly now: () => number;
  /** Runs the work. The clock runs until it ends. */
  readonly during: <T>(work: () => Promise<T>) => Promise<T>;
};

/** The first part of each pause counts as use, because the next batch takes about this long to arrive from the queue. */
const PAUSE_COUNTED_MS = 100;

/**
 * Counts the time in which this execution environment works for one queue. A limiter with this clock saves up no turns while the
 * environment is idle or works for another queue. So the environments of a function that reads two queues stay within the share of each
 * queue, whichever of them Lambda picks for a batch. The maximum concurrency of the queue limits how many are in use for it at once.
 */
export function clockInUse(now: () => number): ClockInUse {
  let users = 0;
  let endedAt: number | undefined;
  let skipped = 0;
  return {
    now: () => (users === 0 && endedAt !== undefined ? endedAt : now()) - skipped,
    during: async (work) => {
      if (users === 0 && endedAt !== undefined) skipped += Math.max(0, now() - endedAt - PAUSE_COUNTED_MS);
      users += 1;
      try {
        return await work();
      } finally {
        users -= 1;
        endedAt = now();
      }
    },
  };
}
