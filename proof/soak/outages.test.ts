import { createManualClock } from 'embedded-aws/src/clock.ts';
import { createFaults } from 'embedded-aws/src/faults.ts';
import { describe, expect, it } from 'vitest';
import { type Outage, rateOf, takeEachAway } from './outages.ts';

const every = (milliseconds: number, count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, index) => from + index * milliseconds);
const away = (from: number, to: number, needed = true): Outage => ({ name: 'a service', needed, from, to, struck: 1 });

describe('the rate of the creates', () => {
  it('is that between the first hundredth and the last', () => {
    const late = [...every(100, 199), 1_000_000];
    expect(rateOf(late, [], 10, 1)).toMatchObject({ createsPerSecond: 10, share: 1, shareOfAll: 1, secondsAway: 0 });
  });

  it('is in real seconds, although the clock of the creates is faster', () => {
    expect(rateOf(every(500, 100), [], 10, 5).createsPerSecond).toBeCloseTo(10);
  });

  it('leaves out the time in which something was away that every create needs, and nothing else', () => {
    const createdAt = [...every(100, 100), ...every(100, 101, 20_000)];
    expect(rateOf(createdAt, [away(9_950, 19_950)], 10, 1)).toMatchObject({
      secondsAway: 10,
      share: expect.closeTo(1),
      outages: [{ creates: 0 }],
    });
    expect(rateOf(createdAt, [away(9_950, 19_950, false)], 10, 1)).toMatchObject({ secondsAway: 0, share: expect.closeTo(0.66) });
  });

  it('leaves out no time before the first create or after the last', () => {
    expect(rateOf(every(100, 101), [away(-10_000, 0), away(10_000, 60_000)], 10, 1)).toMatchObject({ secondsAway: 0, share: 1 });
  });
});

describe('the outages', () => {
  it('come one after the other while the backlog drains, each with every request to its dependency, and end', async () => {
    const clock = createManualClock(0);
    const faults = createFaults({ clock });
    const outages = takeEachAway(faults, 80, 0, clock.now);
    const seen: string[] = [];
    for (let accepted = 0; accepted <= 80; accepted += 5) {
      outages.accepted(accepted);
      for (const { service, kind } of faults.list()) {
        faults.strike(service, undefined);
        seen.push(`${accepted} ${service} ${kind}`);
      }
      await outages.end();
    }
    expect(seen).toEqual([
      '10 iot outage',
      '20 events outage',
      '30 dynamodb outage',
      '40 iotmanagedintegrations outage',
      '50 s3 outage',
      '60 sqs outage',
    ]);
    expect(outages.isOver()).toBe(true);
    expect(faults.list()).toEqual([]);
    expect((await outages.end()).map(({ struck }) => struck)).toEqual([1, 1, 1, 1, 1, 1]);
  });
});
