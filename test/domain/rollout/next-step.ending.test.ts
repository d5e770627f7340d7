import { describe, expect, it } from 'vitest';
import { nextStep } from '../../../domain/rollout/next-step.ts';
import type { JobState, Sighting } from '../../../domain/rollout/observation.ts';
import { createdOutcome } from '../../../domain/rollout/outcome.ts';
import type { RecordedWithdrawal, Rollout, State } from '../../../domain/rollout/rollout.ts';
import type { Seen } from '../../../domain/rollout/step.ts';
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
import { specify } from '../../support/specify.ts';

const supersededBy = { rolloutId: 'fw-newer', version: '3.0.0', revision: 1 };
const base = aRollout();
const own = ownEntry(base, { sequence: 1 });

describe('a withdrawal, by state', () => {
  const at = (state: State, more: Partial<Rollout> = {}) => aView(aRollout({ state, ...more }), { withdrawals: [aRecordedWithdrawal()] });
  specify([
    ['CLAIMED', at('CLAIMED'), 'write WITHDRAWN +Withdrawn'],
    ['CREATING', at('CREATING', sentAgo(1)), 'write WITHDRAWING'],
    ['CREATED', at('CREATED'), 'write WITHDRAWING'],
    ['SUPERSEDING', at('SUPERSEDING', { supersededBy }), 'write WITHDRAWING'],
    ['WITHDRAWING', at('WITHDRAWING'), 'look at both'],
    ['COMPLETED', at('COMPLETED'), 'write WITHDRAWN +Withdrawn'],
    ['SUPERSEDED', at('SUPERSEDED', { supersededBy }), 'write WITHDRAWN +Withdrawn'],
    ['WITHDRAWN', at('WITHDRAWN'), 'write WITHDRAWN -due'],
    ['FAILED(UNCERTAIN)', at('FAILED', { code: 'UNCERTAIN', ...onMi }), 'write WITHDRAWING'],
    ['FAILED(GONE)', at('FAILED', { code: 'GONE' }), 'write FAILED -due'],
    ['FAILED(CREATE_FAILED)', at('FAILED', { code: 'CREATE_FAILED' }), 'write FAILED -due'],
  ]);

  it('removes the code UNCERTAIN from a rollout that is being stopped', () => {
    expect(nextStep(at('FAILED', { code: 'UNCERTAIN', message: 'look' }))).toMatchObject({ change: { code: null, message: null } });
  });
});

describe('a withdrawal, by its scope', () => {
  const on = (changes: Partial<RecordedWithdrawal>) =>
    aView(aRollout({ state: 'CREATED', revision: 2 }), { withdrawals: [aRecordedWithdrawal(changes)] });
  specify([
    ['every revision and channel', on({}), 'write WITHDRAWING'],
    ['the revision of the rollout', on({ revision: 2 }), 'write WITHDRAWING'],
    ['another revision', on({ revision: 1 }), 'look at job'],
    ['the channel of the rollout', on({ channels: ['stable', 'beta'] }), 'write WITHDRAWING'],
    ['other channels', on({ channels: ['stable'] }), 'look at job'],
  ]);
});

