import { describe, expect, it } from 'vitest';
import {
  completedOutcome,
  createdOutcome,
  duplicateOutcome,
  failedOutcome,
  plannedOutcome,
  progressedOutcome,
  rejectedOutcome,
  resultOf,
  siblingConflictOutcome,
  supersededOutcome,
  withdrawalOutcome,
  withdrawnOutcome,
} from '../../../domain/rollout/outcome.ts';
import { type OutcomeEvent, type OutcomeType, outcomeSchemas } from '../../../domain/rollout/outcome-schema.ts';
import { aRollout, aTombstone, now, someCounts } from '../../support/a-rollout.ts';
import { otaUpdateChannel, planOn } from '../request/fixtures.ts';

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
const planned = planOn(otaUpdateChannel({}, { unsigned: 'allow' })).rollouts;

/** One of each kind of happening; each line is another one. */
const happenings = (at: number): readonly (readonly [string, OutcomeEvent])[] => [
  ['created', createdOutcome(row, false, at)],
  ['created by another attempt', createdOutcome({ ...row, attempt: 3 }, false, at)],
  ['created elsewhere', createdOutcome(aRollout({ channel: 'stable', attempt: 2 }), false, at)],
  ['progressed', progressedOutcome(row, counts, at)],
  ['progressed further', progressedOutcome(row, someCounts({ succeeded: 4 }), at)],
  ['completed', completedOutcome(row, counts, at)],
  ['failed', failedOutcome(row, 'CREATE_FAILED', 'no', at, { code: 'X', message: 'y' })],
  ['failed otherwise', failedOutcome(plain, 'GONE', 'deleted', at)],
  ['superseded', supersededOutcome(row, by, counts, at)],
  ['superseded by another', supersededOutcome(row, { ...by, rolloutId: 'fw-other' }, undefined, at)],
  ['withdrawn', withdrawnOutcome(row, aTombstone({ reasonCode: 'BAD', comment: 'bricks' }), counts, at)],
  ['withdrawn elsewhere, without a reason', withdrawnOutcome(plain, undefined, undefined, at)],
  ['sibling in conflict', siblingConflictOutcome(row, { ...row, channel: 'stable' }, at)],
  ['another sibling in conflict', siblingConflictOutcome(row, { ...row, channel: 'lab' }, at)],
  ['rejected', rejectedOutcome(message, { code: 'EXPIRED', path: 'notAfter', message: 'late' }, at)],
  ['rejected on a channel', rejectedOutcome(message, { code: 'EXPIRED', path: 'notAfter', message: 'late', channel: 'beta' }, at)],
  ['rejected, unreadable', rejectedOutcome(unreadable, { code: 'MALFORMED_JSON', path: '$', message: 'x' }, at)],
  ['duplicate', duplicateOutcome(message, [row], at)],
  ['planned', plannedOutcome(message, { rollouts: planned, rejections: [] }, at)],
  [
    'planned another',
    plannedOutcome(unreadable, { rollouts: [], rejections: [{ code: 'EXPIRED', path: 'notAfter', message: 'late' }] }, at),
  ],
  ['release withdrawn', withdrawalOutcome(message, { revision: 1, channels: ['beta'] }, [row], at)],
  ['release withdrawn, nothing there', withdrawalOutcome(unreadable, {}, [], at)],
];

describe('an outcome', () => {
  it.each(happenings(now))('%s: is as its schema says', (_, event) => {
    const parsed = outcomeSchemas[event.detailType].safeParse(JSON.parse(JSON.stringify(event.detail)));
    expect(parsed.error?.issues).toBeUndefined();
  });

  it('is there for every detail-type', () => {
    const told = new Set<OutcomeType>(happenings(now).map(([, event]) => event.detailType));
    expect([...told].sort()).toEqual(Object.keys(outcomeSchemas).sort());
  });

  it('has the same outcomeId when it is told again later', () => {
    const ids = (at: number) => happenings(at).map(([, event]) => event.detail.outcomeId);
    expect(ids(now + 60_000)).toEqual(ids(now));
  });

  it('has another outcomeId than any other happening', () => {
    const ids = happenings(now).map(([, event]) => event.detail.outcomeId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is the same creation whether the answer was lost or not', () => {
    expect(createdOutcome(row, true, now).detail.outcomeId).toBe(createdOutcome(row, false, now).detail.outcomeId);
  });

  it('carries the correlationId, where there is one', () => {
    expect(createdOutcome(row, false, now).detail.correlationId).toBe('build-8812');
    expect(rejectedOutcome(unreadable, { code: 'TOO_LARGE', path: '$', message: 'x' }, now).detail).not.toHaveProperty('correlationId');
  });

  it('tells how many devices were left to finish', () => {
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
  ] as const)('of %o is %s', (devices, result) => {
    expect(resultOf(someCounts(devices))).toBe(result);
  });
});
