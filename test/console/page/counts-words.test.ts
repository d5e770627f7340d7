import { describe, expect, it } from 'vitest';
import { badDevices, countsWords, segmentsOf, succeededPercentage } from '../../../console/page/parts/counts-words.ts';
import { lookOf } from '../../../console/page/parts/state-look.ts';
import { countsLine } from '../../../operator/reads/read-model.ts';

const none = { queued: 0, inProgress: 0, succeeded: 0, failed: 0, rejected: 0, timedOut: 0, removed: 0, canceled: 0 };
const all = { queued: 1, inProgress: 2, succeeded: 3, failed: 4, rejected: 5, timedOut: 6, removed: 7, canceled: 8 };

describe('the devices of a rollout', () => {
  it('are counted in words, without the states that have none', () => {
    expect(countsWords({ ...none, queued: 3, succeeded: 7 })).toBe('10 devices: 3 queued, 7 succeeded');
    expect(countsWords({ ...none, timedOut: 1 })).toBe('1 device: 1 timed out');
    expect(countsWords(none)).toBe('no devices yet');
  });

  it('have the names and the order of ota status', () => {
    expect(countsWords(all)).toBe(`36 devices: ${countsLine(all)}`);
  });

  it('stand in a bar with those that have ended first, and those that have not begun last', () => {
    expect(segmentsOf(all).map(({ state }) => state)).toEqual([
      'succeeded',
      'failed',
      'rejected',
      'timedOut',
      'removed',
      'canceled',
      'inProgress',
      'queued',
    ]);
    expect(segmentsOf({ ...none, queued: 3, succeeded: 7 }).map(({ devices }) => devices)).toEqual([7, 3]);
  });

  it('have succeeded to 100 % only if every one has', () => {
    expect(succeededPercentage({ ...none, succeeded: 999, failed: 1 })).toBe(99);
    expect(succeededPercentage({ ...none, succeeded: 20, canceled: 30 })).toBe(40);
    expect(succeededPercentage({ ...none, succeeded: 3 })).toBe(100);
    expect(succeededPercentage(none)).toBe(0);
  });

  it('ended badly if they failed, rejected it or timed out', () => {
    expect(badDevices(all)).toBe(15);
    expect(badDevices(undefined)).toBe(0);
  });
});

describe('a completed rollout', () => {
  it.each([
    [{ ...none, succeeded: 10 }, 'good'],
    [{ ...none, succeeded: 9, failed: 1 }, 'wait'],
    [{ ...none, failed: 10 }, 'bad'],
    [undefined, 'good'],
  ] as const)('with %o looks %s', (counts, tone) => {
    expect(lookOf('COMPLETED', counts).tone).toBe(tone);
  });

  it('differs from every other state in its shape', () => {
    const states = ['WAITING', 'CREATING', 'CREATED', 'COMPLETED', 'SUPERSEDED', 'WITHDRAWN', 'FAILED'];
    expect(new Set(states.map((state) => lookOf(state).icon)).size).toBe(states.length);
  });
});

it('a state that the page does not know has a look, too', () => {
  expect(lookOf('NEW_STATE').tone).toBe('idle');
});
