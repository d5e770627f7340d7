import { describe, expect, it } from 'vitest';
import { noHolds } from '../../../domain/gate/holds.ts';
import type { RecordedWithdrawal, Rollout } from '../../../domain/rollout/rollout.ts';
import { readReleases } from '../../../operator/reads/read-releases.ts';
import { openStage } from '../../../operator/stage/stage.ts';
import { aRecordedWithdrawal, aRollout, now } from '../../../proof/support/a-rollout.ts';

const read = (rows: readonly Rollout[], withdrawals: readonly RecordedWithdrawal[]) => {
  const { ledger } = openStage({ stage: 'local' });
  const releaseOf = async () => ({ accepted: [], rows, withdrawals });
  const holds = async () => ({ itemRevision: 0, holds: noHolds });
  return readReleases({ ...ledger, releaseOf, holds }, 'thermostat', '2.0.0');
};

describe('the withdrawal of a rollout', () => {
  const first = aRecordedWithdrawal({ channels: ['beta'], reasonCode: 'MOTOR_STALL' });
  const later = aRecordedWithdrawal({ at: now });

  it('is the one that stopped it, although the ledger keeps only a later one that covers it', async () => {
    const { rollouts } = await read([aRollout({ state: 'WITHDRAWN', withdrawnBy: first })], [later]);
    expect(rollouts.map(({ withdrawal }) => withdrawal)).toEqual([first]);
  });

  it('is the one that covers it, as long as none has stopped it', async () => {
    const { rollouts } = await read([aRollout({ state: 'CREATED' }), aRollout({ channel: 'stable', version: '2.0.0' })], [first]);
    expect(rollouts.map(({ row, withdrawal }) => [row.channel, withdrawal])).toEqual([
      ['beta', first],
      ['stable', undefined],
    ]);
  });
});
