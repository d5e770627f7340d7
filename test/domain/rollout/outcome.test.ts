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
  resultOf,
  supersededOutcome,
  waitingOutcome,
  withdrawalOutcome,
  withdrawnOutcome,
} from '../../../domain/rollout/outcome.ts';
import { type OutcomeEvent, type OutcomeType, outcomeSchemas } from '../../../domain/rollout/outcome-schema.ts';
import { approvedOutcome, heldOutcome, resumedOutcome } from '../../../domain/rollout/steering-outcome.ts';
import { anApproval, aRecordedWithdrawal, aRollout, held, now, someCounts } from '../../../proof/support/a-rollout.ts';
import { otaUpdateChannel, planOn } from '../../../proof/support/fixtures.ts';

const row = aRollout({ state: 'CREATED', attempt: 2, aws: { otaUpdateId: 'u', jobId: 'j' }, counts: someCounts({ inProgress: 1 }) });
const plain = aRollout({ attempt: 1 });
const by = { rolloutId: 'fw-newer', version: '3.0.0', revision: 1 };
const message = {
  messageId: 'm-1',
  bodySha256: 'b0'.repeat(32),
  readable: { product: 'thermostat', version: '2.0.0', correlationId: 'c' },
};
const unreadable = { messageId: 'm-2', bodySha256: 'c0'.repeat(32), readable: {} };
const counts = someCounts({ succeeded: 3 });
const upstream = { rolloutId: 'fw-beta', channel: 'beta', state: 'COMPLETED', counts };
const opened = {
  at: now,
  after: [{ channel: 'beta', rolloutId: 'fw-beta', counts, metAt: now - 9, soakedAt: now }],
  approvals: [{ ...anApproval(), comment: 'board', skip: ['soakMinutes'] as const }],
  skipped: ['soakMinutes'] as const,
};
const planned = planOn(otaUpdateChannel({}, { unsigned: 'allow' })).rollouts;

/** One of each kind of happening. No two lines are the same happening. */
const happenings: readonly (readonly [string, (at: number) => OutcomeEvent])[] = [
  ['created', (at) => createdOutcome(row, false, at)],
  ['created by another attempt', (at) => createdOutcome({ ...row, attempt: 3 }, false, at)],
  ['created elsewhere', (at) => createdOutcome(aRollout({ channel: 'stable', attempt: 2 }), false, at)],
  ['progressed', (at) => progressedOutcome(row, counts, at)],
  ['progressed further', (at) => progressedOutcome(row, someCounts({ succeeded: 4 }), at)],
  ['completed', (at) => completedOutcome(row, counts, at)],
  ['failed', (at) => failedOutcome(row, 'CREATE_FAILED', 'no', at, { code: 'X', message: 'y' })],
  ['failed otherwise', (at) => failedOutcome(plain, 'GONE', 'deleted', at)],
  ['failed, because its gate is shut', (at) => failedOutcome(plain, 'GATE_SHUT', 'no', at, undefined, upstream)],
  ['waiting', (at) => waitingOutcome(plain, [{ reason: 'SOAKING', message: 'm', until: now + 9, channel: 'beta' }], at)],
  ['waiting again later', (at) => waitingOutcome({ ...plain, itemRevision: 7 }, [{ reason: 'HELD', message: 'm' }], at)],
  ['promoted', (at) => promotedOutcome(plain, opened, at)],
  ['promoted without evidence', (at) => promotedOutcome(row, { at: now, after: [], approvals: [], skipped: [] }, at)],
  ['superseded', (at) => supersededOutcome(row, by, counts, at)],
  ['superseded by another', (at) => supersededOutcome(row, { ...by, rolloutId: 'fw-other' }, undefined, at)],
  ['withdrawn', (at) => withdrawnOutcome(row, aRecordedWithdrawal({ reasonCode: 'BAD', comment: 'bricks' }), counts, at)],
  ['withdrawn elsewhere, without a reason', (at) => withdrawnOutcome(plain, undefined, undefined, at)],
  ['rejected', (at) => rejectedOutcome(message, { code: 'EXPIRED', path: 'notAfter', message: 'late' }, at)],
  ['rejected on a channel', (at) => rejectedOutcome(message, { code: 'EXPIRED', path: 'notAfter', message: 'late', channel: 'beta' }, at)],
  ['rejected, unreadable', (at) => rejectedOutcome(unreadable, { code: 'MALFORMED_JSON', path: '$', message: 'x' }, at)],
  ['duplicate', (at) => duplicateOutcome(message, [row], at)],
  ['planned', (at) => plannedOutcome(message, { rollouts: planned, rejections: [] }, at)],
  [
    'planned another',
    (at) => plannedOutcome(unreadable, { rollouts: [], rejections: [{ code: 'EXPIRED', path: 'notAfter', message: 'late' }] }, at),
  ],
  ['release withdrawn', (at) => withdrawalOutcome(message, { revision: 1, channels: ['beta'] }, [row], at)],
  ['release approved', (at) => approvedOutcome(message, [{ channel: 'stable', revision: 1, counted: false, why: 'no' }], at)],
  ['channel held', (at) => heldOutcome(message, { holdId: 'h-1', holds: held({ until: now + 9_999_999 }), rows: [row, plain] }, at)],
  ['channel resumed', (at) => resumedOutcome(message, { holdId: 'h-1', holds: held(), rows: [] }, at)],
  ['release withdrawn, nothing there', (at) => withdrawalOutcome(unreadable, {}, [], at)],
];

