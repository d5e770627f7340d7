import { describe, expect, it } from 'vitest';
import { keepSame } from '../../../console/page/keep-same.ts';
import { untilNextRead } from '../../../console/page/next-read.ts';

describe('the time until the next read', () => {
  const wait = (failures: number, askedMilliseconds?: number, everyMilliseconds = 2000) =>
    untilNextRead({ everyMilliseconds, failures, askedMilliseconds });

  it('is the usual one after a success', () => {
    expect(wait(0)).toBe(2000);
  });

  it('doubles with every failure in a row, up to a minute', () => {
    expect([1, 2, 3, 4, 5, 50].map((failures) => wait(failures))).toEqual([4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('is never shorter than what the server asked for', () => {
    expect(wait(1, 90_000)).toBe(90_000);
    expect(wait(3, 1000)).toBe(16_000);
  });

  it('is never shorter than usual', () => {
    expect(wait(3, undefined, 120_000)).toBe(120_000);
  });
});

describe('an answer that was read again', () => {
  const before = {
    at: '1',
    products: [
      { product: 'a', channels: [{ counts: { queued: 1 } }] },
      { product: 'b', channels: [] },
    ],
  };

  it('is the same object if nothing has changed', () => {
    expect(keepSame(before, structuredClone(before))).toBe(before);
  });

  it('keeps the parts that have not changed, and is equal to what was read', () => {
    const next = structuredClone(before);
    next.at = '2';
    next.products[0]?.channels.push({ counts: { queued: 2 } });
    const kept = keepSame(before, next);
    expect(kept).toEqual(next);
    expect(kept).not.toBe(before);
    expect(kept.products[0]).not.toBe(before.products[0]);
    expect(kept.products[0]?.channels[0]).toBe(before.products[0]?.channels[0]);
    expect(kept.products[1]).toBe(before.products[1]);
  });

  it.each([
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: 1 }, { a: 1, b: undefined }],
    [[1, 2], [1]],
    [[], {}],
    [{ 0: 'a' }, ['a']],
    [null, { a: null }],
    [{ a: null }, null],
    ['1', 1],
  ])('is what was read: %j, then %j', (first, second) => {
    expect(keepSame<unknown>(first, second)).toStrictEqual(second);
  });

  it('is read for the first time, too', () => {
    expect(keepSame(undefined, before)).toBe(before);
  });
});
