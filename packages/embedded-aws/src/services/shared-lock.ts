export type SharedLock = {
  /** Runs beside other shared work, never beside exclusive work. */
  shared<T>(work: () => Promise<T>): Promise<T>;
  /** Runs alone. */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
};

/** A lock that is granted in the order of the requests, so that no work waits for ever. */
export function createSharedLock(): SharedLock {
  let running = 0;
  let alone = false;
  const queue: { readonly exclusive: boolean; readonly start: () => void }[] = [];

  function admit(): void {
    while (queue[0] !== undefined && !alone && (!queue[0].exclusive || running === 0)) {
      const next = queue.shift();
      if (next === undefined) return;
      running += 1;
      alone = next.exclusive;
      next.start();
    }
  }

  async function hold<T>(exclusive: boolean, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      queue.push({ exclusive, start });
      admit();
    });
    try {
      return await work();
    } finally {
      running -= 1;
      alone = false;
      admit();
    }
  }

  return { shared: (work) => hold(false, work), exclusive: (work) => hold(true, work) };
}
