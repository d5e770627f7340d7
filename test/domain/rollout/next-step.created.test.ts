import { describe, expect, it } from 'vitest';
import { nextStep } from '../../../domain/rollout/next-step.ts';
import type { JobState, Sighting } from '../../../domain/rollout/observation.ts';
import { createdOutcome, progressedOutcome } from '../../../domain/rollout/outcome.ts';
import type { Rollout } from '../../../domain/rollout/rollout.ts';
import { aHead, aRollout, minutes, now, onMi, ownEntry, rivalOf, seconds, sentAgo, someCounts } from '../../../proof/support/a-rollout.ts';
import { aView } from '../../../proof/support/a-view.ts';
import { specify } from '../../support/specify.ts';

const live = (changes: Partial<Rollout> = {}) =>
  aRollout({ state: 'CREATED', ...sentAgo(minutes(30)), aws: { otaUpdateId: 'u' }, ...changes });
const row = live();
const task = live({ ...onMi, aws: { taskId: 't1' }, unansweredCreates: { count: 0 } });
const recent = live(sentAgo(seconds(30)));
const job = (state: JobState, more: Partial<Extract<Sighting, { kind: 'exists' }>> = {}): { sighting: Sighting } => ({
  sighting: { kind: 'exists', job: state, aws: {}, ...more },
});
const own = ownEntry(row, { sequence: 2 });

describe('CREATED: outcomes that the bus refuses', () => {
  const progressed = (succeeded: number) => progressedOutcome(live({ itemRevision: succeeded }), someCounts({ succeeded }), now);
  const waiting = (count: number) => [
    createdOutcome(row, false, now),
    ...Array.from({ length: count - 1 }, (_, index) => progressed(index)),
  ];
  const moved = (outbox: Rollout['outbox']) =>
    nextStep(aView(live({ outbox }), { seen: { unpublished: true, ...job('live', { counts: someCounts({ succeeded: 999 }) }) } }));
  const outboxOf = (step: ReturnType<typeof nextStep>) => (step.do === 'write' ? (step.change.outbox ?? []) : []);

  it('wait in the outbox, up to forty', () => {
    expect(outboxOf(moved(waiting(39)))).toMatchObject([...waiting(39), { detail: { counts: { succeeded: 999 } } }]);
  });

  it('lose only the oldest counts to newer ones if there are more than forty', () => {
    const [created, , ...newer] = waiting(40);
    expect(outboxOf(moved(waiting(40)))).toMatchObject([created, ...newer, { detail: { counts: { succeeded: 999 } } }]);
    expect(outboxOf(moved(Array.from({ length: 40 }, () => createdOutcome(row, false, now))))).toHaveLength(41);
  });
});

describe('CREATED: a look at the devices', () => {
  const counts = someCounts({ inProgress: 2, succeeded: 1 });
  const counted = live({ counts });
  const abortable = live({
    request: {
      awsJobAbortConfig: { abortCriteriaList: [{ failureType: 'FAILED', minNumberOfExecutedThings: 2, thresholdPercentage: 50 }] },
    },
  });
  const closed = { ...task, unansweredCreates: { count: 0 } };
  specify([
    ['nothing seen yet', aView(row), 'look at job'],
    ['no news', aView(row, { seen: job('live') }), 'write CREATED → rest'],
    ['no device moved', aView(counted, { seen: job('live', { counts }) }), 'write CREATED → rest'],
    ['no device at all', aView(row, { seen: job('live', { counts: someCounts() }) }), 'write CREATED → rest'],
    ['devices moved', aView(row, { seen: job('live', { counts }) }), 'write CREATED +Progressed → rest'],
    [
      'devices moved while a cancel from outside is in progress',
      aView(row, { seen: job('ending', { counts }) }),
      'write CREATED +Progressed → rest',
    ],
    ['every device has ended', aView(row, { seen: job('completed', { counts }) }), 'write COMPLETED +Completed'],
    [
      'a continuous task was ended by its schedule, and stays CREATED',
      aView({ ...task, continuous: true }, { seen: job('completed', { counts }) }),
      'write CREATED +Progressed → rest',
    ],
    [
      'a continuous task was ended by its schedule, and no device moved since',
      aView({ ...task, continuous: true, counts }, { seen: job('completed', { counts }) }),
      'write CREATED → rest',
    ],
    ['a task has ended', aView(task, { seen: job('completed', { counts }) }), 'write COMPLETED +Completed'],
    [
      'somebody canceled the job',
      aView(row, { seen: job('canceled', { reasonCode: 'STOP', counts }) }),
      'write FAILED(CANCELED_OUTSIDE) +Failed',
    ],
    [
      'AWS reports that the abort criteria canceled the job',
      aView(row, { seen: job('canceled', { reasonCode: 'JOB_ABORTED' }) }),
      'write FAILED(ABORTED) +Failed',
    ],
    [
      'the job is canceled, and its abort criteria are met',
      aView(abortable, { seen: job('canceled', { counts: someCounts({ failed: 1, succeeded: 1 }) }) }),
      'write FAILED(ABORTED) +Failed',
    ],
    ['a task is canceled, which only AWS can do', aView(task, { seen: job('canceled') }), 'write FAILED(ABORTED) +Failed'],
    ['the job was deleted outside', aView(row, { seen: job('gone') }), 'write FAILED(GONE) +Failed'],
    ['not found', aView(row, { seen: { sighting: { kind: 'notFound' } } }), 'write FAILED(GONE) +Failed'],
    ['not found while a create may still take effect', aView(recent, { seen: { sighting: { kind: 'notFound' } } }), 'write CREATED → rest'],
    ['the job was deleted outside while a create may still take effect', aView(recent, { seen: job('gone') }), 'write CREATED → rest'],
    [
      'a task whose create was answered is not found',
      aView(closed, { seen: { sighting: { kind: 'notFound' } } }),
      'write FAILED(GONE) +Failed',
    ],
    ['AWS is creating it again', aView(row, { seen: { sighting: { kind: 'pending' } } }), 'write CREATED → rest'],
    [
      'the id belongs to an update of somebody else',
      aView(row, { seen: { sighting: { kind: 'foreign' } } }),
      'write FAILED(NOT_ADOPTABLE) +Failed',
    ],
    [
      'AWS reports CREATE_FAILED later',
      aView(row, { seen: { sighting: { kind: 'createFailed', errorInfo: {}, job: 'none' } } }),
      'write FAILED(CREATE_FAILED) +Failed',
    ],
    ['no news is written', aView(row, { seen: { ...job('live'), wrote: true, resting: true } }), 'done'],
    ['could not look, so it stays due', aView(row, { seen: { resting: true } }), 'done'],
    [
      'no news, and the bus does not take an older outcome, so it stays due',
      aView(live({ outbox: [createdOutcome(row, false, now)] }), { seen: { ...job('live'), unpublished: true } }),
      'done',
    ],
  ]);

  it('keeps the last counts in the row and in the outcome', () => {
    const step = nextStep(aView(row, { seen: job('canceled', { counts }) }));
    expect(step).toMatchObject({ do: 'write', change: { counts, outbox: [{ detail: { counts } }] } });
  });
});

