import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChange } from '../../../domain/rollout/change.ts';
import type { Rollout } from '../../../domain/rollout/rollout.ts';
import type { Change } from '../../../domain/rollout/step.ts';
import { delayOf, followUpDelayOf, timingOf } from '../../../domain/rollout/timing.ts';
import { aRollout, minutes, now, seconds, someCounts, timing } from '../../../proof/support/a-rollout.ts';

const write = (row: Rollout, change: Change) => applyChange(row, change, { why: 'because', who: 'follow-ups 1', now, timing });

describe('every write of a row', () => {
  const row = aRollout({ itemRevision: 7, followUpNumber: 3, state: 'CREATING', attempt: 1 });

  it('has the next revision and follow-up number, and the time', () => {
    expect(write(row, { restsWithoutNews: 1 })).toMatchObject({ itemRevision: 8, followUpNumber: 4, writtenAt: now, restsWithoutNews: 1 });
  });

  it('is due two minutes after its follow-up', () => {
    const after = write(row, {});
    expect(after.dueAt).toBe(now + delayOf(after, timing) + minutes(2));
  });

  it('is due at the end of its delay if it gets no follow-up', () => {
    for (const waiting of [aRollout({ state: 'CREATED' }), aRollout({ state: 'CREATING', restsWithoutNews: 5 })]) {
      const after = write(waiting, {});
      expect(after.dueAt).toBe(now + delayOf(after, timing));
    }
  });

  it('is due for the sweep after two minutes if the state is final', () => {
    expect(write(row, { state: 'COMPLETED' }).dueAt).toBe(now + minutes(2));
  });

  it('is due when the change says so', () => {
    expect(write(row, { dueAt: now + 7 }).dueAt).toBe(now + 7);
  });

  it('is not due if the change removes dueAt', () => {
    expect(write(row, { dueAt: null })).not.toHaveProperty('dueAt');
  });

  it('removes the members that are null in the change, and keeps the others', () => {
    const after = write(aRollout({ code: 'GONE', message: 'm', notAfter: 1 }), { code: null, notAfter: null });
    expect(after).not.toHaveProperty('code');
    expect(after).not.toHaveProperty('notAfter');
    expect(after.message).toBe('m');
  });

  it('leaves no member that is undefined', () => {
    expect(write(aRollout({ message: 'm' }), { message: undefined } as unknown as Change)).not.toHaveProperty('message');
  });

  it('does not change the row that was read', () => {
    const before = structuredClone(row);
    write(row, { state: 'CREATED', outbox: [] });
    expect(row).toEqual(before);
  });
});

describe('the instant at which devices moved', () => {
  const counts = someCounts({ queued: 3 });

  it('is that of the write that changes their counts', () => {
    expect(write(aRollout({ counts }), { counts: someCounts({ queued: 2, succeeded: 1 }) }).countsChangedAt).toBe(now);
    expect(write(aRollout(), { counts }).countsChangedAt).toBe(now);
  });

  it('stays the same if a write finds the same devices, or none', () => {
    const row = aRollout({ counts, countsChangedAt: now - 5 });
    expect(write(row, { counts: { ...counts } }).countsChangedAt).toBe(now - 5);
    expect(write(row, {}).countsChangedAt).toBe(now - 5);
    expect(write(aRollout(), { counts: someCounts() })).not.toHaveProperty('countsChangedAt');
  });
});

describe('the history', () => {
  const row = aRollout({ state: 'CREATING', attempt: 1 });

  it('gets an entry for a change of state', () => {
    expect(write(row, { state: 'CREATED' }).history.at(-1)).toEqual({
      at: now,
      from: 'CREATING',
      to: 'CREATED',
      why: 'because',
      who: 'follow-ups 1',
    });
  });

  it('gets an entry for another attempt', () => {
    expect(write(row, { attempt: 2 }).history).toHaveLength(row.history.length + 1);
  });

  it('gets no entry for a write that only waits', () => {
    expect(write(row, { restsWithoutNews: 1 }).history).toEqual(row.history);
  });

  it('keeps the last forty entries', () => {
    const line = { at: 1, to: 'CREATING' as const, why: '', who: '' };
    const after = write(aRollout({ state: 'CREATING', history: Array.from({ length: 40 }, () => line) }), { state: 'CREATED' });
    expect(after.history).toHaveLength(40);
    expect(after.history.at(-1)?.to).toBe('CREATED');
  });
});