for (const [state, final] of [
  ['SUPERSEDING', 'SUPERSEDED by 3.0.0 +Superseded'],
  ['WITHDRAWING', 'WITHDRAWN +Withdrawn'],
] as const) {
  describe(`${state}: a rollout has ended only if AWS shows it`, () => {
    const going = (changes: Partial<Rollout> = {}) => aRollout({ state, supersededBy, ...sentAgo(minutes(21)), ...changes });
    const stop = state === 'SUPERSEDING' ? 'cancel at AWS (SUPERSEDED)' : 'cancel at AWS (WITHDRAWN)';
    const see = (sighting: Sighting, changes: Partial<Rollout> = {}, more = {}) => aView(going(changes), { seen: { sighting, ...more } });
    const job = (job: JobState): Sighting => ({ kind: 'exists', job, aws: {} });
    const failed = (job: 'none' | JobState): Sighting => ({ kind: 'createFailed', errorInfo: {}, job });
    const rest = `write ${state} → rest`;
    const outbox = [createdOutcome(base, false, now)];
    specify([
      ['nothing seen yet', aView(going()), 'look at both'],
      ['the state was just written', aView(going(), { seen: { wrote: true } }), 'look at both'],
      ['not found, and no create can still take effect', see({ kind: 'notFound' }), `write ${final}`],
      ['not found, and every create was refused', see({ kind: 'notFound' }, { unansweredCreates: { count: 0 } }), `write ${final}`],
      ['not found, the last create exactly 20 minutes ago', see({ kind: 'notFound' }, sentAgo(minutes(20))), rest],
      ['not found, and a create may still take effect', see({ kind: 'notFound' }, sentAgo(seconds(60))), rest],
      [
        'not found at managed integrations, and a create may still take effect',
        see({ kind: 'notFound' }, { ...onMi, ...sentAgo(seconds(60)) }),
        rest,
      ],
      ['AWS is creating it, and its job does not exist yet', see({ kind: 'pending' }), rest],
      ['its job is live', see(job('live')), stop],
      ['its job was sent a cancel, and is still live', see(job('live'), {}, { stopSent: true }), rest],
      ['its job is ending', see(job('ending')), rest],
      ['its job has completed', see(job('completed')), `write ${final}`],
      ['its job is canceled', see(job('canceled')), `write ${final}`],
      ['its job is deleted', see(job('gone')), `write ${final}`],
      ['creation failed', see(failed('none')), `write ${final}`],
      ['creation failed and left a live job', see(failed('live')), stop],
      ['creation failed, its job was sent a cancel', see(failed('live'), {}, { stopSent: true }), rest],
      ['creation failed, its job ending', see(failed('ending')), rest],
      ['creation failed, its job canceled', see(failed('canceled')), `write ${final}`],
      ['the id belongs to an update of somebody else', see({ kind: 'foreign' }), `write ${final}`],
      ['the look failed', aView(going(), { seen: { resting: true, wrote: true } }), 'rest'],
      ['the outbox has an outcome, and the job was sent a cancel', see(job('live'), { outbox }, { stopSent: true }), 'publish'],
      ['the outbox is published', see(job('live'), { outbox }, { stopSent: true, published: true }), `write ${state} -outbox → rest`],
      ['the outbox has an outcome, and the job is deleted', see(job('gone'), { outbox }), `write ${final}`],
    ]);
  });
}

describe('the cancel of a rollout', () => {
  const job: Sighting = { kind: 'exists', job: 'live', aws: {} };
  const stop = (state: State, ...withdrawals: readonly RecordedWithdrawal[]) =>
    aView(aRollout({ state, supersededBy }), { withdrawals, seen: { sighting: job } });
  specify([
    ['superseded', stop('SUPERSEDING'), 'cancel at AWS (SUPERSEDED)'],
    ['withdrawn', stop('WITHDRAWING', aRecordedWithdrawal()), 'cancel at AWS (WITHDRAWN)'],
    ['withdrawn with a reason', stop('WITHDRAWING', aRecordedWithdrawal({ reasonCode: 'BRICKS' })), 'cancel at AWS (BRICKS)'],
    ['withdrawn by force', stop('WITHDRAWING', aRecordedWithdrawal({ force: true })), 'cancel at AWS (WITHDRAWN, force)'],
    [
      'withdrawn twice, once by force',
      stop('WITHDRAWING', aRecordedWithdrawal({ reasonCode: 'A' }), aRecordedWithdrawal({ force: true, reasonCode: 'B' })),
      'cancel at AWS (B, force)',
    ],
  ]);

  describe('with force, after a cancel without force left devices in progress', () => {
    const seen = (inProgress: number, more: Partial<Seen> = {}, job: JobState = 'canceled', forced = false) => ({
      seen: { sighting: { kind: 'exists', job, aws: {}, counts: someCounts({ inProgress }), forced }, ...more } satisfies Partial<Seen>,
    });
    const canceled: Sighting = { kind: 'exists', job: 'canceled', aws: {}, counts: someCounts({ inProgress: 3 }) };
    const row = aRollout({ state: 'WITHDRAWING' });
    const forced = { withdrawals: [aRecordedWithdrawal({ force: true })] };
    specify([
      ['devices are in progress', aView(row, { ...forced, ...seen(3) }), 'cancel at AWS (WITHDRAWN, force)'],
      ['no device is in progress', aView(row, { ...forced, ...seen(0) }), 'write WITHDRAWN +Withdrawn'],
      [
        'devices are in progress, and queued ones are still being canceled',
        aView(row, { ...forced, ...seen(3, {}, 'ending') }),
        'cancel at AWS (WITHDRAWN, force)',
      ],
      ['the cancel with force is in progress', aView(row, { ...forced, ...seen(3, {}, 'ending', true) }), 'write WITHDRAWING → rest'],
      [
        'the cancel with force was sent and is not done yet',
        aView(row, { ...forced, ...seen(3, { stopSent: true }, 'ending') }),
        'write WITHDRAWING → rest',
      ],
      ['the withdrawal has no force', aView(row, { withdrawals: [aRecordedWithdrawal()], ...seen(3) }), 'write WITHDRAWN +Withdrawn'],
      [
        'AWS does not say how the devices are',
        aView(row, { ...forced, seen: { sighting: { kind: 'exists', job: 'canceled', aws: {}, forced: false } } }),
        'write WITHDRAWN +Withdrawn',
      ],
      [
        'managed integrations has no force',
        aView({ ...row, ...onMi }, { ...forced, seen: { sighting: canceled } }),
        'write WITHDRAWN +Withdrawn',
      ],
      [
        'superseded, not withdrawn',
        aView(aRollout({ state: 'SUPERSEDING', supersededBy }), seen(3)),
        'write SUPERSEDED by 3.0.0 +Superseded',
      ],
      ['the cancel with force was sent', aView(row, { ...forced, seen: { stopSent: true } }), 'look at both'],
      [
        'the cancel with force was sent, and AWS refused it',
        aView(row, { ...forced, ...seen(3, { stopSent: true }) }),
        'write WITHDRAWN +Withdrawn',
      ],
    ]);

    it('drops the old sighting, and keeps what else was seen', () => {
      const rivals = { rivals: { 'fw-newer': true } };
      expect(nextStep(aView(row, { ...forced, ...seen(3, rivals) }))).toMatchObject({ seen: { ...rivals, stopSent: true } });
      expect(nextStep(aView(row, { ...forced, ...seen(3) }))).not.toHaveProperty('seen.sighting');
    });
  });

  it('names the newer release, or has the comment of the withdrawal', () => {
    expect(nextStep(stop('SUPERSEDING'))).toMatchObject({ order: { comment: expect.stringMatching(/3\.0\.0.*1/) } });
    expect(nextStep(stop('WITHDRAWING', aRecordedWithdrawal({ comment: 'bricks hubs' })))).toMatchObject({
      order: { comment: 'bricks hubs' },
    });
  });

  it('is followed by an outcome with the last counts and the number of devices that continue', () => {
    const counts = someCounts({ inProgress: 3, succeeded: 4 });
    const view = aView(aRollout({ state: 'WITHDRAWING' }), { seen: { sighting: { kind: 'exists', job: 'canceled', aws: {}, counts } } });
    expect(nextStep(view)).toMatchObject({ change: { counts, outbox: [{ detail: { stillInProgress: 3, counts } }] } });
  });
});

