import { describe, expect, it } from 'vitest';
import { nextStep } from '../../../domain/rollout/next-step.ts';
import type { Reply, Sighting } from '../../../domain/rollout/observation.ts';
import type { Rollout, State } from '../../../domain/rollout/rollout.ts';
import type { View } from '../../../domain/rollout/step.ts';
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
const no = (retryable: boolean): Reply => ({ kind: 'refused', retryable, code: 'SomeException', message: 'not now' });
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

describe('why, as the history tells it', () => {
  const final = (state: State) => aRollout({ state, supersededBy });
  it.each<[string, View]>([
    ['nothing newer on its channel', aView(claimed, { head: aHead(own) })],
    ['a newer release is on the channel', aView(claimed, newerCounts)],
    ['a release that is not older was there first', aView(claimed, { head: aHead(newer), seen: { rivals: { [newer.rolloutId]: true } } })],
    ['the release was withdrawn', aView(sent(), { withdrawals: [aRecordedWithdrawal()] })],
    ['nothing of it is live', aView(claimed, { withdrawals: [aRecordedWithdrawal()] })],
    ['nothing of it is live', aView(aRollout({ state: 'SUPERSEDING', supersededBy }), { seen: { sighting: { kind: 'foreign' } } })],
    ['AWS confirmed the creation', aView(mi(), { seen: { reply: { kind: 'created', aws: {} } } })],
    ['AWS confirmed the creation', aView(sent(), { seen: { sighting: exists('live') } })],
    ['found at AWS, ours and equal', aView(sent(), { seen: { reply: { kind: 'alreadyExists' }, sighting: exists('live') } })],
    ['AWS said no: SomeException', aView(sent(), { seen: { reply: no(true) } })],
    ['every send was answered no', aView(aRollout({ state: 'CREATING', attempt: 1 }))],
    ['AWS knows no such update', aView(sent(), { seen: { sighting: { kind: 'notFound' } } })],
    ['CREATE_FAILED: ThrottlingException, the cause can pass', aView(sent(), { seen: { sighting: failed('ThrottlingException') } })],
    [
      'CREATE_FAILED: no code, the cause can pass',
      aView(sent(), { seen: { sighting: failed(undefined, 'exceeded the limit for the number of jobs') } }),
    ],
    [`gives way to ${newer.rolloutId}`, aView(sent(), newerCounts)],
    ['devices moved', aView(live(), { seen: { sighting: { kind: 'exists', job: 'live', aws: {}, counts: someCounts({ queued: 1 }) } } })],
    ['every device has ended', aView(live(), { seen: { sighting: exists('completed') } })],
    ['no news', aView(sent(), { seen: { resting: true } })],
    [
      'told',
      aView(sent({ outbox: writeOf(aView(live(), { seen: { sighting: exists('gone') } })).change.outbox ?? [] }), {
        seen: { resting: true, published: true },
      }),
    ],
    ['told, nothing left', aView(final('COMPLETED'))],
    ['GONE: the job or task was deleted outside', aView(live(), { seen: { sighting: exists('gone') } })],
  ])('%s', (why, view) => {
    expect(writeOf(view).why).toBe(why);
  });

  it.each<[string, View]>([
    ['enter the channel', aView(claimed)],
    ['this rollout exists', aView(live(), { head: aHead(own, rivalOf('1.0.0', { sequence: 1 })) })],
    ['it does not count any more', aView(final('WITHDRAWN'), { head: aHead(own) })],
    ['it has ended', aView(final('COMPLETED'), { head: aHead(own) })],
  ])('%s (the head)', (why, view) => {
    expect(nextStep(view)).toMatchObject({ do: 'writeHead', why });
  });
});

