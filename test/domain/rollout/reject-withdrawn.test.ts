import { describe, expect, it } from 'vitest';
import { rejectWithdrawn } from '../../../domain/rollout/reject-withdrawn.ts';
import { aRecordedWithdrawal } from '../../../proof/support/a-rollout.ts';

const release = { version: '2.0.0', revision: 2 };

describe('a release that was withdrawn', () => {
  it('is rejected on each channel that the withdrawal covers, and on no other', () => {
    const withdrawals = [aRecordedWithdrawal({ channels: ['beta', 'stable'] })];
    expect(rejectWithdrawn(release, ['stable', 'hubs', 'beta'], withdrawals)).toEqual([
      { code: 'RELEASE_WITHDRAWN', path: '$', message: expect.any(String), channel: 'stable' },
      { code: 'RELEASE_WITHDRAWN', path: '$', message: expect.any(String), channel: 'beta' },
    ]);
  });

  it.each([
    ['nothing was withdrawn', []],
    ['another version was', [aRecordedWithdrawal({ version: '2.0.1' })]],
    ['another revision was', [aRecordedWithdrawal({ revision: 1 })]],
  ])('is not rejected if %s', (_what, withdrawals) => {
    expect(rejectWithdrawn(release, ['beta'], withdrawals)).toEqual([]);
  });
});
