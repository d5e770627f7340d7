import { expect } from 'vitest';

/** Asks again and again until the answer is as expected; patient enough for a busy machine. */
export function eventually<T>(ask: () => T) {
  return expect.poll(ask, { timeout: 20_000, interval: 20 });
}
