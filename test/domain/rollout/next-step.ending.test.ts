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

  it('forgets the code of an uncertain rollout that is being stopped', () => {
    expect(nextStep(at('FAILED', { code: 'UNCERTAIN', message: 'look' }))).toMatchObject({ change: { code: null, message: null } });
  });
});

describe('which rollouts a withdrawal covers', () => {
  const on = (changes: Partial<RecordedWithdrawal>) =>
    aView(aRollout({ state: 'CREATED', revision: 2 }), { withdrawals: [aRecordedWithdrawal(changes)] });
  specify([
    ['every revision and channel', on({}), 'write WITHDRAWING'],
    ['its revision', on({ revision: 2 }), 'write WITHDRAWING'],
    ['another revision', on({ revision: 1 }), 'look at job'],
    ['its channel', on({ channels: ['stable', 'beta'] }), 'write WITHDRAWING'],
    ['other channels', on({ channels: ['stable'] }), 'look at job'],
  ]);
});

for (const [state, final] of [
  ['SUPERSEDING', 'SUPERSEDED by 3.0.0 +Superseded'],
  ['WITHDRAWING', 'WITHDRAWN +Withdrawn'],
] as const) {
  describe(`${state}: only what was seen to have ended has ended`, () => {
    const going = (changes: Partial<Rollout> = {}) => aRollout({ state, supersededBy, ...sentAgo(minutes(21)), ...changes });
    const stop = state === 'SUPERSEDING' ? 'cancel at AWS (SUPERSEDED)' : 'cancel at AWS (WITHDRAWN)';
    const see = (sighting: Sighting, changes: Partial<Rollout> = {}, more = {}) => aView(going(changes), { seen: { sighting, ...more } });
    const job = (job: JobState): Sighting => ({ kind: 'exists', job, aws: {} });
    const failed = (job: 'none' | JobState): Sighting => ({ kind: 'createFailed', errorInfo: {}, job });
    const rest = `write ${state} → rest`;
    const outbox = [createdOutcome(base, false, now)];
    specify([
      ['nothing seen yet', aView(going()), 'look at both'],
      ['just became so', aView(going(), { seen: { wrote: true } }), 'look at both'],
      ['not found, nothing can be on its way', see({ kind: 'notFound' }), `write ${final}`],
      ['not found, every send answered no', see({ kind: 'notFound' }, { unansweredCreates: { count: 0 } }), `write ${final}`],
      ['not found, the last create exactly 20 minutes ago', see({ kind: 'notFound' }, sentAgo(minutes(20))), rest],
      ['not found, a create may be on its way', see({ kind: 'notFound' }, sentAgo(seconds(60))), rest],
      [
        'not found at managed integrations, a create may be on its way',
        see({ kind: 'notFound' }, { ...onMi, ...sentAgo(seconds(60)) }),
        rest,
      ],
      ['being created: its job does not exist yet', see({ kind: 'pending' }), rest],
      ['its job lives', see(job('live')), stop],
      ['asked to stop: not believed before it is seen', see(job('live'), {}, { stopSent: true }), rest],
      ['its job is ending', see(job('ending')), rest],
      ['its job has completed', see(job('completed')), `write ${final}`],
      ['its job is canceled', see(job('canceled')), `write ${final}`],
      ['its job is deleted', see(job('gone')), `write ${final}`],
      ['creation failed', see(failed('none')), `write ${final}`],
      ['creation failed and left a living job', see(failed('live')), stop],
      ['creation failed, its job asked to stop', see(failed('live'), {}, { stopSent: true }), rest],
      ['creation failed, its job ending', see(failed('ending')), rest],
      ['creation failed, its job canceled', see(failed('canceled')), `write ${final}`],
      ["another's under our id", see({ kind: 'foreign' }), `write ${final}`],
      ['could not look', aView(going(), { seen: { resting: true, wrote: true } }), 'rest'],
      ['an outbox is told before the wait', see(job('live'), { outbox }, { stopSent: true }), 'publish'],
      ['told', see(job('live'), { outbox }, { stopSent: true, published: true }), `write ${state} -outbox → rest`],
      ['an older outcome goes out with the last one', see(job('gone'), { outbox }), `write ${final}`],
    ]);
  });
}

