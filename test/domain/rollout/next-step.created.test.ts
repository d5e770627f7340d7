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

describe('CREATED: outcomes that nobody takes', () => {
  const told = (succeeded: number) => progressedOutcome(live({ itemRevision: succeeded }), someCounts({ succeeded }), now);
  const waiting = (count: number) => [createdOutcome(row, false, now), ...Array.from({ length: count - 1 }, (_, index) => told(index))];
  const moved = (outbox: Rollout['outbox']) =>
    nextStep(aView(live({ outbox }), { seen: { unpublished: true, ...job('live', { counts: someCounts({ succeeded: 999 }) }) } }));
  const outboxOf = (step: ReturnType<typeof nextStep>) => (step.do === 'write' ? (step.change.outbox ?? []) : []);

  it('forty wait, each of them', () => {
    expect(outboxOf(moved(waiting(39)))).toMatchObject([...waiting(39), { detail: { counts: { succeeded: 999 } } }]);
  });

  it('then the oldest counts make room for newer ones, and nothing else does', () => {
    const [created, , ...newer] = waiting(40);
    expect(outboxOf(moved(waiting(40)))).toMatchObject([created, ...newer, { detail: { counts: { succeeded: 999 } } }]);
    expect(outboxOf(moved(Array.from({ length: 40 }, () => createdOutcome(row, false, now))))).toHaveLength(41);
  });
});

describe('CREATED: how far are the devices', () => {
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
    ['no news', aView(row, { seen: job('live') }), 'done'],
    ['no device moved', aView(counted, { seen: job('live', { counts }) }), 'done'],
    ['no device at all', aView(row, { seen: job('live', { counts: someCounts() }) }), 'done'],
    ['devices moved', aView(row, { seen: job('live', { counts }) }), 'write CREATED +Progressed → rest'],
    [
      'devices moved under a cancel from outside that has not happened yet',
      aView(row, { seen: job('ending', { counts }) }),
      'write CREATED +Progressed → rest',
    ],
    ['every device has ended', aView(row, { seen: job('completed', { counts }) }), 'write COMPLETED +Completed'],
    [
      'a continuous task has ended by its schedule: it stays until it is superseded or withdrawn',
      aView({ ...task, continuous: true }, { seen: job('completed', { counts }) }),
      'write CREATED +Progressed → rest',
    ],
    ['and nothing has moved since', aView({ ...task, continuous: true, counts }, { seen: job('completed', { counts }) }), 'done'],
    ['a task has ended', aView(task, { seen: job('completed', { counts }) }), 'write COMPLETED +Completed'],
    [
      'canceled by somebody',
      aView(row, { seen: job('canceled', { reasonCode: 'STOP', counts }) }),
      'write FAILED(CANCELED_OUTSIDE) +Failed',
    ],
    [
      'canceled by its abort criteria, as AWS says',
      aView(row, { seen: job('canceled', { reasonCode: 'JOB_ABORTED' }) }),
      'write FAILED(ABORTED) +Failed',
    ],
    [
      'canceled, and its abort criteria are met',
      aView(abortable, { seen: job('canceled', { counts: someCounts({ failed: 1, succeeded: 1 }) }) }),
      'write FAILED(ABORTED) +Failed',
    ],
    ['a canceled task: nobody but AWS can', aView(task, { seen: job('canceled') }), 'write FAILED(ABORTED) +Failed'],
    ['deleted outside', aView(row, { seen: job('gone') }), 'write FAILED(GONE) +Failed'],
    ['not found', aView(row, { seen: { sighting: { kind: 'notFound' } } }), 'write FAILED(GONE) +Failed'],
    ['not found while a create may be on its way', aView(recent, { seen: { sighting: { kind: 'notFound' } } }), 'done'],
    ['deleted outside while a create may be on its way', aView(recent, { seen: job('gone') }), 'done'],
    [
      'a task whose create was answered is not found',
      aView(closed, { seen: { sighting: { kind: 'notFound' } } }),
      'write FAILED(GONE) +Failed',
    ],
    ['being created after all', aView(row, { seen: { sighting: { kind: 'pending' } } }), 'done'],
    ["another's under our id", aView(row, { seen: { sighting: { kind: 'foreign' } } }), 'write FAILED(NOT_ADOPTABLE) +Failed'],
    [
      'CREATE_FAILED after all',
      aView(row, { seen: { sighting: { kind: 'createFailed', errorInfo: {}, job: 'none' } } }),
      'write FAILED(CREATE_FAILED) +Failed',
    ],
    ['could not look', aView(row, { seen: { resting: true } }), 'done'],
  ]);

  it('keeps the last counts with what became of it', () => {
    const step = nextStep(aView(row, { seen: job('canceled', { counts }) }));
    expect(step).toMatchObject({ do: 'write', change: { counts, outbox: [{ detail: { counts } }] } });
  });
});

