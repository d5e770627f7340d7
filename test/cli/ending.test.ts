import { describe, expect, it } from 'vitest';
import { type Ending, endedWell, type PublishResult, resultOfEnding, verdictOf } from '../../cli/ending.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { aRollout, someCounts } from '../../proof/support/a-rollout.ts';

const ended = (changes: Partial<Rollout> = {}) => aRollout({ state: 'COMPLETED', ...changes });
const created = (counts: Parameters<typeof someCounts>[0], continuous = true) =>
  aRollout({ state: 'CREATED', continuous, counts: someCounts(counts) });
const failed = ended({ channel: 'stable', state: 'FAILED', code: 'AWS_REFUSED' });

describe('a release', () => {
  it.each<[string, Partial<Ending>]>([
    ['some devices succeeded', { rollouts: [ended({ counts: someCounts({ succeeded: 9, failed: 1 }) })] }],
    ['it is continuous, was created, and no device failed', { rollouts: [created({ succeeded: 10 })] }],
    ['it is continuous, and some devices have not answered for long', { rollouts: [created({ queued: 1, succeeded: 9 })] }],
    ['it completed and AWS has no counts', { rollouts: [ended()] }],
    ['it is a duplicate of a completed release', { rollouts: [ended()], duplicate: true }],
  ])('ended well if %s', (_when, ending) => {
    expect(endedWell({ rollouts: [], duplicate: false, ...ending })).toBe(true);
  });

  it.each<[string, Partial<Ending>]>([
    ['no device succeeded', { rollouts: [ended({ counts: someCounts({ failed: 10 }) })] }],
    ['it was superseded', { rollouts: [ended({ state: 'SUPERSEDED' })] }],
    ['it is a duplicate of a withdrawn release', { rollouts: [ended({ state: 'WITHDRAWN' })], duplicate: true }],
    ['it failed on one channel', { rollouts: [ended(), failed] }],
    ['it is continuous, and a device failed', { rollouts: [created({ succeeded: 9, failed: 1 })] }],
    ['it is continuous, and a device rejected it', { rollouts: [created({ succeeded: 9, rejected: 1 })] }],
    ['it is continuous, and a device timed out', { rollouts: [created({ succeeded: 9, timedOut: 1 })] }],
    ['the time was over', { rollouts: [ended()], timedOut: true }],
    [
      'it was rejected',
      { rejected: { messageId: 'm', at: '', code: 'TOO_LARGE', path: '$', message: 'the reason', reason: 'the reason' } },
    ],
  ])('did not end well if %s', (_when, ending) => {
    expect(endedWell({ rollouts: [], duplicate: false, ...ending })).toBe(false);
  });

  it('needs the share of devices that was asked for', () => {
    const rollouts = [ended({ counts: someCounts({ succeeded: 8, failed: 2 }) })];
    expect([80, 81].map((until) => endedWell({ rollouts, duplicate: false }, until))).toEqual([true, false]);
    expect(endedWell({ rollouts: [ended()], duplicate: false }, 1)).toBe(false);
  });
});

describe('a rollout that is followed', () => {
  it.each<[string, Rollout, ReturnType<typeof verdictOf>]>([
    ['is pending while AWS creates it', aRollout({ state: 'CREATING' }), 'pending'],
    ['is pending while devices of a snapshot are queued', created({ queued: 1, succeeded: 9 }, false), 'pending'],
    ['is pending while a device of a continuous one is queued', created({ queued: 1, succeeded: 9 }), 'pending'],
    ['is pending while a device of a continuous one is in progress', created({ inProgress: 1, failed: 9 }), 'pending'],
    ['is pending while a continuous one has no devices', created({}), 'pending'],
    ['has ended when each device of a continuous one has ended', created({ succeeded: 10 }), 'good'],
    ['has ended badly when a device of a continuous one has failed', created({ succeeded: 9, failed: 1 }), 'bad'],
    ['is pending while it is stopped', aRollout({ state: 'SUPERSEDING' }), 'pending'],
  ])('%s', (_what, row, verdict) => {
    expect(verdictOf(row, { isQuiet: false })).toBe(verdict);
  });

  it('is not waited for any longer if it is continuous and quiet', () => {
    expect(verdictOf(created({ queued: 10 }), { isQuiet: true })).toBe('good');
    expect(verdictOf(created({ queued: 9, failed: 1 }), { isQuiet: true })).toBe('bad');
    expect(verdictOf(created({ queued: 10 }, false), { isQuiet: true })).toBe('pending');
  });

  it('ends well with the share of devices that was asked for, whether it is continuous or not', () => {
    for (const continuous of [true, false]) {
      expect(verdictOf(created({ queued: 2, succeeded: 8 }, continuous), { until: 80, isQuiet: false })).toBe('good');
      expect(verdictOf(created({ inProgress: 3, succeeded: 7 }, continuous), { until: 80, isQuiet: false })).toBe('pending');
      expect(verdictOf(created({ queued: 1, failed: 1, succeeded: 8 }, continuous), { until: 80, isQuiet: false })).toBe('good');
    }
  });

  it('does not count devices that never got the update', () => {
    expect(verdictOf(created({ succeeded: 8, failed: 2, canceled: 5, removed: 5 }), { until: 80, isQuiet: false })).toBe('good');
  });

  it('is waited for, although it is quiet, until the share of devices is reached or cannot be reached any more', () => {
    expect(verdictOf(created({ queued: 10 }), { until: 80, isQuiet: true })).toBe('pending');
    expect(verdictOf(created({ failed: 3, succeeded: 7 }), { until: 80, isQuiet: false })).toBe('bad');
  });
});

describe('the result of a release in one word', () => {
  const waits = (...waitingFor: ['APPROVAL'] | []) => [{ channel: 'stable', rolloutId: 'r', waitingFor, reasons: [], words: '' }];
  const waiting = aRollout({ channel: 'stable', state: 'WAITING' });

  it.each<[PublishResult, string, Partial<Ending>]>([
    ['succeeded', 'every channel ended well', { rollouts: [ended()] }],
    ['succeeded', 'a channel waited and waits for nothing now', { rollouts: [ended(), waiting], waiting: waits() }],
    ['waiting', 'only a gate is missing', { rollouts: [ended(), waiting], waiting: waits('APPROVAL') }],
    ['failed', 'a channel failed, even if another waits', { rollouts: [failed, waiting], waiting: waits('APPROVAL') }],
    ['failed', 'a channel failed before the time was over', { rollouts: [failed, created({ queued: 1 })], timedOut: true }],
    ['timeout', 'the time was over', { rollouts: [created({ queued: 1 }, false)], timedOut: true }],
    ['timeout', 'the time was over while a gate was missing', { rollouts: [waiting], waiting: waits('APPROVAL'), timedOut: true }],
    [
      'rejected',
      'the service rejected it',
      { rejected: { messageId: 'm', at: '', code: 'TOO_LARGE', path: '$', message: 'the reason', reason: 'the reason' } },
    ],
  ])('is %s if %s', (result, _when, ending) => {
    expect(resultOfEnding({ rollouts: [], duplicate: false, ...ending })).toBe(result);
  });

  it('is succeeded only where it also counts as ended well, or waits', () => {
    const rollouts = [ended({ counts: someCounts({ succeeded: 8, failed: 2 }) })];
    expect([resultOfEnding({ rollouts, duplicate: false }, 80), resultOfEnding({ rollouts, duplicate: false }, 81)]).toEqual([
      'succeeded',
      'failed',
    ]);
  });
});
