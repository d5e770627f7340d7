import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChange } from '../../../domain/rollout/change.ts';
import type { Rollout } from '../../../domain/rollout/rollout.ts';
import type { Change } from '../../../domain/rollout/step.ts';
import { delayOf } from '../../../domain/rollout/timing.ts';
import { aRollout, minutes, now, seconds, timing } from '../../../proof/support/a-rollout.ts';

const write = (row: Rollout, change: Change) => applyChange(row, change, { why: 'because', who: 'follow-ups 1', now, timing });

describe('every write of a row', () => {
  const row = aRollout({ itemRevision: 7, followUpNumber: 3, state: 'CREATING', attempt: 1 });

  it('is one revision and one follow-up number further, at its time', () => {
    expect(write(row, { restsWithoutNews: 1 })).toMatchObject({ itemRevision: 8, followUpNumber: 4, writtenAt: now, restsWithoutNews: 1 });
  });

  it('is due when its follow-up is, and two minutes', () => {
    const after = write(row, {});
    expect(after.dueAt).toBe(now + delayOf(after, timing) + minutes(2));
  });

  it('is due at once when final, and the sweep steps in after two minutes', () => {
    expect(write(row, { state: 'COMPLETED' }).dueAt).toBe(now + minutes(2));
  });

  it('is due no more where the change takes it away', () => {
    expect(write(row, { dueAt: null })).not.toHaveProperty('dueAt');
  });

  it('removes what the change says null of, and keeps the rest', () => {
    const after = write(aRollout({ code: 'GONE', message: 'm', notAfter: 1 }), { code: null, notAfter: null });
    expect(after).not.toHaveProperty('code');
    expect(after).not.toHaveProperty('notAfter');
    expect(after.message).toBe('m');
  });

  it('leaves no member without a value behind', () => {
    expect(write(aRollout({ message: 'm' }), { message: undefined } as unknown as Change)).not.toHaveProperty('message');
  });

  it('does not touch the row that was read', () => {
    const before = structuredClone(row);
    write(row, { state: 'CREATED', outbox: [] });
    expect(row).toEqual(before);
  });
});

describe('the history', () => {
  const row = aRollout({ state: 'CREATING', attempt: 1 });

  it('has a line for a change of state', () => {
    expect(write(row, { state: 'CREATED' }).history.at(-1)).toEqual({
      at: now,
      from: 'CREATING',
      to: 'CREATED',
      why: 'because',
      who: 'follow-ups 1',
    });
  });

  it('has a line for another attempt', () => {
    expect(write(row, { attempt: 2 }).history).toHaveLength(row.history.length + 1);
  });

  it('has none for a write that only waits', () => {
    expect(write(row, { restsWithoutNews: 1 }).history).toEqual(row.history);
  });

  it('keeps the last forty lines', () => {
    const line = { at: 1, to: 'CREATING' as const, why: '', who: '' };
    const after = write(aRollout({ state: 'CREATING', history: Array.from({ length: 40 }, () => line) }), { state: 'CREATED' });
    expect(after.history).toHaveLength(40);
    expect(after.history.at(-1)?.to).toBe('CREATED');
  });
});

describe('the delay until the next look', () => {
  const delay = (restsWithoutNews: number, followUpNumber = 1) =>
    delayOf({ rolloutId: 'fw-a-0', followUpNumber, restsWithoutNews }, timing);

  it.each([
    [0, seconds(15)],
    [1, seconds(30)],
    [2, seconds(60)],
    [5, seconds(480)],
    [6, minutes(15)],
    [40, minutes(15)],
    [1_000_000, minutes(15)],
  ])('after %i rests without news is %i ms at most, and a fifth less at least', (tries, full) => {
    expect(delay(tries)).toBeLessThanOrEqual(full);
    expect(delay(tries)).toBeGreaterThanOrEqual(full * 0.8);
  });

  it('is the same for the same, and spread over rollouts and follow-ups', () => {
    expect(delay(3)).toBe(99_382);
    const delays = new Set(Array.from({ length: 100 }, (_, no) => delay(6, no)));
    expect(delays.size).toBeGreaterThan(90);
  });

  it('stays within its bounds for any rollout', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.nat(), (rolloutId, followUpNumber, restsWithoutNews) => {
        const found = delayOf({ rolloutId, followUpNumber, restsWithoutNews }, timing);
        expect(found).toBeGreaterThanOrEqual(seconds(12));
        expect(found).toBeLessThanOrEqual(minutes(15));
      }),
    );
  });
});
