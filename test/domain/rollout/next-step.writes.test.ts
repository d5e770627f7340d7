import { describe, expect, it } from 'vitest';
import { nextStep } from '../../../domain/rollout/next-step.ts';
import type { Reply, Sighting } from '../../../domain/rollout/observation.ts';
import type { Rollout } from '../../../domain/rollout/rollout.ts';
import type { Seen, View } from '../../../domain/rollout/step.ts';
import {
  aHead,
  aRecordedWithdrawal,
  aRollout,
  minutes,
  now,
  onMi,
  ownEntry,
  rivalOf,
  seconds,
  sentAgo,
  someCounts,
} from '../../../proof/support/a-rollout.ts';
import { aView } from '../../../proof/support/a-view.ts';

const supersededBy = { rolloutId: 'fw-newer', version: '3.0.0', revision: 1 };
const claimed = aRollout();
const sent = (changes: Partial<Rollout> = {}) => aRollout({ state: 'CREATING', ...sentAgo(seconds(20)), ...changes });
const mi = (changes: Partial<Rollout> = {}) => sent({ ...onMi, ...changes });
const live = (changes: Partial<Rollout> = {}) => aRollout({ state: 'CREATED', ...sentAgo(minutes(30)), ...changes });
const own = ownEntry(claimed, { sequence: 2 });
const newer = rivalOf('3.0.0', { sequence: 3, created: true });
const newerCounts = { head: aHead(own, newer), seen: { rivals: { [newer.rolloutId]: true } } };
const refusal = (retryable: boolean): Reply => ({ kind: 'refused', retryable, code: 'SomeException', message: 'not now' });
const failed = (code?: string, message?: string): Sighting => ({
  kind: 'createFailed',
  errorInfo: { ...(code !== undefined && { code }), ...(message !== undefined && { message }) },
  job: 'none',
});
const exists = (job: 'live' | 'completed' | 'canceled' | 'gone', reasonCode?: string, comment?: string): Sighting => ({
  kind: 'exists',
  job,
  aws: { jobId: 'j' },
  ...(reasonCode !== undefined && { reasonCode }),
  ...(comment !== undefined && { comment }),
});

function writeOf(view: View) {
  const step = nextStep(view);
  if (step.do !== 'write') throw new Error(`a write was expected, not ${step.do}`);
  return step;
}

describe('a rollout that fails', () => {
  it('keeps code and message of AWS', () => {
    const errorInfo = { code: 'SomeException', message: 'not now' };
    expect(writeOf(aView(sent(), { seen: { reply: refusal(false) } })).change.errorInfo).toEqual(errorInfo);
    expect(writeOf(aView(aRollout({ notAfter: now - 1 }))).change).not.toHaveProperty('errorInfo');
  });
});

