import { describe, expect, it } from 'vitest';
import { limiter } from '../../adapters/limiter.ts';

/** A clock that moves only by sleeping. `slept` has the length of each sleep. */
function world() {
  const slept: number[] = [];
  let at = 1_000_000;
  return {
    slept,
    set: (milliseconds: number) => {
      at = milliseconds;
    },
    now: () => at,
    sleep: async (milliseconds: number) => {
      slept.push(milliseconds);
      at += milliseconds;
    },
  };
}

describe('the limiter', () => {
  it('lets the first call through at once and spaces the next ones evenly', async () => {
    const { now, sleep, slept } = world();
    const { take } = limiter({ perSecond: 4, now, sleep });
    for (const _ of [1, 2, 3, 4]) expect(await take(10_000)).toBe(true);
    expect(slept).toEqual([250, 250, 250]);
  });

  it('does not save up turns while no call comes', async () => {
    const { now, sleep, slept, set } = world();
    const { take } = limiter({ perSecond: 4, now, sleep });
    await take(0);
    set(2_000_000);
    for (const _ of [1, 2]) await take(10_000);
    expect(slept).toEqual([250]);
  });

  it('does not delay the next turns if one is taken a little late', async () => {
    const { now, sleep, slept, set } = world();
    const { take } = limiter({ perSecond: 2, now, sleep });
    await take(0);
    set(now() + 1_200);
    for (const _ of [1, 2, 3]) await take(10_000);
    expect(slept).toEqual([300]);
    set(now() + 1_500);
    for (const _ of [1, 2]) await take(10_000);
    expect(slept).toEqual([300, 500]);
  });

  it('gives simultaneous calls separate turns, in order', async () => {
    const slept: number[] = [];
    const { take } = limiter({
      perSecond: 10,
      now: () => 0,
      sleep: async (milliseconds) => {
        slept.push(milliseconds);
      },
    });
    await Promise.all([take(1000), take(1000), take(1000)]);
    expect(slept).toEqual([100, 200]);
  });

  it('refuses at once, and uses up no turn, if the turn is too late', async () => {
    const { now, sleep, slept } = world();
    const { take } = limiter({ perSecond: 1, now, sleep });
    await take(0);
    expect(await take(999)).toBe(false);
    expect(await take(999)).toBe(false);
    expect(await take(1000)).toBe(true);
    expect(slept).toEqual([1000]);
  });

  it('never exceeds the rate by more than one second of late turns, whatever the pattern of calls', async () => {
    const { now, sleep, set } = world();
    const { take } = limiter({ perSecond: 5, now, sleep });
    const granted: number[] = [];
    for (let step = 0; step < 200; step += 1) {
      if (await take((step * 37) % 400)) granted.push(now());
      set(now() + ((step * 53) % 90));
    }
    const secondsOfTen = granted.slice(10).map((at, index) => (at - (granted[index] ?? 0)) / 1000);
    expect(Math.min(...secondsOfTen)).toBeGreaterThanOrEqual(1);
  });

  it('does not wait longer if the clock is set back', async () => {
    const { now, sleep, slept, set } = world();
    const { take } = limiter({ perSecond: 1, now, sleep });
    await take(0);
    set(now() - 3_600_000);
    expect(await take(1000)).toBe(true);
    expect(slept).toEqual([1000]);
  });

  it('throws if the rate is not above 0', () => {
    const { now, sleep } = world();
    expect(() => limiter({ perSecond: 0, now, sleep })).toThrow(RangeError);
    expect(() => limiter({ perSecond: Number.NaN, now, sleep })).toThrow(RangeError);
  });
});