describe('a final state: the head is written, then the outcomes are published, then nothing is due', () => {
  const outbox = [createdOutcome(base, false, now)];
  const final = (state: State, more: Partial<Rollout> = {}) =>
    aRollout({ state, supersededBy, ...(state === 'FAILED' && { code: 'GONE' as const }), ...more });
  const none = { dueAt: undefined } as unknown as Partial<Rollout>;
  specify([
    ['WITHDRAWN, in the head', aView(final('WITHDRAWN', { outbox }), { head: aHead(own) }), 'head: leave'],
    ['FAILED, in the head', aView(final('FAILED', { outbox }), { head: aHead(own) }), 'head: leave'],
    ['COMPLETED, in the head', aView(final('COMPLETED', { outbox }), { head: aHead(own) }), 'head: done'],
    ['SUPERSEDED, in the head', aView(final('SUPERSEDED', { outbox }), { head: aHead(own) }), 'head: done'],
    ['COMPLETED, marked', aView(final('COMPLETED', { outbox }), { head: aHead(ownEntry(base, { sequence: 1, done: true })) }), 'publish'],
    [
      'SUPERSEDED at its entry, never in the head',
      aView(final('SUPERSEDED', { outbox }), { head: aHead(rivalOf('3.0.0', { sequence: 1 })) }),
      'publish',
    ],
    ['FAILED, not in the head', aView(final('FAILED', { outbox })), 'publish'],
    ['the outbox is published', aView(final('COMPLETED', { outbox }), { seen: { published: true } }), 'write COMPLETED -outbox -due'],
    ['the outbox is empty, still due', aView(final('COMPLETED')), 'write COMPLETED -due'],
    ['nothing left', aView(final('COMPLETED', none)), 'done'],
    [
      'the look failed, but no look is needed',
      aView(final('COMPLETED', { outbox }), { head: aHead(own), seen: { resting: true } }),
      'head: done',
    ],
    [
      'the bus refused outcomes, but the outbox is empty',
      aView(final('COMPLETED'), { seen: { unpublished: true } }),
      'write COMPLETED -due',
    ],
    ['the bus refused the outcome', aView(final('COMPLETED', { outbox }), { seen: { unpublished: true } }), 'write COMPLETED → rest'],
    [
      'the bus refused the outcome, and a write has set the follow-up already',
      aView(final('COMPLETED', { outbox }), { seen: { unpublished: true, wrote: true } }),
      'rest',
    ],
    [
      'the bus refused the outcome, and the rollout rests',
      aView(final('COMPLETED', { outbox }), { seen: { unpublished: true, wrote: true, resting: true } }),
      'rest',
    ],
  ]);
});