describe('the intent of a create', () => {
  it('counts the create before it is sent, and keeps the earlier count', () => {
    const { change, seen } = writeOf(aView(claimed, { head: aHead(own) }));
    expect(change).toStrictEqual({
      state: 'CREATING',
      attempt: 1,
      restsWithoutNews: 0,
      unansweredCreates: { count: 1, firstSentAt: now, lastSentAt: now, beforeLast: { count: 0 } },
      sequence: 2,
    });
    expect(seen).toEqual({ rivals: {}, wrote: true, intent: true });
  });

  it('keeps the time of the first create without an answer, and the number of rests', () => {
    const row = sent({ restsWithoutNews: 4 });
    expect(writeOf(aView(row, { seen: { sighting: { kind: 'notFound' } } })).change).toStrictEqual({
      state: 'CREATING',
      attempt: 1,
      restsWithoutNews: 4,
      unansweredCreates: {
        count: 2,
        firstSentAt: now - seconds(20),
        lastSentAt: now,
        beforeLast: { count: 1, firstSentAt: now - seconds(20), lastSentAt: now - seconds(20) },
      },
      sequence: 1,
    });
  });

  it('resets the number of rests before the first create', () => {
    expect(writeOf(aView(aRollout({ restsWithoutNews: 4 }), { head: aHead(own) })).change.restsWithoutNews).toBe(0);
  });

  it('is undone by a refusal, back to the creates that were unanswered before', () => {
    const beforeLast = { count: 1, firstSentAt: now - minutes(3), lastSentAt: now - minutes(2) };
    const row = sent({ unansweredCreates: { ...beforeLast, count: 2, lastSentAt: now, beforeLast }, restsWithoutNews: 1 });
    const { change, seen } = writeOf(aView(row, { seen: { reply: refusal(true) } }));
    expect(change).toStrictEqual({ unansweredCreates: beforeLast, restsWithoutNews: 2, throttledSince: now });
    expect(seen).toMatchObject({ wrote: true, resting: true });
    expect(writeOf(aView(sent(), { seen: { reply: refusal(true) } })).change).toStrictEqual({
      unansweredCreates: { count: 0 },
      restsWithoutNews: 1,
      throttledSince: now,
    });
  });

  it('keeps since when every create was refused with a reason that can pass', () => {
    const refusedAfter = (row: Rollout) => writeOf(aView(row, { seen: { reply: refusal(true) } })).change.throttledSince;
    const since = now - minutes(9);
    expect(refusedAfter(sent({ throttledSince: since }))).toBe(since);
    const acceptedSince = { count: 1, firstSentAt: now - minutes(5), lastSentAt: now - minutes(5) };
    const again = { ...acceptedSince, count: 2, lastSentAt: now, beforeLast: acceptedSince };
    expect(refusedAfter(sent({ throttledSince: since, unansweredCreates: again }))).toBe(now);
  });

  it('forgets it with the state', () => {
    const seen: Partial<Seen> = { sighting: exists('live') };
    expect(writeOf(aView(sent({ throttledSince: now }), { seen })).change).toMatchObject({ state: 'CREATED', throttledSince: null });
  });

  it('is undone by subtraction if the row does not keep the earlier count', () => {
    const row = sent({ unansweredCreates: { count: 2, firstSentAt: now - seconds(20), lastSentAt: now - seconds(20) } });
    expect(writeOf(aView(row, { seen: { reply: refusal(true) } })).change.unansweredCreates?.count).toBe(1);
    expect(
      writeOf(aView({ ...row, unansweredCreates: { count: 0 } }, { seen: { reply: refusal(true) } })).change.unansweredCreates?.count,
    ).toBe(0);
  });

  it('is undone even by a final refusal if an earlier create may still take effect', () => {
    const row = sent({ unansweredCreates: { count: 2, firstSentAt: now - seconds(20), lastSentAt: now - seconds(20) } });
    expect(writeOf(aView(row, { seen: { reply: refusal(false) } })).change).not.toHaveProperty('code');
  });
});

describe('a rollout that becomes WITHDRAWING', () => {
  it('keeps its withdrawal, and drops code and message if it was UNCERTAIN', () => {
    const withdrawnBy = aRecordedWithdrawal({ reasonCode: 'BAD' });
    const change = (row: Rollout) => writeOf(aView(row, { withdrawals: [withdrawnBy] })).change;
    expect(change(sent())).toStrictEqual({ state: 'WITHDRAWING', restsWithoutNews: 0, withdrawnBy });
    expect(change(mi({ state: 'FAILED', code: 'UNCERTAIN' }))).toStrictEqual({
      code: null,
      message: null,
      state: 'WITHDRAWING',
      restsWithoutNews: 0,
      withdrawnBy,
    });
  });

  it('keeps the withdrawal that stopped it, although a later one covers it too', () => {
    const [first, later] = [aRecordedWithdrawal({ reasonCode: 'BAD' }), aRecordedWithdrawal({ at: now })];
    const endOf = (row: Rollout) => writeOf(aView(row, { withdrawals: [later], seen: { sighting: exists('gone') } })).change;
    expect(endOf(live({ state: 'WITHDRAWING', withdrawnBy: first }))).not.toHaveProperty('withdrawnBy');
    expect(endOf(live({ state: 'WITHDRAWING' })).withdrawnBy).toEqual(later);
    expect(writeOf(aView(aRollout({ state: 'COMPLETED' }), { withdrawals: [first] })).change.withdrawnBy).toEqual(first);
  });
});

