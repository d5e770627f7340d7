import { describe, expect, it } from 'vitest';
import { divideQuota } from '../../infrastructure/quota.ts';

describe('The quota of creates', () => {
  it.each([
    [1, 0.04, { concurrency: 2, createsPerSecond: 0.48 }, { concurrency: 2, createsPerSecond: 0.02 }],
    [10, 0.04, { concurrency: 4, createsPerSecond: 2.4 }, { concurrency: 4, createsPerSecond: 0.1 }],
    [50, 0.04, { concurrency: 20, createsPerSecond: 2.4 }, { concurrency: 20, createsPerSecond: 0.1 }],
    [10, 0.5, { concurrency: 2, createsPerSecond: 2.5 }, { concurrency: 4, createsPerSecond: 1.25 }],
    [150, 0.04, { concurrency: 58, createsPerSecond: 144 / 58 }, { concurrency: 60, createsPerSecond: 0.1 }],
    [100_000, 0.04, { concurrency: 1000, createsPerSecond: 96 }, { concurrency: 1000, createsPerSecond: 4 }],
  ])('of %d a second, a share of %d for follow-ups, gives releases %j and follow-ups %j', (quota, share, releases, followUps) => {
    const divided = divideQuota(quota, share);
    expect(divided.releases.concurrency).toBe(releases.concurrency);
    expect(divided.releases.createsPerSecond).toBeCloseTo(releases.createsPerSecond, 10);
    expect(divided.followUps.concurrency).toBe(followUps.concurrency);
    expect(divided.followUps.createsPerSecond).toBeCloseTo(followUps.createsPerSecond, 10);
  });

  it.each([1, 10, 150, 100_000])('of %d a second is used up by all execution environments together, and not exceeded', (quota) => {
    const { releases, followUps } = divideQuota(quota, 0.04);
    const total = [releases, followUps].reduce((sum, { concurrency, createsPerSecond }) => sum + concurrency * createsPerSecond, 0);
    expect(total).toBeCloseTo(quota, 8);
  });
});
