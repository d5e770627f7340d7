import { describe, expect, it } from 'vitest';
import { claimedRow, conflictWith } from '../../../domain/rollout/claim.ts';
import { withdrawalOf } from '../../../domain/rollout/rollout.ts';
import { aRecordedWithdrawal, aRollout, now, timing } from '../../../proof/support/a-rollout.ts';
import { otaTaskChannel, otaUpdateChannel, planOn } from '../../../proof/support/fixtures.ts';

const origin = { messageId: 'm-1', bodySha256: 'b0'.repeat(32), who: 'releases m-1' };

describe('the row of a claim', () => {
  const plan = (more: Parameters<typeof planOn>[1] = {}) => {
    const [planned] = planOn(otaUpdateChannel({}, { unsigned: 'allow' }), more).rollouts;
    if (!planned) throw new Error('the plan was refused');
    return planned;
  };
  const planned = plan({ notAfter: '2026-12-01T00:00:00Z' });
  const claimed = () => claimedRow(planned, { ...origin, correlationId: 'c', eventId: 'e' }, now, timing);

  it('freezes what was planned', () => {
    expect(claimed()).toMatchObject({
      rolloutId: planned.rolloutId,
      request: planned.input,
      requestDigest: planned.requestDigest,
      releaseDigest: planned.releaseDigest,
      operation: 'CreateOTAUpdate',
      whenSuperseded: 'cancel',
      notAfter: Date.parse('2026-12-01T00:00:00Z'),
    });
  });

  it('says which message brought it', () => {
    const row = claimed();
    expect(row).toMatchObject({ messageId: 'm-1', correlationId: 'c', eventId: 'e', bodySha256: origin.bodySha256, claimedAt: now });
    expect(row.history).toEqual([{ at: now, to: 'CLAIMED', why: 'accepted', who: 'releases m-1' }]);
  });

  it('is CLAIMED: nothing was sent, nothing is told, and the sweep finds it should nobody go on', () => {
    const row = claimed();
    expect(row).toMatchObject({
      state: 'CLAIMED',
      attempt: 0,
      unansweredCreates: { count: 0 },
      outbox: [],
      siblings: [],
      itemRevision: 1,
      followUpNumber: 0,
      restsWithoutNews: 0,
    });
    expect(row.dueAt).toBe(now + timing.firstDelay + timing.sweepSlack);
  });

  it('has no member for what the message did not say', () => {
    const row = claimedRow(plan(), origin, now, timing);
    for (const member of ['notAfter', 'correlationId', 'eventId']) expect(row).not.toHaveProperty(member);
  });

  it('survives the way through JSON', () => {
    const row = claimed();
    expect(JSON.parse(JSON.stringify(row))).toEqual(row);
  });

  it('is the same for a task of managed integrations', () => {
    const [task] = planOn(otaTaskChannel({}, { unguarded: 'allow' })).rollouts;
    if (!task) throw new Error('the plan was refused');
    expect(claimedRow(task, origin, now, timing)).toMatchObject({
      operation: 'CreateOtaTask',
      whenSuperseded: 'delete',
      continuous: true,
    });
  });
});

describe('a row that is there already', () => {
  const row = aRollout();

  it('is this very release', () => {
    expect(conflictWith(row, { version: row.version, digest: row.releaseDigest })).toBeUndefined();
  });

  it('has another content: RELEASE_CONFLICT', () => {
    expect(conflictWith(row, { version: row.version, digest: 'ff' })).toMatchObject({
      code: 'RELEASE_CONFLICT',
      path: '$',
      message: 'this channel has accepted the same product, version and revision with another content: publish a new revision',
      channel: 'beta',
    });
  });

  it('differs in build metadata: VERSION_AMBIGUOUS, whatever the content', () => {
    expect(conflictWith(row, { version: '2.0.0+b', digest: row.releaseDigest })).toMatchObject({
      code: 'VERSION_AMBIGUOUS',
      path: 'version',
      message: 'this channel has accepted a version that differs only in build metadata',
    });
  });
});

describe('the withdrawal that covers a rollout', () => {
  const covers = (...changes: Parameters<typeof aRecordedWithdrawal>[0][]) =>
    withdrawalOf(
      { version: '2.0.0', revision: 1, channel: 'beta' },
      changes.map((one) => aRecordedWithdrawal(one)),
    );

  it('is one of all revisions and channels, of its revision, of its channel', () => {
    expect(covers({})).toBeDefined();
    expect(covers({ revision: 1 })).toBeDefined();
    expect(covers({ channels: ['beta'] })).toBeDefined();
  });

  it('is none of another version, also where they differ only in build metadata', () => {
    expect(covers({ version: '2.0.0+b' })).toBeUndefined();
  });

  it('is none of another revision or channel', () => {
    expect(covers({ revision: 2 })).toBeUndefined();
    expect(covers({ channels: ['stable'] })).toBeUndefined();
    expect(covers({ revision: 1, channels: ['stable'] })).toBeUndefined();
    expect(covers()).toBeUndefined();
  });

  it('is the forceful one where there are two', () => {
    expect(covers({ reasonCode: 'A' }, { force: true, reasonCode: 'B' })).toMatchObject({ reasonCode: 'B' });
    expect(covers({ reasonCode: 'A' }, { reasonCode: 'B' })).toMatchObject({ reasonCode: 'A' });
    expect(covers({ reasonCode: 'A' }, { force: true, revision: 9 })).toMatchObject({ reasonCode: 'A' });
  });
});
