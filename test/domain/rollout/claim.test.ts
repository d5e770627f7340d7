import { describe, expect, it } from 'vitest';
import { releaseDigest } from '../../../domain/release/digest.ts';
import { parseRelease } from '../../../domain/release/release.ts';
import { acceptedRelease, claimedRow, conflictWith } from '../../../domain/rollout/claim.ts';
import { withdrawalOf } from '../../../domain/rollout/rollout.ts';
import { aRecordedWithdrawal, aRollout, now, timing } from '../../../proof/support/a-rollout.ts';
import { otaTaskChannel, otaUpdateChannel, planOn, release } from '../../../proof/support/fixtures.ts';

const publishedBy = { account: '000000000000', source: 'com.acme.ci' };
const origin = { messageId: 'm-1', bodySha256: 'b0'.repeat(32), publishedBy, who: 'releases m-1' };

describe('the row of a claim', () => {
  const plan = (more: Parameters<typeof planOn>[1] = {}) => {
    const [planned] = planOn(otaUpdateChannel({}, { unsigned: 'allow' }), more).rollouts;
    if (!planned) throw new Error('the plan was refused');
    return planned;
  };
  const planned = plan({ notAfter: '2026-12-01T00:00:00Z' });
  const claimed = () => claimedRow(planned, { ...origin, correlationId: 'c', eventId: 'e' }, now, timing);

  it('freezes the plan', () => {
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

  it('names the message of its release and its sender', () => {
    const row = claimed();
    expect(row.publishedBy).toEqual(publishedBy);
    expect(row).toMatchObject({ messageId: 'm-1', correlationId: 'c', eventId: 'e', bodySha256: origin.bodySha256, claimedAt: now });
    expect(row.history).toEqual([{ at: now, to: 'CLAIMED', why: 'accepted', who: 'releases m-1' }]);
  });

  it('is CLAIMED without a create or an outcome, and due for the sweep if no follow-up comes', () => {
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

  it('is WAITING and keeps its gate, if its channel has one', () => {
    const [gated] = planOn(otaUpdateChannel({}, { unsigned: 'allow', after: 'lab', approval: 'required' })).rollouts;
    if (!gated) throw new Error('the plan was refused');
    const row = claimedRow(gated, origin, now, timing);
    const rule = { channel: 'lab', minSucceededPercentage: 90, maxFailedPercentage: 5, minNumberOfExecutedThings: 1, soakMinutes: 0 };
    expect(row).toMatchObject({ state: 'WAITING', gate: { after: [rule], approval: { required: 1, skip: [] } }, attempt: 0 });
    expect(row.history).toEqual([{ at: now, to: 'WAITING', why: 'accepted', who: 'releases m-1' }]);
    expect(row.dueAt).toBe(now + timing.firstDelay + timing.sweepSlack);
    expect(claimed()).not.toHaveProperty('gate');
  });

  it('has no member for what the message does not contain', () => {
    const row = claimedRow(plan(), origin, now, timing);
    for (const member of ['notAfter', 'endAt', 'gate', 'waits', 'opened', 'correlationId', 'eventId'])
      expect(row).not.toHaveProperty(member);
  });

  it('stays the same through JSON', () => {
    const row = claimed();
    expect(JSON.parse(JSON.stringify(row))).toEqual(row);
  });

  it('holds a task of managed integrations, too', () => {
    const [task] = planOn(otaTaskChannel({}, { unguarded: 'allow' })).rollouts;
    if (!task) throw new Error('the plan was refused');
    expect(claimedRow(task, origin, now, timing)).toMatchObject({
      operation: 'CreateOtaTask',
      whenSuperseded: 'delete',
      continuous: true,
    });
  });
});

describe('what the ledger keeps of a release', () => {
  it('is its content, without what belongs to one message', () => {
    const asked = { ...release, correlationId: 'build-1', channels: ['beta', 'stable'] };
    const { product, version, revision, artifacts } = release;
    expect(acceptedRelease(asked)).toEqual({
      product,
      version,
      revision,
      releaseDigest: releaseDigest(release),
      detail: { product, version, revision, artifacts },
    });
  });

  it('has the same digest when it is published again from there, on another channel', () => {
    const { detail, releaseDigest: digest } = acceptedRelease(release);
    const again = parseRelease({ ...detail, channels: ['stable'] });
    if (!again.ok) throw new Error(again.rejection.message);
    expect(releaseDigest(again.value)).toBe(digest);
  });
});

describe('a release that meets another of its product, version and revision', () => {
  const { version, releaseDigest: digest } = aRollout();
  const accepted = { version, releaseDigest: digest };

  it('has no conflict if the content is the same', () => {
    expect(conflictWith(accepted, { version, releaseDigest: digest })).toBeUndefined();
  });

  it('is rejected as RELEASE_CONFLICT if its content differs, whatever its channels', () => {
    expect(conflictWith(accepted, { version, releaseDigest: 'ff' })).toEqual({
      code: 'RELEASE_CONFLICT',
      path: '$',
      message: expect.any(String),
    });
  });

  it('is rejected as VERSION_AMBIGUOUS if its version differs only in build metadata', () => {
    expect(conflictWith(accepted, { version: '2.0.0+b', releaseDigest: digest })).toMatchObject({
      code: 'VERSION_AMBIGUOUS',
      path: 'version',
    });
  });
});

describe('the withdrawal that covers a rollout', () => {
  const covers = (...changes: Parameters<typeof aRecordedWithdrawal>[0][]) =>
    withdrawalOf(
      { version: '2.0.0', revision: 1, channel: 'beta' },
      changes.map((one) => aRecordedWithdrawal(one)),
    );

  it('names all revisions and channels, or the revision or channel of the rollout', () => {
    expect(covers({})).toBeDefined();
    expect(covers({ revision: 1 })).toBeDefined();
    expect(covers({ channels: ['beta'] })).toBeDefined();
  });

  it('does not name another version, even if only build metadata differs', () => {
    expect(covers({ version: '2.0.0+b' })).toBeUndefined();
  });

  it('does not name another revision or channel', () => {
    expect(covers({ revision: 2 })).toBeUndefined();
    expect(covers({ channels: ['stable'] })).toBeUndefined();
    expect(covers({ revision: 1, channels: ['stable'] })).toBeUndefined();
    expect(covers()).toBeUndefined();
  });

  it('is the one with force, if there are two', () => {
    expect(covers({ reasonCode: 'A' }, { force: true, reasonCode: 'B' })).toMatchObject({ reasonCode: 'B' });
    expect(covers({ reasonCode: 'A' }, { reasonCode: 'B' })).toMatchObject({ reasonCode: 'A' });
    expect(covers({ reasonCode: 'A' }, { force: true, revision: 9 })).toMatchObject({ reasonCode: 'A' });
  });
});
