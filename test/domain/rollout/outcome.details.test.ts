import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  completedOutcome,
  createdOutcome,
  duplicateOutcome,
  failedOutcome,
  plannedOutcome,
  progressedOutcome,
  promotedOutcome,
  rejectedOutcome,
  supersededOutcome,
  waitingOutcome,
  withdrawalOutcome,
  withdrawnOutcome,
} from '../../../domain/rollout/outcome.ts';
import type { OutcomeEvent } from '../../../domain/rollout/outcome-schema.ts';
import { anApproval, aRecordedWithdrawal, aRollout, now, someCounts } from '../../../proof/support/a-rollout.ts';
import { otaUpdateChannel, planOn } from '../../../proof/support/fixtures.ts';

const row = aRollout({ state: 'CREATED', attempt: 2, aws: { otaUpdateId: 'u', jobId: 'j' }, itemRevision: 9 });
const counts = someCounts({ succeeded: 3, inProgress: 4 });
const by = { rolloutId: 'fw-newer', version: '3.0.0', revision: 1 };
const bodySha256 = 'b0'.repeat(32);
const message = { messageId: 'm-1', bodySha256, readable: { product: 'thermostat', version: '2.0.0', correlationId: 'c' } };
const unreadable = { messageId: 'm-2', bodySha256, readable: {} };
const at = '2026-11-23T12:00:00.000Z';

const everyRollout = {
  schemaVersion: '1',
  at,
  correlationId: 'build-8812',
  product: 'thermostat',
  version: '2.0.0',
  revision: 1,
  channel: 'beta',
  rolloutId: row.rolloutId,
  attempt: 2,
};
const everyMessage = {
  schemaVersion: '1',
  at,
  correlationId: 'c',
  messageId: 'm-1',
  bodySha256,
  product: 'thermostat',
  version: '2.0.0',
};

/** SHA-256 of the JSON of what identifies an outcome: its type, then the members that its schema names. */
function idOf(...what: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}

/** Checks the members that only this outcome has, and what identifies it beside its type. */
function specify(event: OutcomeEvent, every: object, own: object, identity: readonly unknown[]): void {
  expect(event.detail).toStrictEqual({ ...every, outcomeId: idOf(event.detailType, ...identity), ...own });
}

describe('the detail of an outcome about a rollout', () => {
  const id = [row.rolloutId, 2];
  const keysInOrder = { canceled: 0, failed: 0, inProgress: 4, queued: 0, rejected: 0, removed: 0, succeeded: 3, timedOut: 0 };

  it('Created: has the ids of AWS, and whether AWS had it already', () => {
    const own = { service: 'iot', operation: 'CreateOTAUpdate', aws: { otaUpdateId: 'u', jobId: 'j' } };
    specify(createdOutcome(row, false, now), everyRollout, { ...own, adopted: false }, id);
    specify(createdOutcome(row, true, now), everyRollout, { ...own, adopted: true }, id);
  });

  it('Progressed: has the counts, and the revision of the row in its outcomeId', () => {
    specify(progressedOutcome(row, counts, now), everyRollout, { counts }, [...id, keysInOrder, 9]);
  });

  it('Completed: has the result and the counts', () => {
    specify(completedOutcome(row, counts, now), everyRollout, { result: 'succeeded', counts }, id);
  });

  it('Failed: has the code, the answer of AWS, and the counts, if there are any', () => {
    const errorInfo = { code: 'X', message: 'y' };
    const own = { code: 'GONE', message: 'deleted' };
    specify(failedOutcome(row, 'GONE', 'deleted', now), everyRollout, own, [...id, 'GONE']);
    specify(failedOutcome({ ...row, counts }, 'GONE', 'deleted', now, errorInfo), everyRollout, { ...own, errorInfo, counts }, [
      ...id,
      'GONE',
    ]);
  });

  it('Failed with GATE_SHUT: has the rollout on the channel before', () => {
    const upstream = { rolloutId: 'fw-beta', channel: 'beta', state: 'FAILED', counts };
    const own = { code: 'GATE_SHUT', message: 'beta has failed', upstream };
    specify(failedOutcome(row, 'GATE_SHUT', 'beta has failed', now, undefined, upstream), everyRollout, own, [...id, 'GATE_SHUT']);
  });

  it('Waiting: has every reason, a sorted set of them, and the digest that an approval is bound to', () => {
    const digest = { releaseDigest: row.releaseDigest };
    const soaking = { reason: 'SOAKING', message: 'a', until: now, channel: 'beta' } as const;
    const otherSoaking = { reason: 'SOAKING', message: 'b', channel: 'lab' } as const;
    const approval = { reason: 'APPROVAL', message: '0 of 1 approvals' } as const;
    const own = {
      waitingFor: ['APPROVAL', 'SOAKING'],
      reasons: [{ ...soaking, until: at }, otherSoaking, approval],
    };
    specify(waitingOutcome(row, [soaking, otherSoaking, approval], now), everyRollout, { ...own, ...digest }, [...id, 9]);
  });

  it('Waiting: has onlyWaitingFor if exactly one reason is left, be it for several channels', () => {
    const missing = (channel: string) => ({ reason: 'UPSTREAM_MISSING', message: 'm', channel }) as const;
    const detail = waitingOutcome(row, [missing('beta'), missing('lab')], now).detail;
    expect(detail).toMatchObject({ waitingFor: ['UPSTREAM_MISSING'], onlyWaitingFor: 'UPSTREAM_MISSING' });
  });

  it('Promoted: has the whole evidence, with empty lists where there was nothing to show', () => {
    const after = { channel: 'beta', rolloutId: 'fw-beta', counts, metAt: now, soakedAt: now };
    const { by: sender, eventId } = anApproval();
    const said = { approvedBy: 'kim', comment: 'board', skip: ['soakMinutes'] as const };
    const opened = { at: now, after: [after], approvals: [anApproval(said), anApproval()], skipped: ['soakMinutes'] as const };
    const own = { openedAt: at, releaseDigest: row.releaseDigest };
    const approvals = [
      { by: sender, eventId, at, ...said },
      { by: sender, eventId, at },
    ];
    const evidence = { after: [{ ...after, metAt: at, soakedAt: at }], approvals, skipped: ['soakMinutes'] };
    specify(promotedOutcome(row, opened, now), everyRollout, { ...own, ...evidence }, id);
    const nothing = { after: [], approvals: [], skipped: [] };
    specify(promotedOutcome(row, { at: now, ...nothing }, now), everyRollout, { ...own, ...nothing }, id);
  });

  it('Superseded: has the newer rollout, and the number of devices that continue', () => {
    specify(supersededOutcome(row, by, counts, now), everyRollout, { by, counts, stillInProgress: 4 }, [...id, 'fw-newer']);
    specify(supersededOutcome(row, by, undefined, now), everyRollout, { by, stillInProgress: 0 }, [...id, 'fw-newer']);
  });

  it('Withdrawn: has reason and comment, and the number of devices that continue', () => {
    const withdrawal = aRecordedWithdrawal({ reasonCode: 'BAD', comment: 'bricks' });
    const own = { reasonCode: 'BAD', comment: 'bricks', counts, stillInProgress: 4 };
    specify(withdrawnOutcome(row, withdrawal, counts, now), everyRollout, own, id);
    specify(withdrawnOutcome(row, aRecordedWithdrawal(), undefined, now), everyRollout, { stillInProgress: 0 }, id);
    specify(withdrawnOutcome(row, undefined, undefined, now), everyRollout, { stillInProgress: 0 }, id);
  });

  it('has no correlationId if the release had none', () => {
    const { correlationId: _none, ...silent } = row;
    const { correlationId: _neither, ...every } = everyRollout;
    specify(completedOutcome(silent, counts, now), every, { result: 'succeeded', counts }, id);
  });
});

