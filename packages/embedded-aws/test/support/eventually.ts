import { expect } from 'vitest';

/** Asks again until the answer is as expected, for at most 20 seconds, which is enough on a busy machine. */
export function eventually<T>(ask: () => T) {
  return expect.poll(ask, { timeout: 20_000, interval: 20 });
}
