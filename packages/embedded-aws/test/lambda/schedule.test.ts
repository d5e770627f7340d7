import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../src/clock.ts';
import { readRate, startSchedule } from '../../src/lambda/schedule.ts';

const MINUTE = 60_000;

describe('a rate', () => {
  it('is read in minutes, hours and days', () => {
    expect(['rate(1 minute)', 'rate(5 minutes)', 'rate(2 hours)', 'rate(1 day)'].map(readRate)).toEqual([
      MINUTE,
      5 * MINUTE,
      120 * MINUTE,
      1440 * MINUTE,
    ]);
  });

  it.each(['cron(0 12 * * ? *)', 'rate(0 minutes)', 'rate(5 seconds)', ''])('is refused as %j', (expression) => {
    expect(() => readRate(expression)).toThrow(/must be rate/);
  });
});

describe('a schedule', () => {
  it('runs after each period of the clock, until it is stopped', async () => {
    const clock = createManualClock();
    let runs = 0;
    const schedule = startSchedule(
      clock,
      MINUTE,
      async () => {
        runs += 1;
      },
      () => undefined,
    );
    const periods: number[] = [];
    for (let period = 0; period < 3; period += 1) {
      clock.advance(MINUTE);
      await new Promise(setImmediate);
      periods.push(runs);
    }
    schedule.stop();
    clock.advance(10 * MINUTE);
    expect([...periods, runs]).toEqual([1, 2, 3, 3]);
  });

  it('never runs twice at once, and goes on after a run that failed', async () => {
    const clock = createManualClock();
    const errors: unknown[] = [];
    const fails: ((error: Error) => void)[] = [];
    const schedule = startSchedule(
      clock,
      MINUTE,
      () => new Promise<void>((_resolve, reject) => fails.push(reject)),
      (error) => errors.push(error),
    );
    clock.advance(3 * MINUTE);
    expect(fails).toHaveLength(1);
    const problem = new Error('no');
    fails[0]?.(problem);
    await new Promise(setImmediate);
    clock.advance(MINUTE);
    expect(fails).toHaveLength(2);
    expect(errors).toEqual([problem]);
    schedule.stop();
  });
});
