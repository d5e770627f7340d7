/** Places for jobs that roll out at the same time. */
export type Slots = {
  /** Whether a job would get a place now. */
  hasRoom(): boolean;
  /** Takes a place, or queues for one: `wake` is called when there is one to take. Returns whether it has a place now. */
  take(job: object, wake: () => void): boolean;
  /** Gives the place back, or leaves the queue. */
  release(job: object): void;
};

/** `most` places, given in the order in which they were asked for. */
export function createSlots(most: number): Slots {
  const holders = new Set<object>();
  const queue = new Map<object, () => void>();
  return {
    hasRoom: () => holders.size < most,
    take(job, wake) {
      if (!holders.has(job) && holders.size >= most) {
        queue.set(job, wake);
        return false;
      }
      queue.delete(job);
      holders.add(job);
      return true;
    },
    release(job) {
      queue.delete(job);
      if (!holders.delete(job)) return;
      const [next] = queue;
      if (next === undefined) return;
      queue.delete(next[0]);
      next[1]();
    },
  };
}