describe('a creation', () => {
  const seen = { reply: { kind: 'created', aws: { taskId: 't' } } } as const;

  it('keeps the ids of AWS, adds an outcome, and resets what was seen', () => {
    const step = writeOf(
      aView(sent({ aws: { otaUpdateId: 'u' }, restsWithoutNews: 3 }), { seen: { sighting: exists('live'), published: true } }),
    );
    const aws = { otaUpdateId: 'u', jobId: 'j' };
    expect(step.change).toEqual({
      state: 'CREATED',
      restsWithoutNews: 0,
      unansweredCreates: { count: 1, firstSentAt: now - seconds(20), lastSentAt: now - seconds(20) },
      aws,
      outbox: [expect.anything()],
    });
    expect(step.change.outbox?.[0]?.detail).toMatchObject({ aws, adopted: false, rolloutId: claimed.rolloutId });
    expect(step.seen).toEqual({ rivals: {}, wrote: true, justCreated: true });
  });

  it('answers every create if a token identifies the one that took effect', () => {
    const step = writeOf(aView(mi({ aws: { jobId: 'j' } }), { seen }));
    expect(step.change).toEqual({
      state: 'CREATED',
      restsWithoutNews: 0,
      unansweredCreates: { count: 0 },
      aws: { taskId: 't', jobId: 'j' },
      outbox: [expect.objectContaining({ detail: expect.objectContaining({ adopted: false, aws: { taskId: 't', jobId: 'j' } }) })],
    });
  });

  it('is adopted if AWS had it already', () => {
    const view = aView(sent(), { seen: { reply: { kind: 'alreadyExists' }, sighting: exists('live') } });
    expect(writeOf(view).change.outbox?.[0]?.detail).toMatchObject({ adopted: true });
  });

  it('is adopted if only a search of managed integrations found it', () => {
    const view = aView(mi(), { seen: { sighting: exists('live') } });
    expect(writeOf(view).change.outbox?.[0]?.detail).toMatchObject({ adopted: true });
  });

  it('is the only change of state that sets justCreated', () => {
    expect(writeOf(aView(sent(), newerCounts)).seen).toEqual({ rivals: {}, wrote: true });
  });
});

describe('a write that waits', () => {
  it('counts a rest without news, and keeps what was seen', () => {
    const { change, seen } = writeOf(aView(sent({ restsWithoutNews: 2 }), { seen: { resting: true, stopSent: true } }));
    expect(change).toEqual({ restsWithoutNews: 3 });
    expect(seen).toEqual({ rivals: {}, resting: true, stopSent: true, wrote: true });
  });

  it('keeps the known rivals after a creation that failed', () => {
    const { seen, change } = writeOf(aView(sent(), { seen: { sighting: failed('ThrottlingException'), rivals: { x: false } } }));
    expect(seen).toEqual({ rivals: { x: false }, wrote: true, resting: true });
    expect(change).toEqual({
      attempt: 2,
      unansweredCreates: { count: 0 },
      restsWithoutNews: 1,
      aws: {},
      errorInfo: { code: 'ThrottlingException' },
    });
  });

  it('empties the outbox after it was published', () => {
    const outbox = writeOf(aView(live(), { seen: { sighting: exists('gone') } })).change.outbox ?? [];
    const step = writeOf(aView(sent({ outbox }), { seen: { resting: true, published: true } }));
    expect(step.change).toEqual({ outbox: [] });
    expect(step.seen).toMatchObject({ published: true, wrote: true, resting: true });
  });

  it('drops the siblings after their claim', () => {
    const carrier = aRollout({ siblings: [aRollout({ channel: 'stable' })] });
    const view = aView(carrier, { head: aHead(own), seen: { siblingsPut: true } });
    expect(writeOf(view).change.siblings).toEqual([]);
  });

  it('drops no siblings with a step that writes nothing', () => {
    const carrier = live({ siblings: [aRollout({ channel: 'stable' })] });
    expect(nextStep(aView(carrier, { seen: { siblingsPut: true } }))).toEqual({ do: 'look', at: 'job' });
  });
});

