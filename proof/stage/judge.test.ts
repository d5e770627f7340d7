import { describe, expect, it } from 'vitest';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { aRollout } from '../support/a-rollout.ts';
import { findBroken, type Outcome } from './judge.ts';

const { dueAt: _due, ...row } = aRollout({ state: 'COMPLETED', attempt: 1 });
const { product, version, channel, rolloutId, requestDigest } = row;
const made = { id: `${rolloutId}-1`, rolloutId, requestDigest, targets: [], live: false };
const rowIn = (state: Rollout['state'], more: Partial<Rollout> = {}): Rollout => ({ ...row, ...more, state });

const good: Outcome = {
  sent: [{ product, version, channels: [channel] }],
  rows: [row],
  made: [made],
  published: new Map([[rolloutId, new Set(['COMPLETED', 'CREATED', 'WITHDRAWN', 'FAILED'])]]),
  rejected: [],
};

describe('the judge of real processes', () => {
  it('finds nothing wrong in a good end', () => {
    expect(findBroken(good)).toEqual([]);
  });

  it.each<[what: string, found: RegExp, spoiled: Partial<Outcome>]>([
    ['an update of no rollout', /^wrong: .* belongs to no rollout/, { made: [made, { ...made, rolloutId: 'fw-other' }] }],
    ['another request', /^wrong: .* is not what/, { made: [{ ...made, requestDigest: 'other' }] }],
    ['two of one rollout', /^doubled: /, { made: [made, made] }],
    [
      'two that live',
      /^doubled: .* of which 2 live/,
      { rows: [rowIn('CREATED', { attempt: 2 })], made: [made, made].map((one) => ({ ...one, live: true })) },
    ],
    ['one that lives on after the end', /^wrong: .* has ended and .* lives/, { made: [{ ...made, live: true }] }],
    ['a created one that AWS has not', /^lost: .* nothing of it lives/, { rows: [rowIn('CREATED')] }],
    ['a completed one that AWS never had', /^lost: .* never had it/, { made: [] }],
    ['a failure', /^wrong: .* failed: GONE/, { rows: [rowIn('FAILED', { code: 'GONE', message: 'x' })] }],
    ['an end without an event', /^lost: no event says/, { published: new Map() }],
    [
      'a withdrawn one that lives',
      /^wrong: .* was withdrawn and lives/,
      { sent: [{ product, version, channels: [channel], withdrawn: true }], rows: [rowIn('CREATED')], made: [{ ...made, live: true }] },
    ],
    ['a release without a row', /^lost: .* has no row on beta/, { rows: [], made: [] }],
    ['a good release that was refused', /^lost: .* was refused: EXPIRED/, { rejected: [{ product, version, code: 'EXPIRED' }] }],
  ])('finds %s', (_, found, spoiled) => {
    expect(findBroken({ ...good, ...spoiled })).toContainEqual(expect.stringMatching(found));
  });

  it('accepts the refusal of a release that a withdrawal has overtaken', () => {
    const sent = [{ product, version, channels: [channel], withdrawn: true as const }];
    expect(findBroken({ ...good, sent, rows: [], made: [], rejected: [{ product, version, code: 'RELEASE_WITHDRAWN' }] })).toEqual([]);
  });
});
