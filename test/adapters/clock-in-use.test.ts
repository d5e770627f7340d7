import { describe, expect, it } from 'vitest';
import { type ClockInUse, clockInUse } from '../../adapters/clock-in-use.ts';
import { limiter } from '../../adapters/limiter.ts';

/** A clock in use over a clock that the test moves. */
function world() {
  let at = 1_000_000;
  const clock = clockInUse(() => at);
  const pass = async (milliseconds: number) => {
    at += milliseconds;
  };
  return { clock, pass, use: (milliseconds: number) => clock.during(() => pass(milliseconds)) };
}

describe('the clock in use', () => {
  it('goes during work, and counts a tenth of a second of each pause', async () => {
    const { clock, pass, use } = world();
    const began = clock.now();
    await use(2_000);
    await pass(60_000);
    expect(clock.now() - began).toBe(2_000);
    await use(500);
    expect(clock.now() - began).toBe(2_600);
  });

  it('counts a short pause as it is', async () => {
    const { clock, pass, use } = world();
    const began = clock.now();
    await use(1_000);
    await pass(40);
    await use(1_000);
    expect(clock.now() - began).toBe(2_040);
  });

  it('counts work that overlaps once', async () => {
    const { clock, use } = world();
    const began = clock.now();
    await clock.during(async () => {
      await use(300);
      await use(200);
    });
    expect(clock.now() - began).toBe(500);
  });

  it('stops when the work fails', async () => {
    const { clock, pass, use } = world();
    await use(0);
    const began = clock.now();
    await clock.during(() => Promise.reject(new Error('it broke'))).catch(() => undefined);
    await pass(60_000);
    expect(clock.now() - began).toBe(0);
  });
});

describe('a limiter over the clock in use', () => {
  /** The creates in a minute of one batch after another, of half a second each, which Lambda gives to two sandboxes in turn. */
  async function createsOf(clockOf: (now: () => number) => ClockInUse): Promise<number> {
    let at = 0;
    const sandboxes = [0, 1].map(() => {
      const clock = clockOf(() => at);
      return { clock, turns: limiter({ perSecond: 1, now: clock.now, sleep: async () => undefined }) };
    });
    let sent = 0;
    for (let batch = 0; batch < 120; batch += 1) {
      const { clock, turns } = sandboxes[batch % 2] as (typeof sandboxes)[number];
      await clock.during(async () => {
        for (let step = 0; step < 5; step += 1) {
          if (await turns.take(0)) sent += 1;
          at += 100;
        }
      });
    }
    return sent;
  }

  it('sends no more than the share of one sandbox, although two take turns', async () => {
    expect(await createsOf((now) => ({ now, during: (work) => work() }))).toBeGreaterThan(110);
    expect(await createsOf(clockInUse)).toBeLessThanOrEqual(60 * 1.2 + 2);
  });
});