describe('a rollout that fails says what a person needs', () => {
  const reasonless = 'AWS reported CREATE_FAILED without a reason';
  it.each<[string, string, View]>([
    ['EXPIRED', 'notAfter passed before the first create', aView(aRollout({ notAfter: now - 1 }))],
    ['EXPIRED', 'notAfter passed before the create was repeated', aView(aRollout({ state: 'CREATING', attempt: 1, notAfter: now - 1 }))],
    ['AWS_REFUSED', 'not now', aView(sent(), { seen: { reply: no(false) } })],
    [
      'UNCERTAIN',
      'a create was never answered and no task with our tags was found: it may be live; a person must look',
      aView(mi(sentAgo(minutes(21))), { seen: { sighting: { kind: 'notFound' } } }),
    ],
    ['NOT_ADOPTABLE', 'AWS has something else under the id of this rollout', aView(sent(), { seen: { sighting: { kind: 'foreign' } } })],
    ['NOT_ADOPTABLE', 'AWS has something else under the id of this rollout', aView(live(), { seen: { sighting: { kind: 'foreign' } } })],
    ['CREATE_FAILED', 'no such role', aView(sent(), { seen: { sighting: failed('X', 'no such role') } })],
    ['CREATE_FAILED', reasonless, aView(sent(), { seen: { sighting: failed('X') } })],
    ['CREATE_FAILED', 'no such role', aView(live(), { seen: { sighting: failed('X', 'no such role') } })],
    ['CREATE_FAILED', reasonless, aView(live(), { seen: { sighting: failed('X') } })],
    [
      'ABORTED',
      'AWS canceled the rollout: too many devices failed, or its schedule ended',
      aView(live(), { seen: { sighting: exists('canceled', 'X', 'Job aborted') } }),
    ],
    [
      'CANCELED_OUTSIDE',
      'a person or another program canceled the job',
      aView(live(), { seen: { sighting: exists('canceled', 'AB', 'ORT') } }),
    ],
    ['GONE', 'the job or task was deleted outside', aView(live(), { seen: { sighting: exists('gone') } })],
  ])('%s: %s', (code, message, view) => {
    const { change, why } = writeOf(view);
    expect(change).toMatchObject({ code, message });
    expect(change.outbox?.at(-1)?.detail).toMatchObject({ code, message });
    expect(why).toBe(`${code}: ${message}`);
  });

  it('keeps the words of AWS', () => {
    const said = { code: 'SomeException', message: 'not now' };
    expect(writeOf(aView(sent(), { seen: { reply: no(false) } })).change.errorInfo).toEqual(said);
    expect(writeOf(aView(aRollout({ notAfter: now - 1 }))).change).not.toHaveProperty('errorInfo');
  });
});

describe('the intent of a create', () => {
  it('counts the send before it is made and keeps what to return to', () => {
    const { change, seen } = writeOf(aView(claimed, { head: aHead(own) }));
    expect(change).toStrictEqual({
      state: 'CREATING',
      attempt: 1,
      restsWithoutNews: 0,
      unansweredCreates: { count: 1, firstSentAt: now, lastSentAt: now, beforeLast: { count: 0 } },
    });
    expect(seen).toEqual({ rivals: {}, wrote: true, intent: true });
  });

  it('keeps the time of the first send without an answer, and how often it rested', () => {
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
    });
  });

  it('forgets how often it waited for its turn', () => {
    expect(writeOf(aView(aRollout({ restsWithoutNews: 4 }), { head: aHead(own) })).change.restsWithoutNews).toBe(0);
  });

  it('is undone by a no, to the sends that were open before', () => {
    const beforeLast = { count: 1, firstSentAt: now - minutes(3), lastSentAt: now - minutes(2) };
    const row = sent({ unansweredCreates: { ...beforeLast, count: 2, lastSentAt: now, beforeLast }, restsWithoutNews: 1 });
    const { change, seen } = writeOf(aView(row, { seen: { reply: no(true) } }));
    expect(change).toStrictEqual({ unansweredCreates: beforeLast, restsWithoutNews: 2 });
    expect(seen).toMatchObject({ wrote: true, resting: true });
    expect(writeOf(aView(sent(), { seen: { reply: no(true) } })).change).toStrictEqual({
      unansweredCreates: { count: 0 },
      restsWithoutNews: 1,
    });
  });

  it('is one send less where nothing says what was before', () => {
    const row = sent({ unansweredCreates: { count: 2, firstSentAt: now - seconds(20), lastSentAt: now - seconds(20) } });
    expect(writeOf(aView(row, { seen: { reply: no(true) } })).change.unansweredCreates?.count).toBe(1);
    expect(writeOf(aView({ ...row, unansweredCreates: { count: 0 } }, { seen: { reply: no(true) } })).change.unansweredCreates?.count).toBe(
      0,
    );
  });

  it('is undone by a final no too, and an earlier send of unknown time may still land', () => {
    const row = sent({ unansweredCreates: { count: 2, firstSentAt: now - seconds(20), lastSentAt: now - seconds(20) } });
    expect(writeOf(aView(row, { seen: { reply: no(false) } })).change).not.toHaveProperty('code');
  });
});

describe('a rollout that becomes WITHDRAWING', () => {
  it('changes nothing else, unless it was uncertain', () => {
    const change = (row: Rollout) => writeOf(aView(row, { withdrawals: [aRecordedWithdrawal()] })).change;
    expect(change(sent())).toStrictEqual({ state: 'WITHDRAWING', restsWithoutNews: 0 });
    expect(change(mi({ state: 'FAILED', code: 'UNCERTAIN' }))).toStrictEqual({
      code: null,
      message: null,
      state: 'WITHDRAWING',
      restsWithoutNews: 0,
    });
  });
});

