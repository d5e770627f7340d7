/**
 * Lets pieces of work that share a key run one after the other, the others side by side: two copies of one
 * message in a batch would only meet at the lock and fail. One per invocation.
 */
export function inTurn(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(key, mine);
    return mine;
  };
}
