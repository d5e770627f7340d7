import { describe, expect, it } from 'vitest';
import { runKills } from './kill-run.ts';

describe('real processes', () => {
  it('lose and double nothing when they are killed before, after and between their calls', { timeout: 180_000 }, async () => {
    const report = await runKills({ kills: 6, seed: 7 });
    expect(report.broken).toEqual([]);
    expect(report.kills).toBeGreaterThanOrEqual(6);
    expect(report.rollouts).toBeGreaterThan(0);
  });
});