describe('a creation', () => {
  const seen = { reply: { kind: 'created', aws: { taskId: 't' } } } as const;

  it('keeps what AWS calls it, tells it, and starts afresh', () => {
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

  it('closes every send where a token says which one it was', () => {
    const step = writeOf(aView(mi({ aws: { jobId: 'j' } }), { seen }));
    expect(step.change).toEqual({
      state: 'CREATED',
      restsWithoutNews: 0,
      unansweredCreates: { count: 0 },
      aws: { taskId: 't', jobId: 'j' },
      outbox: [expect.objectContaining({ detail: expect.objectContaining({ adopted: false, aws: { taskId: 't', jobId: 'j' } }) })],
    });
  });

  it('was adopted where AWS had it already', () => {
    const view = aView(sent(), { seen: { reply: { kind: 'alreadyExists' }, sighting: exists('live') } });
    expect(writeOf(view).change.outbox?.[0]?.detail).toMatchObject({ adopted: true });
  });

  it('was adopted where managed integrations had to be searched for it', () => {
    const view = aView(mi(), { seen: { sighting: exists('live') } });
    expect(writeOf(view).change.outbox?.[0]?.detail).toMatchObject({ adopted: true });
  });

  it('is what only CREATED has just been', () => {
    expect(writeOf(aView(sent(), newerCounts)).seen).toEqual({ rivals: {}, wrote: true });
  });
});

describe('a write that waits', () => {
  it('counts a rest without news, and keeps what was seen', () => {
    const { change, seen } = writeOf(aView(sent({ restsWithoutNews: 2 }), { seen: { resting: true, stopSent: true } }));
    expect(change).toEqual({ restsWithoutNews: 3 });
    expect(seen).toEqual({ rivals: {}, resting: true, stopSent: true, wrote: true });
  });

  it('waits after a creation that failed, knowing its rivals', () => {
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

  it('empties the outbox once it was told', () => {
    const outbox = writeOf(aView(live(), { seen: { sighting: exists('gone') } })).change.outbox ?? [];
    const step = writeOf(aView(sent({ outbox }), { seen: { resting: true, published: true } }));
    expect(step.change).toEqual({ outbox: [] });
    expect(step.seen).toMatchObject({ published: true, wrote: true, resting: true });
  });

  it('drops the siblings that were claimed', () => {
    const carrier = aRollout({ siblings: [aRollout({ channel: 'stable' })] });
    const view = aView(carrier, { head: aHead(own), seen: { siblings: { conflicts: [] } } });
    expect(writeOf(view).change.siblings).toEqual([]);
  });
});

describe('what is told of a rollout that was stopped', () => {
  const counts = someCounts({ inProgress: 3 });

  it('has the last counts, where there were any', () => {
    const stopping = (changes: Partial<Rollout>) =>
      aView(live({ state: 'SUPERSEDING', supersededBy, ...changes }), { seen: { sighting: exists('gone') } });
    expect(writeOf(stopping({ counts })).change).toMatchObject({ counts, supersededBy });
    expect(writeOf(stopping({})).change).not.toHaveProperty('counts');
    const withdrawing = (changes: Partial<Rollout>) =>
      aView(live({ state: 'WITHDRAWING', ...changes }), { seen: { sighting: exists('gone') } });
    expect(writeOf(withdrawing({ counts })).change).toMatchObject({ counts });
    expect(writeOf(withdrawing({})).change).not.toHaveProperty('counts');
  });

  it('says by which release, or by a newer one', () => {
    const { supersededBy: _none, ...row } = live({ state: 'SUPERSEDING', supersededBy });
    expect(nextStep(aView(row, { seen: { sighting: exists('live') } }))).toMatchObject({
      order: { comment: 'superseded by a newer release', reasonCode: 'SUPERSEDED', force: false },
    });
  });

  it('says what became of it where nobody gave a reason', () => {
    const view = aView(live({ state: 'WITHDRAWING' }), { seen: { sighting: exists('live') } });
    expect(nextStep(view)).toMatchObject({
      do: 'cancelAtAws',
      order: { force: false, reasonCode: 'WITHDRAWN', comment: 'the release was withdrawn' },
    });
    const left: Sighting = { kind: 'createFailed', errorInfo: {}, job: 'live' };
    expect(nextStep(aView(sent(), { seen: { sighting: left } }))).toMatchObject({
      order: { comment: 'the OTA update failed to be created and left this job' },
    });
  });
});

describe('what a write of the head leaves', () => {
  const older = rivalOf('1.0.0', { sequence: 1, created: true });

  it('keeps the other entries when one leaves', () => {
    const step = nextStep(aView(aRollout({ state: 'WITHDRAWN' }), { head: aHead(own, older, newer) }));
    expect(step).toMatchObject({ head: { entries: { [older.rolloutId]: older.entry, [newer.rolloutId]: newer.entry } } });
  });

  it('knows whom to wake', () => {
    const step = nextStep(aView(live(), { head: aHead(own, older), seen: { justCreated: true } }));
    expect(step).toMatchObject({ seen: { justCreated: true, toWake: [older.rolloutId] } });
  });

  it('wakes nobody who left meanwhile', () => {
    const head = aHead(ownEntry(claimed, { sequence: 2, created: true }), older);
    expect(nextStep(aView(live(), { head, seen: { toWake: ['fw-left', older.rolloutId] } }))).toEqual({
      do: 'wake',
      rollouts: [{ rolloutId: older.rolloutId, product: 'thermostat', version: '1.0.0', revision: 1, channel: 'beta' }],
    });
  });
});
