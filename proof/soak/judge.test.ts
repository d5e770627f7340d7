import { describe, expect, it } from 'vitest';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { aRollout } from '../support/a-rollout.ts';
import { PRODUCT } from './backlog.ts';
import { findBroken, isOver, type Outcome } from './judge.ts';

const rowOf = (version: string, state: Rollout['state'], more: Partial<Rollout> = {}): Rollout => {
  const { dueAt: _due, ...row } = aRollout({ product: PRODUCT, version, channel: 'c0', state, attempt: 1, ...more });
  return row;
};
const madeOf = ({ rolloutId, requestDigest }: Rollout, live = false) => ({
  id: `${rolloutId}-1`,
  rolloutId,
  requestDigest,
  targets: [],
  live,
});

const older = rowOf('1.0.0', 'SUPERSEDED');
const newer = rowOf('1.1.0', 'COMPLETED');
const unanswered = rowOf('1.0.0', 'SUPERSEDING', { unansweredCreates: { count: 1, lastSentAt: 1 }, restsWithoutNews: 3 });
const published = new Map([
  [older.rolloutId, new Set(['SUPERSEDED'])],
  [newer.rolloutId, new Set(['COMPLETED', 'SUPERSEDED', 'FAILED'])],
]);
const good: Outcome = {
  backlog: [
    { version: '1.0.0', channel: 'c0' },
    { version: '1.1.0', channel: 'c0' },
    { version: '1.0.0', channel: 'c0' },
  ],
  rows: [older, newer],
  made: [madeOf(newer)],
  published,
  rejected: 3,
  poison: 2,
};

describe('the judge of the soak', () => {
  it('finds nothing wrong in a good end, even with a copy and a refusal that was delivered twice', () => {
    expect(findBroken(good)).toEqual([]);
  });

  it.each<[what: string, found: RegExp, spoiled: Partial<Outcome>]>([
    ['a release without a row', /^lost: meter 1\.0\.0 has no row on c0/, { rows: [newer] }],
    ['an update of no rollout', /^wrong: .* belongs to no rollout/, { made: [{ ...madeOf(newer), rolloutId: 'fw-other' }] }],
    ['another request', /^wrong: .* is not what/, { made: [{ ...madeOf(newer), requestDigest: 'other' }] }],
    ['two of one attempt', /^doubled: /, { made: [madeOf(newer), madeOf(newer)] }],
    ['one that lives on after the end', /^wrong: .* has ended and .* lives/, { made: [madeOf(newer, true)] }],
    ['a completed one that AWS never had', /^lost: .* never had it/, { made: [] }],
    ['an end without an event', /^lost: no event says/, { published: new Map([[newer.rolloutId, new Set(['COMPLETED'])]]) }],
    ['a failure', /^wrong: .* failed: GONE/, { rows: [older, rowOf('1.1.0', 'FAILED', { code: 'GONE', message: 'x' })] }],
    ['an uncertain one', /^wrong: .* failed: UNCERTAIN/, { rows: [older, rowOf('1.1.0', 'FAILED', { code: 'UNCERTAIN' })] }],
    ['a channel whose newest lost', /^wrong: the newest of c0, 1\.1\.0, is superseded/, { rows: [older, rowOf('1.1.0', 'SUPERSEDED')] }],
    [
      'a rollout that lives although AWS has nothing',
      /^wrong: 1\.0\.0 on c0 finds nothing/,
      { rows: [unanswered, newer], made: [madeOf(newer), madeOf(unanswered, true)] },
    ],
    ['a refusal that was not kept', /^lost: 1 refused messages are kept of 2/, { rejected: 1 }],
  ])('finds %s', (_, found, spoiled) => {
    expect(findBroken({ ...good, ...spoiled })).toContainEqual(expect.stringMatching(found));
  });

  it('waits until a rollout is final, settled and published, but not 20 minutes for a create without an answer', () => {
    const task = { ...unanswered, state: 'CREATING', operation: 'CreateOtaTask' } as const;
    expect([older, newer, unanswered, task].map(isOver)).toEqual([true, true, true, true]);
    const notYet = [
      rowOf('1.0.0', 'CREATED'),
      { ...newer, dueAt: 1 },
      { ...newer, outbox: [{ type: 'COMPLETED' }] } as unknown as Rollout,
      { ...unanswered, restsWithoutNews: 2 },
      { ...unanswered, state: 'CREATING' as const },
      rowOf('1.0.0', 'SUPERSEDING', { restsWithoutNews: 3 }),
    ];
    expect(notYet.map(isOver)).toEqual([false, false, false, false, false, false]);
  });
});
