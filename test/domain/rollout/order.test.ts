import { describe, expect, it } from 'vitest';
import { enterChannel, giveWayOnArrival, newerRival, pruned } from '../../../domain/rollout/order.ts';
import { type Head, holdsItsChannel, isFinal, isWaitingForAws, type State } from '../../../domain/rollout/rollout.ts';
import type { Seen } from '../../../domain/rollout/step.ts';
import { aHead, aRollout, ownEntry, rivalOf } from '../../../proof/support/a-rollout.ts';
import { aView } from '../../../proof/support/a-view.ts';

const row = aRollout();

describe('the state of a rollout in the order of a channel', () => {
  it.each<[State, boolean, boolean, boolean]>([
    ['WAITING', true, false, false],
    ['CLAIMED', true, true, false],
    ['CREATING', true, true, false],
    ['CREATED', true, false, false],
    ['SUPERSEDING', true, true, false],
    ['COMPLETED', true, false, true],
    ['SUPERSEDED', true, false, true],
    ['WITHDRAWING', false, true, false],
    ['WITHDRAWN', false, false, true],
    ['FAILED', false, false, true],
  ])('%s: holds the channel %s, waits for AWS %s, is final %s', (state, doesCount, waits, final) => {
    expect([holdsItsChannel(state), isWaitingForAws(state), isFinal(state)]).toEqual([doesCount, waits, final]);
  });
});

describe('a rollout that enters the head', () => {
  it('gets the next number, even if the entries with higher numbers have left', () => {
    const step = enterChannel(aView(row, { head: { itemRevision: 9, lastSequence: 41, taken: 0, entries: {} } }));
    expect(step).toMatchObject({
      do: 'writeHead',
      head: { itemRevision: 9, lastSequence: 42, entries: { [row.rolloutId]: { sequence: 42, version: '2.0.0', revision: 1 } } },
    });
  });

  it('reads the row of the rollout that blocks it', () => {
    const newer = rivalOf('3.0.0', { sequence: 1 });
    expect(giveWayOnArrival(aView(row, { head: aHead(newer) }))).toEqual({
      do: 'readRival',
      rolloutId: newer.rolloutId,
      identity: { product: 'thermostat', version: '3.0.0', revision: 1, channel: 'beta' },
    });
  });
});

describe('the highest number that AWS may have had', () => {
  const [gone, refused] = [rivalOf('3.0.0', { sequence: 5 }), rivalOf('4.0.0', { sequence: 6 })];
  const entering = (seen: Partial<Seen>, taken = 0) => {
    const rivals = { [gone.rolloutId]: false, [refused.rolloutId]: false };
    const step = enterChannel(aView(row, { head: { ...aHead(gone, refused), taken }, seen: { rivals, ...seen } }));
    return step.do === 'writeHead' ? [step.head.taken, Object.keys(step.head.entries)] : step.do;
  };

  it('is kept when a rollout drops the entry of one that has left and that AWS may have had', () => {
    expect(entering({ goneRivals: [gone.rolloutId] })).toEqual([5, [row.rolloutId]]);
  });

  it('is not raised by one that AWS refused, nor lowered by one that came earlier', () => {
    expect(entering({})).toEqual([0, [row.rolloutId]]);
    expect(entering({ goneRivals: [gone.rolloutId] }, 9)).toEqual([9, [row.rolloutId]]);
  });
});

describe('the release that an older one gives way to', () => {
  const old = aRollout({ version: '0.9.0' });
  const [first, second, last, pending] = [
    rivalOf('1.0.0', { sequence: 1, done: true }),
    rivalOf('2.0.0', { sequence: 2, done: true }),
    rivalOf('3.0.0', { sequence: 3, created: true }),
    rivalOf('4.0.0', { sequence: 4 }),
  ];
  const everyOneCounts = { rivals: Object.fromEntries([first, second, last, pending].map(({ rolloutId }) => [rolloutId, true])) };
  const givesWayTo = (head: Head, seen: Seen = everyOneCounts) => {
    const step = giveWayOnArrival(aView(old, { head, seen }));
    return step?.do === 'write' ? step.change.supersededBy?.version : step?.do;
  };

  it('is the one that holds the channel, not the oldest that blocks', () => {
    expect(givesWayTo(aHead(first, second, last))).toBe('3.0.0');
  });

  it('exists, rather than being pending', () => {
    expect(givesWayTo(aHead(pending, first, last))).toBe('3.0.0');
  });

  it('is the next one if the last does not hold the channel', () => {
    expect(givesWayTo(aHead(first, second, last), { rivals: { ...everyOneCounts.rivals, [last.rolloutId]: false } })).toBe('2.0.0');
  });
});

describe('the newer rival', () => {
  const own = ownEntry(row, { sequence: 5 });
  const any = () => true;
  const [pending, created, before] = [
    rivalOf('3.0.0', { sequence: 7 }),
    rivalOf('4.0.0', { sequence: 6, created: true }),
    rivalOf('9.0.0', { sequence: 1, created: true }),
  ];
  const known = { rivals: { [pending.rolloutId]: true, [created.rolloutId]: true } };

  it('does not exist before the rollout has its own entry', () => {
    expect(newerRival(aView(row, { head: aHead(pending) }), any)).toBeUndefined();
  });

  it('is never an earlier entry', () => {
    expect(newerRival(aView(row, { head: aHead(own, before) }), any)).toBeUndefined();
  });

  it('exists, rather than being pending', () => {
    expect(newerRival(aView(row, { head: aHead(own, pending, created), seen: known }), any)?.entry.version).toBe('4.0.0');
  });

  it('is the latest of the existing ones', () => {
    const latest = rivalOf('1.5.0', { sequence: 8, done: true });
    const seen = { rivals: { ...known.rivals, [latest.rolloutId]: true } };
    expect(newerRival(aView(row, { head: aHead(own, created, latest), seen }), any)?.entry.version).toBe('1.5.0');
  });
});

describe('pruning the head', () => {
  it('keeps all rollouts that have not ended and the fifty newest that have', () => {
    const ended = Array.from({ length: 60 }, (_, index) => ({
      rolloutId: `e${index}`,
      entry: { sequence: index + 1, version: `1.0.${index}`, revision: 1, done: true as const },
    }));
    const living = { rolloutId: 'old', entry: { sequence: 0, version: '0.1.0', revision: 1 } };
    const kept = Object.keys(pruned(aHead(living, ...ended).entries));
    expect(kept).toHaveLength(51);
    expect(kept).toContain('old');
    expect(kept).toContain('e10');
    expect(kept).not.toContain('e9');
  });
});