describe('the end of a rollout that was stopped', () => {
  const counts = someCounts({ inProgress: 3 });

  it('has the last counts, if there were any', () => {
    const stopping = (changes: Partial<Rollout>) =>
      aView(live({ state: 'SUPERSEDING', supersededBy, ...changes }), { seen: { sighting: exists('gone') } });
    expect(writeOf(stopping({ counts })).change).toMatchObject({ counts, supersededBy });
    expect(writeOf(stopping({})).change).not.toHaveProperty('counts');
    const withdrawing = (changes: Partial<Rollout>) =>
      aView(live({ state: 'WITHDRAWING', ...changes }), { seen: { sighting: exists('gone') } });
    expect(writeOf(withdrawing({ counts })).change).toMatchObject({ counts });
    expect(writeOf(withdrawing({})).change).not.toHaveProperty('counts');
  });

  it('begins with a cancel for SUPERSEDED, even if the row does not name the newer release', () => {
    const { supersededBy: _none, ...row } = live({ state: 'SUPERSEDING', supersededBy });
    expect(nextStep(aView(row, { seen: { sighting: exists('live') } }))).toMatchObject({
      order: { comment: expect.any(String), reasonCode: 'SUPERSEDED', force: false },
    });
  });

  it('begins with a cancel for a reason of the service if nobody gave one', () => {
    const view = aView(live({ state: 'WITHDRAWING' }), { seen: { sighting: exists('live') } });
    expect(nextStep(view)).toMatchObject({
      do: 'cancelAtAws',
      order: { force: false, reasonCode: 'WITHDRAWN', comment: expect.any(String) },
    });
    const left: Sighting = { kind: 'createFailed', errorInfo: {}, job: 'live' };
    expect(nextStep(aView(sent(), { seen: { sighting: left } }))).toMatchObject({
      order: { force: false, reasonCode: 'CREATE_FAILED', comment: expect.any(String) },
      seen: { sighting: left, stopSent: true },
    });
  });
});

describe('a write of the head', () => {
  const older = rivalOf('1.0.0', { sequence: 1, created: true });

  it('keeps the other entries if one leaves', () => {
    const step = nextStep(aView(aRollout({ state: 'WITHDRAWN' }), { head: aHead(own, older, newer) }));
    expect(step).toMatchObject({ head: { entries: { [older.rolloutId]: older.entry, [newer.rolloutId]: newer.entry } } });
  });

  it('keeps the number of a rollout that AWS may have had, and of no other', () => {
    const taken = (row: Rollout, before = 0) => {
      const step = nextStep(aView(row, { head: { ...aHead(own, older), taken: before }, seen: { justCreated: true } }));
      return step.do === 'writeHead' ? step.head.taken : step.do;
    };
    expect(taken(live())).toBe(2);
    for (const state of ['WITHDRAWN', 'FAILED', 'COMPLETED', 'SUPERSEDED'] as const) {
      expect(taken(live({ state }))).toBe(2);
      expect(taken(live({ state }), 7)).toBe(7);
      expect(taken(aRollout({ state }))).toBe(0);
    }
    expect(taken(aRollout({ state: 'FAILED', attempt: 1, unansweredCreates: { count: 0 } }))).toBe(0);
    expect(taken(aRollout({ state: 'FAILED', attempt: 2, unansweredCreates: { count: 0 } }))).toBe(2);
    expect(taken(aRollout({ state: 'WITHDRAWN', attempt: 1, aws: { otaUpdateId: 'u' } }))).toBe(2);
  });

  it('names the rollouts to wake', () => {
    const step = nextStep(aView(live(), { head: aHead(own, older), seen: { justCreated: true } }));
    expect(step).toMatchObject({ seen: { justCreated: true, toWake: [older.rolloutId] } });
  });

  it('wakes no rollout that has left meanwhile', () => {
    const head = aHead(ownEntry(claimed, { sequence: 2, created: true }), older);
    expect(nextStep(aView(live(), { head, seen: { toWake: ['fw-left', older.rolloutId] } }))).toEqual({
      do: 'wake',
      rollouts: [{ rolloutId: older.rolloutId, product: 'thermostat', version: '1.0.0', revision: 1, channel: 'beta' }],
    });
  });
});
