/** Asks until there is an answer, and then keeps it. An answer of `undefined` and an error are asked for again. */
export function onceKnown<T>(ask: () => Promise<T | undefined>): () => Promise<T | undefined> {
  let known: T | undefined;
  return async () => {
    known ??= await ask();
    return known;
  };
}
