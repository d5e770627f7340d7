import { describe, expect, it } from 'vitest';
import { divideQuota, looksOfOneEnvironment, reservedOf } from '../../infrastructure/quota.ts';

describe('The quota of creates', () => {
  it.each([
    [1, 0.04, { concurrency: 2, createsPerSecond: 0.48 }, 0.005, { concurrency: 2, createsPerSecond: 0.015 }],
    [10, 0.04, { concurrency: 4, createsPerSecond: 2.4 }, 0.05, { concurrency: 4, createsPerSecond: 0.075 }],
    [50, 0.04, { concurrency: 20, createsPerSecond: 2.4 }, 0.25, { concurrency: 20, createsPerSecond: 0.075 }],
    [10, 0.03, { concurrency: 4, createsPerSecond: 2.425 }, 0.0375, { concurrency: 4, createsPerSecond: 0.05625 }],
    [20, 0.03, { concurrency: 8, createsPerSecond: 2.425 }, 0.075, { concurrency: 8, createsPerSecond: 0.05625 }],
    [10, 0.5, { concurrency: 2, createsPerSecond: 2.5 }, 0.625, { concurrency: 4, createsPerSecond: 0.9375 }],
    [150, 0.04, { concurrency: 58, createsPerSecond: 144 / 58 }, 0.75, { concurrency: 60, createsPerSecond: 0.075 }],
    [100_000, 0.04, { concurrency: 1000, createsPerSecond: 96 }, 500, { concurrency: 1000, createsPerSecond: 3 }],
  ])(
    'of %d a second, a share of %d for follow-ups, gives releases %j, steering twice %d, and follow-ups %j',
    (quota, share, releases, steering, followUps) => {
      const divided = divideQuota(quota, share);
      expect(divided.releases.concurrency).toBe(releases.concurrency);
      expect(divided.releases.createsPerSecond).toBeCloseTo(releases.createsPerSecond, 10);
      expect(divided.steering.concurrency).toBe(2);
      expect(divided.steering.createsPerSecond).toBeCloseTo(steering, 10);
      expect(divided.followUps.concurrency).toBe(followUps.concurrency);
      expect(divided.followUps.createsPerSecond).toBeCloseTo(followUps.createsPerSecond, 10);
    },
  );

  it.each([1, 10, 150, 100_000])('of %d a second is used up by all execution environments together, and not exceeded', (quota) => {
    const shares = Object.values(divideQuota(quota, 0.04));
    const total = shares.reduce((sum, { concurrency, createsPerSecond }) => sum + concurrency * createsPerSecond, 0);
    expect(total).toBeCloseTo(quota, 8);
  });

  it.each([
    [8, 10],
    [1, 10],
    [40, 150],
  ])('lets all execution environments of follow-ups together look at %d rollouts a second, at %d creates', (looks, creates) => {
    const shares = divideQuota(creates, 0.04);
    expect(looksOfOneEnvironment(looks, shares) * shares.followUps.concurrency).toBeCloseTo(looks, 10);
  });

  it('lets the function releases reserve what both of its queues may use', () => {
    expect(reservedOf(divideQuota(10, 0.04))).toEqual({ releases: 6, followUps: 4, sweep: 1 });
  });
});