describe('the delay until the next look', () => {
  const delay = (restsWithoutNews: number, followUpNumber = 1) =>
    delayOf({ state: 'CREATING', rolloutId: 'fw-a-0', followUpNumber, restsWithoutNews }, timing);

  it.each([
    [0, seconds(15)],
    [1, seconds(30)],
    [2, seconds(60)],
    [5, seconds(480)],
    [6, minutes(15)],
    [40, minutes(15)],
    [1_000_000, minutes(15)],
  ])('after %i rests without news is at most %i ms and at least four fifths of that', (tries, full) => {
    expect(delay(tries)).toBeLessThanOrEqual(full);
    expect(delay(tries)).toBeGreaterThanOrEqual(full * 0.8);
  });

  it.each([
    [0, minutes(5)],
    [1, minutes(10)],
    [4, minutes(60)],
    [1_000_000, minutes(60)],
  ])('of a CREATED rollout after %i rests without news is at most %i ms and at least four fifths of that', (restsWithoutNews, full) => {
    const found = delayOf({ state: 'CREATED', rolloutId: 'fw-a-0', followUpNumber: 1, restsWithoutNews }, timing);
    expect(found).toBeLessThanOrEqual(full);
    expect(found).toBeGreaterThanOrEqual(full * 0.8);
  });

  it('is the same for the same rollout and follow-up, and differs between them', () => {
    expect(delay(3)).toBe(99_382);
    const delays = new Set(Array.from({ length: 100 }, (_, no) => delay(6, no)));
    expect(delays.size).toBeGreaterThan(90);
  });

  it('stays within its bounds for any rollout', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.nat(), (rolloutId, followUpNumber, restsWithoutNews) => {
        const found = delayOf({ state: 'CREATING', rolloutId, followUpNumber, restsWithoutNews }, timing);
        expect(found).toBeGreaterThanOrEqual(seconds(12));
        expect(found).toBeLessThanOrEqual(minutes(15));
      }),
    );
  });
});

describe('the timing of a stage', () => {
  it('is that of the tests, with the minutes of the deployment for a task without an answer', () => {
    expect(timingOf({ factor: 1, unansweredTaskMinutes: 20 })).toEqual(timing);
    expect(timingOf({ factor: 1, unansweredTaskMinutes: 90 }).createMayStillLand).toEqual({
      CreateOTAUpdate: minutes(20),
      CreateJob: minutes(20),
      CreateOtaTask: minutes(90),
    });
  });

  it('is shorter in a local run, but AWS may act as late as ever', () => {
    const { createMayStillLand, ...delays } = timingOf({ factor: 60, unansweredTaskMinutes: 20 });
    const { createMayStillLand: asLate, ...usual } = timing;
    expect(createMayStillLand).toEqual(asLate);
    expect(delays).toEqual(Object.fromEntries(Object.entries(usual).map(([name, delay]) => [name, delay / 60])));
  });
});

describe('a follow-up', () => {
  const followUp = (state: Rollout['state'], restsWithoutNews: number) =>
    followUpDelayOf({ state, rolloutId: 'fw-a-0', followUpNumber: 1, restsWithoutNews }, timing);

  it('comes after each delay below five minutes', () => {
    for (const tries of [0, 1, 2, 3, 4]) {
      expect(followUp('CREATING', tries)).toBe(
        delayOf({ state: 'CREATING', rolloutId: 'fw-a-0', followUpNumber: 1, restsWithoutNews: tries }, timing),
      );
    }
  });

  it('does not come after a longer one, since the sweep is there by then and Lambda would stop the chain', () => {
    expect([5, 6, 40].map((tries) => followUp('WITHDRAWING', tries))).toEqual([undefined, undefined, undefined]);
  });

  it('does not come with the sweep either', () => {
    const row = { state: 'CREATING', rolloutId: 'fw-a-0', followUpNumber: 1, restsWithoutNews: 0 } as const;
    const delay = delayOf(row, timing);
    expect(followUpDelayOf(row, { ...timing, sweepInterval: delay })).toBeUndefined();
    expect(followUpDelayOf(row, { ...timing, sweepInterval: delay + 1 })).toBe(delay);
  });

  it('never comes for a CREATED rollout', () => {
    expect(followUp('CREATED', 0)).toBeUndefined();
  });
});
