import { describe, expect, it } from 'vitest';
import { nextStep } from '../../../domain/rollout/next-step.ts';
import type { JobState, Reply, Sighting } from '../../../domain/rollout/observation.ts';
import type { Rollout } from '../../../domain/rollout/rollout.ts';
import type { Seen } from '../../../domain/rollout/step.ts';
import {
  aHead,
  aRecordedWithdrawal,
  aRollout,
  aWaiting,
  minutes,
  now,
  onJobs,
  ownEntry,
  rivalOf,
  seconds,
  sentAgo,
  someCounts,
} from '../../../proof/support/a-rollout.ts';
import { aView } from '../../../proof/support/a-view.ts';
import { specify } from '../../support/specify.ts';

type Exists = Extract<Sighting, { kind: 'exists' }>;
const job = (state: JobState, more: Partial<Exists> = {}): { readonly sighting: Exists } => ({
  sighting: { kind: 'exists', job: state, aws: { jobId: 'j' }, ...more },
});
const creating = (changes: Partial<Rollout> = {}) => aRollout({ state: 'CREATING', ...onJobs(), ...sentAgo(seconds(20)), ...changes });
const settled = creating(sentAgo(minutes(21)));
const live = (changes: Partial<Rollout> = {}) =>
  aRollout({ state: 'CREATED', ...onJobs(), ...sentAgo(minutes(30)), aws: { jobId: 'j' }, ...changes });
const answered = (reply: Reply, more: Partial<Seen> = {}): { seen: Partial<Seen> } => ({ seen: { wrote: true, reply, ...more } });
const taken: Reply = { kind: 'alreadyExists' };
const refusal = (code: string, retryable: boolean): Reply => ({ kind: 'refused', retryable, code, message: '' });

describe('CREATING: the answers to CreateJob', () => {
  specify([
    [
      'the job exists: there is nothing between the create and the job',
      aView(creating(), answered({ kind: 'created', aws: { jobId: 'j' } })),
      'write CREATED +Created',
    ],
    ['the id is taken', aView(creating(), answered(taken)), 'look at creation'],
    ['no answer', aView(creating(), answered({ kind: 'unknown', message: '' })), 'rest'],
    [
      'refused for good, such as a wrong document',
      aView(creating(), answered(refusal('InvalidJobDocumentException', false))),
      'write FAILED(AWS_REFUSED) unanswered 0 +Failed',
    ],
    [
      'too many active jobs, which can pass',
      aView(creating(), answered(refusal('LimitExceededException', true))),
      'write CREATING unanswered 0 → rest',
    ],
  ]);
});

describe('CREATING: what a look finds under the id of the rollout', () => {
  specify([
    ['nothing', aView(creating(), { seen: { sighting: { kind: 'notFound' } } }), 'write CREATING unanswered 2 → send'],
    ['nothing, right after AWS said that the id is taken', aView(creating(), answered(taken, { sighting: { kind: 'notFound' } })), 'rest'],
    ['the same job', aView(creating(), { seen: job('live') }), 'write CREATED +Created'],
    ['the same job, after AWS said that the id is taken', aView(creating(), answered(taken, job('live'))), 'write CREATED +Created'],
    ['the same job, ended meanwhile', aView(creating(), answered(taken, job('completed'))), 'write CREATED +Created'],
    ['the same job, canceled meanwhile', aView(creating(), answered(taken, job('canceled'))), 'write CREATED +Created'],
    ['a different job', aView(creating(), { seen: { sighting: { kind: 'foreign' } } }), 'write FAILED(NOT_ADOPTABLE) +Failed'],
    ['the same job without tags, which may come', aView(creating(), { seen: job('live', { untagged: true }) }), 'write CREATING → rest'],
    [
      'the same job without tags after 20 minutes',
      aView(settled, { seen: job('live', { untagged: true }) }),
      'write FAILED(NOT_ADOPTABLE) +Failed',
    ],
    ['a job that somebody is deleting', aView(creating(), { seen: { sighting: { kind: 'pending' } } }), 'write CREATING → rest'],
  ]);

  it('adopts a job only if AWS said that its id is taken', () => {
    expect(nextStep(aView(creating(), answered(taken, job('live'))))).toMatchObject({
      change: { outbox: [{ detail: { adopted: true } }] },
    });
    expect(nextStep(aView(creating(), { seen: job('live') }))).toMatchObject({ change: { outbox: [{ detail: { adopted: false } }] } });
  });
});

