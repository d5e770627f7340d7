import { describe, expect, it } from 'vitest';
import { applyChange } from '../../../domain/rollout/change.ts';
import { isThrottled, type Rollout, waitingSince } from '../../../domain/rollout/rollout.ts';
import type { Change } from '../../../domain/rollout/step.ts';
import { aRollout, minutes, now, timing } from '../../../proof/support/a-rollout.ts';

const write = (row: Rollout, change: Change, at: number) =>
  applyChange(row, change, { why: 'because', who: 'follow-ups 1', now: at, timing });

describe('since when a rollout waits', () => {
  const claimed = aRollout({ claimedAt: now, history: [{ at: now, to: 'CLAIMED', why: 'accepted', who: 'releases 1' }] });

  it('is its claim at first', () => {
    expect(waitingSince(claimed)).toBe(now);
  });

  it('is its last change of state', () => {
    expect(waitingSince(write(claimed, { state: 'CREATING', attempt: 1 }, now + minutes(1)))).toBe(now + minutes(1));
  });

  it('is its last change of attempt', () => {
    const creating = write(claimed, { state: 'CREATING', attempt: 1 }, now + minutes(1));
    expect(waitingSince(write(creating, { attempt: 2 }, now + minutes(5)))).toBe(now + minutes(5));
  });

  it('does not move with a write that changes neither', () => {
    const creating = write(claimed, { state: 'CREATING', attempt: 1 }, now + minutes(1));
    expect(waitingSince(write(creating, { restsWithoutNews: 3 }, now + minutes(9)))).toBe(now + minutes(1));
  });

  it('is the end of a hold or of a closed time, if that came later', () => {
    const held = write(claimed, { waits: { since: { HELD: now }, told: ['HELD'], upstreams: {} } }, now + minutes(1));
    expect(waitingSince(held)).toBe(now);
    const free = write(held, { waits: null, waitedUntil: now + minutes(90) }, now + minutes(90));
    expect(waitingSince(free)).toBe(now + minutes(90));
    expect(waitingSince(write(free, { state: 'CREATING', attempt: 1 }, now + minutes(91)))).toBe(now + minutes(91));
  });

  it('is its claim if it has no history', () => {
    expect(waitingSince(aRollout({ claimedAt: now - 7, history: [] }))).toBe(now - 7);
  });
});

describe('a rollout is throttled', () => {
  const refusedAt = now;
  it.each([
    ['if AWS refused its only create for a reason that can pass', { throttledSince: refusedAt, unansweredCreates: { count: 0 } }, true],
    [
      'also if an earlier create was not answered',
      { throttledSince: refusedAt, unansweredCreates: { count: 1, lastSentAt: now - 1 } },
      true,
    ],
    ['but not once another create was sent', { throttledSince: refusedAt, unansweredCreates: { count: 1, lastSentAt: now } }, false],
    ['but not if AWS never refused one', { unansweredCreates: { count: 1, lastSentAt: now } }, false],
  ])('%s', (_what, row, expected) => {
    expect(isThrottled(row)).toBe(expected);
  });
});