describe('how a rollout is stopped', () => {
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

  describe('by force where a cancel without left devices in progress', () => {
    const seen = (inProgress: number, more: Partial<Seen> = {}, job: JobState = 'canceled', forced = false) => ({
      seen: { sighting: { kind: 'exists', job, aws: {}, counts: someCounts({ inProgress }), forced }, ...more } satisfies Partial<Seen>,
    });
    const canceled: Sighting = { kind: 'exists', job: 'canceled', aws: {}, counts: someCounts({ inProgress: 3 }) };
    const row = aRollout({ state: 'WITHDRAWING' });
    const forced = { withdrawals: [aRecordedWithdrawal({ force: true })] };
    specify([
      ['some are', aView(row, { ...forced, ...seen(3) }), 'cancel at AWS (WITHDRAWN, force)'],
      ['none is', aView(row, { ...forced, ...seen(0) }), 'write WITHDRAWN +Withdrawn'],
      [
        'some are, while queued ones are still being canceled',
        aView(row, { ...forced, ...seen(3, {}, 'ending') }),
        'cancel at AWS (WITHDRAWN, force)',
      ],
      ['force has been said and is being done', aView(row, { ...forced, ...seen(3, {}, 'ending', true) }), 'write WITHDRAWING → rest'],
      ['sent, and not yet done', aView(row, { ...forced, ...seen(3, { stopSent: true }, 'ending') }), 'write WITHDRAWING → rest'],
      ['nobody says force', aView(row, { withdrawals: [aRecordedWithdrawal()], ...seen(3) }), 'write WITHDRAWN +Withdrawn'],
      ['there is no force', aView({ ...row, ...onMi }, { ...forced, seen: { sighting: canceled } }), 'write WITHDRAWN +Withdrawn'],
      [
        'superseded, and nobody withdrew',
        aView(aRollout({ state: 'SUPERSEDING', supersededBy }), seen(3)),
        'write SUPERSEDED by 3.0.0 +Superseded',
      ],
      ['sent: what it did is looked at', aView(row, { ...forced, seen: { stopSent: true } }), 'look at both'],
      ['sent, and AWS did not take it', aView(row, { ...forced, ...seen(3, { stopSent: true }) }), 'write WITHDRAWN +Withdrawn'],
    ]);

    it('forgets what was seen before', () => {
      expect(nextStep(aView(row, { ...forced, ...seen(3) }))).toMatchObject({ seen: { stopSent: true } });
      expect(nextStep(aView(row, { ...forced, ...seen(3) }))).not.toHaveProperty('seen.sighting');
    });
  });

  it('says by which release and in whose words', () => {
    expect(nextStep(stop('SUPERSEDING'))).toMatchObject({ order: { comment: 'superseded by 3.0.0 revision 1' } });
    expect(nextStep(stop('WITHDRAWING', aRecordedWithdrawal({ comment: 'bricks hubs' })))).toMatchObject({
      order: { comment: 'bricks hubs' },
    });
  });

  it('tells with the last counts how many devices finish', () => {
    const counts = someCounts({ inProgress: 3, succeeded: 4 });
    const view = aView(aRollout({ state: 'WITHDRAWING' }), { seen: { sighting: { kind: 'exists', job: 'canceled', aws: {}, counts } } });
    expect(nextStep(view)).toMatchObject({ change: { counts, outbox: [{ detail: { stillInProgress: 3, counts } }] } });
  });
});

describe('final: the head, then the outcomes, then nothing is due', () => {
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
    ['told', aView(final('COMPLETED', { outbox }), { seen: { published: true } }), 'write COMPLETED -outbox -due'],
    ['told already, still due', aView(final('COMPLETED')), 'write COMPLETED -due'],
    ['nothing left', aView(final('COMPLETED', none)), 'done'],
    [
      'could not look, with nothing left to see',
      aView(final('COMPLETED', { outbox }), { head: aHead(own), seen: { resting: true } }),
      'head: done',
    ],
    ['the bus refused, yet nothing is left to tell', aView(final('COMPLETED'), { seen: { unpublished: true } }), 'write COMPLETED -due'],
    ['the bus did not take it', aView(final('COMPLETED', { outbox }), { seen: { unpublished: true } }), 'write COMPLETED → rest'],
    [
      'the bus did not take it, and a write set the follow-up already',
      aView(final('COMPLETED', { outbox }), { seen: { unpublished: true, wrote: true } }),
      'rest',
    ],
    [
      'the bus did not take it, resting',
      aView(final('COMPLETED', { outbox }), { seen: { unpublished: true, wrote: true, resting: true } }),
      'rest',
    ],
  ]);
});