describe('CREATED: a job and its devices', () => {
  const counts = someCounts({ inProgress: 1, succeeded: 4, failed: 2 });
  const before = live({ counts });
  const continuous = live({ continuous: true, endAt: now - minutes(1), ...onJobs({ targetSelection: 'CONTINUOUS' }) });
  specify([
    ['SCHEDULED, or between two windows, is live', aView(before, { seen: job('live', { counts }) }), 'write CREATED → rest'],
    [
      'a retry: fewer devices have failed than before',
      aView(before, { seen: job('live', { counts: someCounts({ queued: 2, inProgress: 1, succeeded: 4 }) }) }),
      'write CREATED +Progressed → rest',
    ],
    ['every device has ended', aView(before, { seen: job('completed', { counts }) }), 'write COMPLETED +Completed'],
    [
      'a continuous job has ended with its schedule',
      aView(continuous, { seen: job('completed', { counts }) }),
      'write COMPLETED +Completed',
    ],
    ['AWS deletes the job', aView(before, { seen: job('ending', { counts }) }), 'write CREATED → rest'],
    [
      'the job is deleted, or AWS has forgotten it after 730 days',
      aView(before, { seen: { sighting: { kind: 'notFound' } } }),
      'write FAILED(GONE) +Failed',
    ],
    [
      'somebody changed its rate',
      aView(before, { seen: job('live', { counts, drift: ['jobExecutionsRolloutConfig'] }) }),
      'write CREATED → rest',
    ],
  ]);

  const changes = (row: Rollout, more: Partial<Exists>) => {
    const step = nextStep(aView(row, { seen: job('live', { counts, ...more }) }));
    return step.do === 'write' ? step.change : undefined;
  };

  it('writes what somebody changed, once, and forgets it when it is as it was', () => {
    expect(changes(before, { drift: ['description'] })).toEqual({ drift: ['description'] });
    expect(changes({ ...before, drift: ['description'] }, { drift: ['description'] })).toEqual({ restsWithoutNews: 1 });
    expect(changes({ ...before, drift: ['description'] }, {})).toEqual({ drift: null });
  });

  it('keeps the delay of a rollout whose devices do not move while somebody changes it', () => {
    expect(changes({ ...before, restsWithoutNews: 3 }, { drift: ['description'] })).not.toHaveProperty('restsWithoutNews');
  });
});

describe('CREATED: a job that this service did not cancel', () => {
  const criteria = { abortConfig: { criteriaList: [{ failureType: 'FAILED', minNumberOfExecutedThings: 2, thresholdPercentage: 50 }] } };
  const endAt = now - minutes(10);
  const ending = (endBehavior: string, request = {}) =>
    live({ endAt, ...onJobs({ schedulingConfig: { endTime: '2026-11-23T11:50', endBehavior }, ...request }) });
  const atEnd = { canceledAt: endAt + seconds(1), forced: false };
  const some = someCounts({ succeeded: 3, canceled: 2 });
  const bad = someCounts({ succeeded: 1, failed: 3, canceled: 6 });
  specify([
    [
      'its abort criteria are met',
      aView(live(onJobs(criteria)), { seen: job('canceled', { counts: bad }) }),
      'write FAILED(ABORTED) +Failed',
    ],
    [
      'its reason names an abort',
      aView(live(), { seen: job('canceled', { counts: some, reasonCode: 'ABORT_CONFIG' }) }),
      'write FAILED(ABORTED) +Failed',
    ],
    ['nobody says why', aView(live(), { seen: job('canceled', { counts: some }) }), 'write FAILED(CANCELED_OUTSIDE) +Failed'],
    [
      'its schedule ended and canceled what was queued',
      aView(ending('CANCEL'), { seen: job('canceled', { counts: some, ...atEnd }) }),
      'write COMPLETED +Completed',
    ],
    [
      'its schedule ended and canceled all',
      aView(ending('FORCE_CANCEL'), { seen: job('canceled', { counts: some, ...atEnd, forced: true }) }),
      'write COMPLETED +Completed',
    ],
    [
      'its schedule ended and canceled all, also the devices that AWS still counts as in progress',
      aView(ending('FORCE_CANCEL'), { seen: job('canceled', { counts: someCounts({ inProgress: 1 }), ...atEnd, forced: true }) }),
      'write COMPLETED +Completed',
    ],
    [
      'its schedule ended, and devices are still in progress',
      aView(ending('CANCEL'), { seen: job('canceled', { counts: someCounts({ inProgress: 1 }), ...atEnd }) }),
      'write CREATED +Progressed → rest',
    ],
    [
      'its schedule ended, and AWS does not say when it was canceled',
      aView(ending('CANCEL'), { seen: job('canceled', { counts: some }) }),
      'write COMPLETED +Completed',
    ],
    [
      'its schedule ended with few devices, of which many failed',
      aView(ending('CANCEL', criteria), { seen: job('canceled', { counts: bad, ...atEnd }) }),
      'write COMPLETED +Completed',
    ],
    [
      'it was aborted before its schedule ended',
      aView(ending('CANCEL', criteria), { seen: job('canceled', { counts: bad, canceledAt: endAt - 1 }) }),
      'write FAILED(ABORTED) +Failed',
    ],
    [
      'somebody canceled it before its schedule ended',
      aView(ending('CANCEL'), { seen: job('canceled', { counts: some, canceledAt: endAt - 1 }) }),
      'write FAILED(CANCELED_OUTSIDE) +Failed',
    ],
    [
      'its schedule ended without a cancel, but it is canceled',
      aView(ending('STOP_ROLLOUT'), { seen: job('canceled', { counts: some, ...atEnd }) }),
      'write FAILED(CANCELED_OUTSIDE) +Failed',
    ],
  ]);

  it('says that AWS cancels a scheduled job at the limit of concurrent jobs, but not for a job without a schedule', () => {
    const messageOf = (schedulingConfig: object) => {
      const step = nextStep(aView(live(onJobs({ schedulingConfig })), { seen: job('canceled') }));
      return step.do === 'write' ? step.change.message : undefined;
    };
    expect(messageOf({ startTime: '2026-11-23T11:50' })).toMatch(/concurrent job/);
    expect(messageOf({ maintenanceWindows: [{ startTime: 'cron(0 2 * * ? *)', durationInMinutes: 60 }] })).toMatch(/concurrent job/);
    expect(messageOf({ endTime: '2026-11-24T11:50' })).not.toMatch(/concurrent job/);
    expect(messageOf({ maintenanceWindows: [] })).not.toMatch(/concurrent job/);
  });
});