describe('the detail of an outcome about a message', () => {
  it('Rejected: has code, path and message, and the channel, if it concerns only one', () => {
    const rejection = { code: 'EXPIRED', path: 'notAfter', message: 'late' } as const;
    specify(rejectedOutcome(message, rejection, now), everyMessage, rejection, [bodySha256, 'EXPIRED', 'notAfter', null]);
    const ofChannel = { ...rejection, channel: 'beta' };
    specify(rejectedOutcome(message, ofChannel, now), everyMessage, ofChannel, [bodySha256, 'EXPIRED', 'notAfter', 'beta']);
  });

  it('has only what was readable of the message', () => {
    const rejection = { code: 'MALFORMED_JSON', path: '$', message: 'x' } as const;
    specify(rejectedOutcome(unreadable, rejection, now), { schemaVersion: '1', at, messageId: 'm-2', bodySha256 }, rejection, [
      bodySha256,
      'MALFORMED_JSON',
      '$',
      null,
    ]);
  });

  it('Duplicate: has the rollouts of the first message', () => {
    const rollouts = [{ rolloutId: row.rolloutId, channel: 'beta', firstSeenAt: '2026-11-23T11:59:50.000Z', firstMessageId: 'm-1' }];
    specify(duplicateOutcome(message, [row], now), everyMessage, { rollouts }, ['m-1', bodySha256]);
  });

  it('Planned: has the exact requests and the rejections', () => {
    const planned = planOn(otaUpdateChannel({}, { unsigned: 'allow' })).rollouts;
    const rejections = [{ code: 'EXPIRED', path: 'notAfter', message: 'late' } as const];
    const rollouts = planned.map(({ rolloutId, channel, service, operation, input, releaseDigest }) => ({
      rolloutId,
      channel,
      service,
      operation,
      input,
      releaseDigest,
    }));
    expect(rollouts).toHaveLength(1);
    specify(plannedOutcome(message, { rollouts: planned, rejections }, now), everyMessage, { rollouts, rejections }, ['m-1', bodySha256]);
  });

  it('Planned: has the first hundred rejections', () => {
    const rejections = Array.from({ length: 101 }, (_, index) => ({ code: 'EXPIRED', path: `${index}`, message: 'late' }) as const);
    expect(plannedOutcome(message, { rollouts: [], rejections }, now).detail).toMatchObject({ rejections: rejections.slice(0, 100) });
  });

  it('has the channel of the message only if that names exactly one', () => {
    const channelOf = (channels: readonly string[]) =>
      (duplicateOutcome({ ...message, readable: { channels } }, [], now).detail as { channel?: string }).channel;
    expect([channelOf([]), channelOf(['beta']), channelOf(['beta', 'stable'])]).toEqual([undefined, 'beta', undefined]);
  });

  it('Withdrawn: has the scope of the withdrawal, and the rollouts that it covers', () => {
    const rollouts = [{ rolloutId: row.rolloutId, channel: 'beta', revision: 1, state: 'CREATED' }];
    const scope = { revision: 1, channels: ['beta'] };
    specify(withdrawalOutcome(message, scope, [row], now), everyMessage, { ...scope, rollouts }, ['m-1', bodySha256]);
    specify(withdrawalOutcome(message, {}, [], now), everyMessage, { rollouts: [] }, ['m-1', bodySha256]);
  });
});