describe('CREATED beside older releases', () => {
  const older = rivalOf('1.0.0', { sequence: 1, created: true });
  const done = rivalOf('0.9.0', { sequence: 0, done: true });
  const ownCreated = ownEntry(row, { sequence: 2, created: true });
  const just = { justCreated: true, wrote: true } as const;
  const waking = { ...just, toWake: [older.rolloutId] };
  const full = live({ outbox: [createdOutcome(row, false, now)] });
  specify([
    ['the rollout was just created', aView(row, { head: aHead(own, older), seen: just }), 'head: created'],
    ['the rollout was created long ago', aView(row, { head: aHead(own, older) }), 'head: created'],
    ['there are no older rollouts', aView(row, { head: aHead(own), seen: just }), 'done'],
    ['the older rollouts have ended', aView(row, { head: aHead(own, done), seen: just }), 'done'],
    ['the head is written', aView(row, { head: aHead(ownCreated, older), seen: waking }), 'wake 1.0.0'],
    ['the older rollouts are woken', aView(row, { head: aHead(ownCreated, older), seen: { ...waking, toWake: [] } }), 'done'],
    ['an earlier loop has written the head', aView(row, { head: aHead(ownCreated, older) }), 'look at job'],
    ['the outbox has an outcome, and the head is not written', aView(full, { head: aHead(own, older), seen: just }), 'head: created'],
    [
      'the outbox has an outcome, and the older rollouts are woken',
      aView(full, { head: aHead(ownCreated, older), seen: { ...waking, toWake: [] } }),
      'publish',
    ],
    [
      'the outbox is published',
      aView(full, { head: aHead(ownCreated, older), seen: { ...just, published: true } }),
      'write CREATED -outbox → rest',
    ],
    [
      'the bus refused the outcome, so the sweep publishes it',
      aView(full, { head: aHead(ownCreated, older), seen: { ...just, unpublished: true } }),
      'done',
    ],
    ['an earlier loop has left an outcome, and there is no news', aView(full, { seen: job('live') }), 'publish'],
    [
      'an earlier loop has left an outcome, and every device has ended',
      aView(full, { seen: job('completed') }),
      'write COMPLETED +Completed',
    ],
  ]);
});

describe('CREATED beside a newer release', () => {
  const newer = rivalOf('3.0.0', { sequence: 3, created: true });
  const ended = rivalOf('3.0.0', { sequence: 3, done: true });
  const pending = rivalOf('3.0.0', { sequence: 3 });
  const counts = { rivals: { [newer.rolloutId]: true } };
  const full = live({ outbox: [createdOutcome(row, false, now)] });
  specify([
    ['that exists, its row not read', aView(row, { head: aHead(own, newer) }), 'read 3.0.0'],
    ['that exists and holds the channel', aView(row, { head: aHead(own, newer), seen: counts }), 'write SUPERSEDING by 3.0.0'],
    ['that has ended and holds the channel', aView(row, { head: aHead(own, ended), seen: counts }), 'write SUPERSEDING by 3.0.0'],
    ['that is dead', aView(row, { head: aHead(own, newer), seen: { rivals: { [newer.rolloutId]: false } } }), 'look at job'],
    ['that is pending', aView(row, { head: aHead(own, pending) }), 'look at job'],
    [
      'that exists, whenSuperseded is keep',
      aView(live({ whenSuperseded: 'keep' }), { head: aHead(own, newer), seen: counts }),
      'look at job',
    ],
    ['that exists, with an outcome in the outbox', aView(full, { head: aHead(own, newer), seen: counts }), 'write SUPERSEDING by 3.0.0'],
    [
      'that exists behind a dead one',
      aView(row, {
        head: aHead(own, newer, rivalOf('4.0.0', { sequence: 4, created: true })),
        seen: { rivals: { [rivalOf('4.0.0', { sequence: 4 }).rolloutId]: false } },
      }),
      'read 3.0.0',
    ],
  ]);
});