describe('a job that must stop', () => {
  const supersededBy = { rolloutId: 'fw-newer', version: '3.0.0', revision: 1 };
  const superseding = (changes = {}) => live({ state: 'SUPERSEDING', supersededBy, ...changes });
  const withdrawing = live({ state: 'WITHDRAWING' });
  const withdrawals = [aRecordedWithdrawal()];
  const forced = [aRecordedWithdrawal({ force: true })];
  specify([
    [
      'a newer job exists: it is created before the older one is canceled',
      aView(live(), {
        head: aHead(ownEntry(live(), { sequence: 1, created: true }), rivalOf('3.0.0', { sequence: 2, created: true })),
        seen: { rivals: { [rivalOf('3.0.0', { sequence: 2 }).rolloutId]: true } },
      }),
      'write SUPERSEDING by 3.0.0',
    ],
    ['SCHEDULED or running', aView(superseding(), { seen: job('live') }), 'cancel at AWS (SUPERSEDED)'],
    [
      'without tags, but with the document of this rollout',
      aView(withdrawing, { withdrawals, seen: job('live', { untagged: true }) }),
      'cancel at AWS (WITHDRAWN)',
    ],
    ['the cancel is not done yet', aView(superseding(), { seen: job('ending') }), 'write SUPERSEDING → rest'],
    [
      'canceled, and devices in progress finish',
      aView(superseding(), { seen: job('canceled', { forced: false, counts: someCounts({ inProgress: 2 }) }) }),
      'write SUPERSEDED by 3.0.0 +Superseded',
    ],
    [
      'canceled without force, and the withdrawal has force',
      aView(withdrawing, { withdrawals: forced, seen: job('canceled', { forced: false, counts: someCounts({ inProgress: 2 }) }) }),
      'cancel at AWS (WITHDRAWN, force)',
    ],
    [
      'somebody else has canceled it already',
      aView(withdrawing, { withdrawals, seen: job('canceled', { reasonCode: 'X' }) }),
      'write WITHDRAWN +Withdrawn',
    ],
    ['deleted', aView(withdrawing, { withdrawals, seen: { sighting: { kind: 'notFound' } } }), 'write WITHDRAWN +Withdrawn'],
    [
      'not found, and a create may still take effect',
      aView(superseding(sentAgo(seconds(60))), { seen: { sighting: { kind: 'notFound' } } }),
      'write SUPERSEDING → rest',
    ],
  ]);
});