describe('CREATED: the older ones of the channel give way', () => {
  const older = rivalOf('1.0.0', { sequence: 1, created: true });
  const done = rivalOf('0.9.0', { sequence: 0, done: true });
  const ownCreated = ownEntry(row, { sequence: 2, created: true });
  const just = { justCreated: true, wrote: true } as const;
  const waking = { ...just, toWake: [older.rolloutId] };
  const full = live({ outbox: [createdOutcome(row, false, now)] });
  specify([
    ['the head says that this one exists', aView(row, { head: aHead(own, older), seen: just }), 'head: created'],
    ['also long afterwards', aView(row, { head: aHead(own, older) }), 'head: created'],
    ['nobody older: nothing to say', aView(row, { head: aHead(own), seen: just }), 'done'],
    ['the older ones have ended: nothing to say', aView(row, { head: aHead(own, done), seen: just }), 'done'],
    ['said: each is woken', aView(row, { head: aHead(ownCreated, older), seen: waking }), 'wake 1.0.0'],
    ['woken', aView(row, { head: aHead(ownCreated, older), seen: { ...waking, toWake: [] } }), 'done'],
    ['said by an earlier loop', aView(row, { head: aHead(ownCreated, older) }), 'look at job'],
    ['the head before the outbox', aView(full, { head: aHead(own, older), seen: just }), 'head: created'],
    ['then the outbox', aView(full, { head: aHead(ownCreated, older), seen: { ...waking, toWake: [] } }), 'publish'],
    ['told', aView(full, { head: aHead(ownCreated, older), seen: { ...just, published: true } }), 'write CREATED -outbox → rest'],
    [
      'the bus did not take it: the sweep comes back',
      aView(full, { head: aHead(ownCreated, older), seen: { ...just, unpublished: true } }),
      'done',
    ],
    ['an outbox left by an earlier loop is told once nothing is new', aView(full, { seen: job('live') }), 'publish'],
    ['an outbox left by an earlier loop waits behind a completion', aView(full, { seen: job('completed') }), 'write COMPLETED +Completed'],
  ]);
});

describe('CREATED: a newer one is there', () => {
  const newer = rivalOf('3.0.0', { sequence: 3, created: true });
  const ended = rivalOf('3.0.0', { sequence: 3, done: true });
  const pending = rivalOf('3.0.0', { sequence: 3 });
  const counts = { rivals: { [newer.rolloutId]: true } };
  const full = live({ outbox: [createdOutcome(row, false, now)] });
  specify([
    ['its row not read', aView(row, { head: aHead(own, newer) }), 'read 3.0.0'],
    ['it exists and counts', aView(row, { head: aHead(own, newer), seen: counts }), 'write SUPERSEDING by 3.0.0'],
    ['it has ended and counts', aView(row, { head: aHead(own, ended), seen: counts }), 'write SUPERSEDING by 3.0.0'],
    ['it is dead', aView(row, { head: aHead(own, newer), seen: { rivals: { [newer.rolloutId]: false } } }), 'look at job'],
    ['it is pending', aView(row, { head: aHead(own, pending) }), 'look at job'],
    ['policy keep', aView(live({ whenSuperseded: 'keep' }), { head: aHead(own, newer), seen: counts }), 'look at job'],
    ['what was not told yet stays in the outbox', aView(full, { head: aHead(own, newer), seen: counts }), 'write SUPERSEDING by 3.0.0'],
    [
      'a dead later one does not hide a living one',
      aView(row, {
        head: aHead(own, newer, rivalOf('4.0.0', { sequence: 4, created: true })),
        seen: { rivals: { [rivalOf('4.0.0', { sequence: 4 }).rolloutId]: false } },
      }),
      'read 3.0.0',
    ],
  ]);
});
