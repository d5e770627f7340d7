/**
 * Runs work with the same key one after the other, in the order of the calls, and work with different keys at the same time.
 * Without it, two copies of a message in one batch would meet at the lock, and one would fail. Make one per invocation. The
 * function that it returns resolves or rejects as the work does, and a failure does not stop the next work.
 */
export function inTurn(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const result = before.then(work, work);
    last.set(key, result);
    return result;
  };
}