describe('an outcome', () => {
  it.each(happenings)('satisfies its schema: %s', (_, tell) => {
    const event = tell(now);
    const parsed = outcomeSchemas[event.detailType].safeParse(JSON.parse(JSON.stringify(event.detail)));
    expect(parsed.error?.issues).toBeUndefined();
  });

  it('exists for every detail-type', () => {
    const detailTypes = new Set<OutcomeType>(happenings.map(([, tell]) => tell(now).detailType));
    expect([...detailTypes].sort()).toEqual(Object.keys(outcomeSchemas).sort());
  });

  it('has the same outcomeId if it is published again later', () => {
    const ids = (at: number) => happenings.map(([, tell]) => tell(at).detail.outcomeId);
    expect(ids(now + 60_000)).toEqual(ids(now));
  });

  it('has a different outcomeId for each happening', () => {
    const ids = happenings.map(([, tell]) => tell(now).detail.outcomeId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has the same outcomeId for a creation whether the answer was lost or not', () => {
    expect(createdOutcome(row, true, now).detail.outcomeId).toBe(createdOutcome(row, false, now).detail.outcomeId);
  });

  it('has the correlationId, if there is one', () => {
    expect(createdOutcome(row, false, now).detail.correlationId).toBe('build-8812');
    expect(rejectedOutcome(unreadable, { code: 'TOO_LARGE', path: '$', message: 'x' }, now).detail).not.toHaveProperty('correlationId');
  });

  it('has the number of devices that continue', () => {
    expect(supersededOutcome(row, by, someCounts({ inProgress: 4 }), now).detail).toMatchObject({ stillInProgress: 4 });
    expect(supersededOutcome(row, by, undefined, now).detail).toMatchObject({ stillInProgress: 0 });
  });
});

describe('the result of a completed rollout', () => {
  it.each([
    [{ succeeded: 3 }, 'succeeded'],
    [{}, 'succeeded'],
    [{ succeeded: 3, failed: 1 }, 'partial'],
    [{ succeeded: 3, removed: 1 }, 'partial'],
    [{ failed: 1, timedOut: 1 }, 'failed'],
    [{ rejected: 1 }, 'failed'],
    [{ canceled: 2 }, 'failed'],
    [{ succeeded: 1, failed: 1, rejected: 1 }, 'partial'],
    [{ succeeded: 1, timedOut: 1, canceled: 1 }, 'partial'],
    [{ succeeded: 1, canceled: 1, removed: 1 }, 'partial'],
  ] as const)('of %o is %s, and the outcome has these counts', (devices, result) => {
    expect(resultOf(someCounts(devices))).toBe(result);
    expect(completedOutcome(row, someCounts(devices), now).detail).toMatchObject({ result, counts: someCounts(devices) });
  });
});