describe('the end of a schedule', () => {
  const ends = (minutesAhead: number) => ({ ...onJobs(), endAt: now + minutes(minutesAhead) });
  const head = (row: Rollout) => ({ head: aHead(ownEntry(row, { sequence: 1 })) });
  const refused = (minutesAhead: number) => aRollout({ state: 'CREATING', attempt: 1, ...ends(minutesAhead) });
  specify([
    [
      'thirty minutes before it, AWS still takes a job',
      aView(aRollout(ends(30)), head(aRollout())),
      'write CREATING attempt 1 unanswered 1 → send',
    ],
    ['later, nothing is sent', aView(aRollout(ends(29)), head(aRollout())), 'write FAILED(EXPIRED) +Failed'],
    ['later, nothing is sent again', aView(refused(29), head(refused(29))), 'write FAILED(EXPIRED) +Failed'],
    [
      'a create that may still take effect is looked for',
      aView(creating(ends(29)), { seen: { sighting: { kind: 'notFound' } } }),
      'write CREATING → rest',
    ],
    [
      'a rollout waits for its gate until then',
      aView(aWaiting({ approval: { required: 1, skip: [] } }, ends(30))),
      'write WAITING for APPROVAL +Waiting → rest',
    ],
    ['and no longer', aView(aWaiting({ approval: { required: 1, skip: [] } }, ends(29))), 'write FAILED(EXPIRED) +Failed'],
  ]);

  it('says how near it was', () => {
    expect(nextStep(aView(aRollout(ends(29))))).toMatchObject({
      change: { message: 'endAt was less than 30 minutes away before the first create' },
    });
  });
});

describe('a job event', () => {
  const afterJobEvent = true;
  const later = { dueAt: now + minutes(50), restsWithoutNews: 4 };
  const counts = someCounts({ succeeded: 1 });
  const completed = job('completed', { counts });
  specify([
    ['nothing is believed: the job is looked at', aView(live(later), { afterJobEvent }), 'look at job'],
    ['the job has completed', aView(live(later), { afterJobEvent, seen: completed }), 'write COMPLETED +Completed'],
    ['no news', aView(live(later), { afterJobEvent, seen: job('live') }), 'write CREATED → rest'],
    ['no news, and the sweep looks soon anyway', aView(live({ dueAt: now + minutes(5) }), { afterJobEvent, seen: job('live') }), 'done'],
    ['no turn for a look', aView(live(later), { afterJobEvent, seen: { resting: true } }), 'write CREATED → rest'],
    [
      'no turn for a look, and the sweep looks next time anyway',
      aView(live({ dueAt: live().claimedAt }), { afterJobEvent, seen: { resting: true } }),
      'done',
    ],
    ['the create is not answered yet', aView(creating(), { afterJobEvent }), 'look at creation'],
    ['the create is not answered yet, and no turn', aView(creating(), { afterJobEvent, seen: { resting: true } }), 'done'],
    ['it is being stopped', aView(live({ state: 'WITHDRAWING' }), { afterJobEvent, withdrawals: [aRecordedWithdrawal()] }), 'look at both'],
    [
      'it is being stopped, without news',
      aView(live({ state: 'WITHDRAWING' }), { afterJobEvent, withdrawals: [aRecordedWithdrawal()], seen: job('ending') }),
      'done',
    ],
    ['it has ended', aView(live({ state: 'COMPLETED' }), { afterJobEvent }), 'write COMPLETED -due'],
  ]);

  it('without news, moves the next look to five minutes from now, and does not make looks rarer', () => {
    expect(nextStep(aView(live(later), { afterJobEvent, seen: job('live') }))).toMatchObject({ change: { dueAt: now + minutes(5) } });
    expect(nextStep(aView(live(later), { afterJobEvent, seen: job('live') }))).not.toHaveProperty('change.restsWithoutNews');
  });

  it('without a turn, leaves the look to the next sweep, before all rollouts that are due', () => {
    const row = live(later);
    expect(nextStep(aView(row, { afterJobEvent, seen: { resting: true } }))).toMatchObject({ change: { dueAt: row.claimedAt } });
  });
});

describe('a rollout that stays due because it waits for people', () => {
  const gate = { approval: { required: 1, skip: [] } };
  const waits = { since: { APPROVAL: now }, told: ['APPROVAL'] as const, upstreams: {} };
  const due = (ago: number) => aView(aWaiting(gate, { waits, dueAt: now - ago }));
  specify([
    ['for up to an hour it writes nothing', due(minutes(60)), 'done'],
    ['after an hour it goes behind the others', due(minutes(60) + 1), 'write WAITING → rest'],
  ]);

  it('is due at once, so that the next sweep wakes it, too', () => {
    expect(nextStep(due(minutes(61)))).toMatchObject({ change: { dueAt: now }, seen: { wrote: true } });
  });
});
