import { describe, expect, it } from 'vitest';
import type { RolloutSummary } from '../../../console/api.ts';
import { choicesOf, historyRows } from '../../../console/page/parts/history-rows.ts';

const none = { queued: 0, inProgress: 0, succeeded: 0, failed: 0, rejected: 0, timedOut: 0, removed: 0, canceled: 0 };
const rollout = (product: string, version: string, channel: string, more: Partial<RolloutSummary> = {}) =>
  ({
    product,
    version,
    channel,
    revision: 1,
    rolloutId: `fw-${product}-${version}`,
    state: 'CREATED',
    aws: {},
    since: '2026-11-30T10:00:00Z',
    ...more,
  }) as RolloutSummary;

const lock = rollout('lock', '1.10.0', 'beta', { aws: { jobId: 'AFR_OTA-x' }, counts: { ...none, queued: 3 } });
const older = rollout('lock', '1.9.0', 'stable', { state: 'FAILED', since: '2026-11-30T12:00:00+05:00', counts: none });
const hub = rollout('hub', '1.8.0', 'stable', { state: 'COMPLETED', since: '2026-11-29T23:00:00Z' });
const rollouts = [lock, older, hub];
const query = { text: '', product: '', state: '' };

describe('the history', () => {
  it('has every rollout in the order in which it was read', () => {
    expect(historyRows(rollouts, query)).toEqual(rollouts);
  });

  it.each([
    ['a word of the name, in whatever case', { text: ' LOCK ' }, [lock, older]],
    ['every word', { text: 'stable 1.9' }, [older]],
    ['an id of AWS', { text: 'afr_ota' }, [lock]],
    ['a product', { product: 'hub' }, [hub]],
    ['a state', { state: 'FAILED' }, [older]],
    ['a state that no rollout of the product has', { product: 'hub', state: 'FAILED' }, []],
  ])('is narrowed to %s', (_, part, expected) => {
    expect(historyRows(rollouts, { ...query, ...part })).toEqual(expected);
  });

  it.each([
    ['release', [hub, older, lock]],
    ['channel', [lock, older, hub]],
    ['state', [hub, lock, older]],
    ['devices', [hub, older, lock]],
    ['since', [hub, older, lock]],
  ] as const)('is sorted by %s, up and down', (column, expected) => {
    expect(historyRows(rollouts, { ...query, sort: { column, isDescending: false } })).toEqual(expected);
    const down = historyRows(rollouts, { ...query, sort: { column, isDescending: true } });
    expect(down[0]).toBe(column === 'channel' ? older : expected.at(-1));
  });

  it('names what one can choose from, once and sorted', () => {
    expect(choicesOf(rollouts, 'product')).toEqual(['hub', 'lock']);
    expect(choicesOf(rollouts, 'state')).toEqual(['COMPLETED', 'CREATED', 'FAILED']);
  });
});
