import { describe, expect, it } from 'vitest';
import type { Approval } from '../../../domain/gate/approvals.ts';
import type { AllowedTime, Gate, UpstreamRule } from '../../../domain/gate/gate.ts';
import { type Hold, type Holds, noHolds } from '../../../domain/gate/holds.ts';
import { type GateFacts, gateOf, judgeAgain, type Upstream, type Verdict } from '../../../domain/rollout/gate-of.ts';
import type { Sighting, UpstreamLook } from '../../../domain/rollout/observation.ts';
import type { Counts } from '../../../domain/rollout/outcome-schema.ts';
import { reasonsNow } from '../../../domain/rollout/reasons-now.ts';
import { emptyHead, type Head, type Rollout, type UpstreamRecord } from '../../../domain/rollout/rollout.ts';
import {
  aHead,
  anApproval,
  aRollout,
  aRule,
  aWaiting,
  held,
  minutes,
  now,
  ownEntry,
  rivalOf,
  someCounts,
} from '../../../proof/support/a-rollout.ts';

const healthy = someCounts({ succeeded: 9, queued: 1 });
const beta = (changes: Partial<Rollout> = {}) =>
  aRollout({ state: 'CREATED', attempt: 1, sequence: 3, aws: { jobId: 'j' }, counts: healthy, ...changes });
const completed = (counts: Partial<Counts>, ago: number) =>
  beta({
    state: 'COMPLETED',
    counts: someCounts(counts),
    history: [{ at: now - ago, from: 'CREATED', to: 'COMPLETED', why: '', who: '' }],
  });
/** A channel before with this rollout and what came later. */
const upstream = (row: Rollout | undefined, newer: readonly Rollout[] = [], head: Partial<Head> = {}): Upstream => {
  const own = row ? [ownEntry(row, { sequence: row.sequence ?? 3, created: true })] : [];
  const later = newer.map((one, index) => rivalOf(one.version, { sequence: 4 + index }));
  return { row, head: row ? { ...aHead(...own, ...later), ...head } : emptyHead, newer };
};

type Given = {
  readonly gate?: Gate;
  readonly upstreams?: Readonly<Record<string, Upstream>>;
  readonly looks?: Readonly<Record<string, UpstreamLook>>;
  readonly known?: Readonly<Record<string, UpstreamRecord>>;
  readonly approvals?: readonly Approval[];
  readonly holds?: Holds;
  readonly now?: number;
};

function factsOf({ gate = { after: [aRule()] }, known, ...given }: Given): GateFacts {
  const waits = known && { since: {}, told: [], upstreams: known };
  return {
    rollout: aWaiting(gate, waits ? { waits } : {}),
    upstreams: given.upstreams ?? { beta: upstream(beta()) },
    looks: given.looks ?? { beta: live(healthy) },
    approvals: given.approvals ?? [],
    holds: given.holds ?? noHolds,
    now: given.now ?? now,
    soakMinute: minutes(1),
  };
}

const live = (counts?: Counts): Sighting => ({ kind: 'exists', job: 'live', aws: {}, ...(counts && { counts }) });

/** A verdict as one short line: the reasons, each with its channel and with the minutes until it ends, and whether AWS must be asked. */
function lineOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'open':
      return 'open';
    case 'shut':
      return `shut by ${verdict.upstream.channel} ${verdict.upstream.state}`;
    case 'superseded':
      return `superseded by ${verdict.by.version}`;
    case 'wait': {
      const reasons = verdict.reasons.map(
        ({ reason, channel, until }) =>
          `${reason}${channel && channel !== 'beta' ? ` ${channel}` : ''}${until === undefined ? '' : ` ${(until - now) / minutes(1)} min`}`,
      );
      return `wait ${reasons.join(', ')}${verdict.look === undefined ? '' : `; look at ${verdict.look}`}`;
    }
  }
}

/** Makes a test of each line: under these facts, this is the verdict. */
function specify(table: readonly (readonly [situation: string, given: Given, verdict: string])[]): void {
  it.each(table.map(([situation, given, verdict]) => ({ situation, given, verdict })))('$situation: $verdict', ({ given, verdict }) => {
    expect(lineOf(gateOf(factsOf(given)))).toBe(verdict);
  });
}

const on = (row: Rollout | undefined, newer: readonly Rollout[] = [], head: Partial<Head> = {}): Given => ({
  upstreams: { beta: upstream(row, newer, head) },
});
const soaking = (soakMinutes: number): Given => ({ gate: { after: [aRule({ soakMinutes })] } });
const latched = { metAt: now - minutes(99), soakedAt: now - minutes(9), counts: healthy };

describe('the channel before', () => {
  specify([
    ['has no rollout of the release', { upstreams: {} }, 'wait UPSTREAM_MISSING'],
    ['has no row, but others are there', on(undefined), 'wait UPSTREAM_MISSING'],
    ['has other content under the same version', on(beta({ releaseDigest: 'ff'.repeat(32) })), 'wait UPSTREAM_MISSING'],
    ['waits itself', on(beta({ state: 'WAITING' })), 'wait UPSTREAM_PENDING'],
    ['is claimed', on(beta({ state: 'CLAIMED' })), 'wait UPSTREAM_PENDING'],
    ['is being created', on(beta({ state: 'CREATING' })), 'wait UPSTREAM_PENDING'],
    ['has failed', on(beta({ state: 'FAILED', code: 'ABORTED' })), 'shut by beta FAILED'],
    ['is being withdrawn', on(beta({ state: 'WITHDRAWING' })), 'shut by beta WITHDRAWING'],
    ['was withdrawn', on(beta({ state: 'WITHDRAWN' })), 'shut by beta WITHDRAWN'],
    ['was withdrawn after it had soaked', { ...on(beta({ state: 'WITHDRAWN' })), known: { beta: latched } }, 'shut by beta WITHDRAWN'],
    [
      'has a name that every object has',
      {
        gate: { after: [aRule({ channel: 'constructor' })] },
        upstreams: { constructor: upstream(beta({ channel: 'constructor' })) },
        looks: {},
      },
      'wait SOAKING constructor; look at constructor',
    ],
    ['is live and healthy', {}, 'open'],
    ['has completed', on(completed({ succeeded: 9 }, 0)), 'open'],
  ]);
});

describe('the thresholds', () => {
  const counts = (changes: Partial<Counts>, rule: Partial<UpstreamRule> = {}): Given => ({
    ...on(beta({ counts: someCounts(changes) })),
    looks: { beta: live(someCounts(changes)) },
    gate: { after: [aRule(rule)] },
  });
  specify([
    ['exactly the percentage succeeded', counts({ succeeded: 90, queued: 10 }), 'open'],
    ['one device less succeeded', counts({ succeeded: 89, queued: 11 }), 'wait THRESHOLD'],
    ['devices in progress lower the reach, too', counts({ succeeded: 89, inProgress: 11 }), 'wait THRESHOLD'],
    ['exactly the percentage failed', counts({ succeeded: 95, failed: 2, rejected: 2, timedOut: 1 }), 'open'],
    ['one device more failed', counts({ succeeded: 94, failed: 2, rejected: 2, timedOut: 2 }), 'wait THRESHOLD'],
    [
      'exactly a percentage with decimals succeeded',
      counts({ succeeded: 33, queued: 2_967 }, { minSucceededPercentage: 1.1, maxFailedPercentage: 0 }),
      'open',
    ],
    [
      'one device less than a percentage with decimals succeeded',
      counts({ succeeded: 32, queued: 2_968 }, { minSucceededPercentage: 1.1 }),
      'wait THRESHOLD',
    ],
    ['exactly a percentage with decimals failed', counts({ succeeded: 1_431, failed: 69 }, { maxFailedPercentage: 4.6 }), 'open'],
    [
      'one device more than a percentage with decimals failed',
      counts({ succeeded: 1_430, failed: 70 }, { maxFailedPercentage: 4.6 }),
      'wait THRESHOLD',
    ],
    [
      'health divides by those that have ended: queued devices hide no failure',
      counts({ succeeded: 18, failed: 1, queued: 981 }, { minSucceededPercentage: 1 }),
      'wait THRESHOLD',
    ],
    [
      'health that just suffices beside queued devices',
      counts({ succeeded: 19, failed: 1, queued: 980 }, { minSucceededPercentage: 1 }),
      'open',
    ],
    ['removed and canceled devices are in neither', counts({ succeeded: 9, queued: 1, removed: 50, canceled: 50 }), 'open'],
    ['nobody is there', counts({}), 'wait THRESHOLD'],
    ['nobody is there, and the release has completed', on(completed({}, 0)), 'shut by beta COMPLETED'],
    ['everybody was removed or canceled', on(completed({ removed: 3, canceled: 3 }, 0)), 'shut by beta COMPLETED'],
    [
      'nobody succeeded, and nothing is asked',
      counts({ failed: 3 }, { minSucceededPercentage: 1, maxFailedPercentage: 100 }),
      'wait THRESHOLD',
    ],
    ['completed below its reach', on(completed({ succeeded: 8, rejected: 2 }, 0)), 'shut by beta COMPLETED'],
    ['no counts are known yet', on(aRollout({ state: 'CREATED', attempt: 1, sequence: 3, aws: { jobId: 'j' } })), 'wait THRESHOLD'],
    ['as many have ended as are asked for', counts({ succeeded: 20, queued: 2 }, { minNumberOfExecutedThings: 20 }), 'open'],
    ['too few have ended', counts({ succeeded: 19, queued: 2 }, { minNumberOfExecutedThings: 20 }), 'wait THRESHOLD'],
    ['too few, but all of them', counts({ succeeded: 3 }, { minNumberOfExecutedThings: 20 }), 'open'],
    [
      'too few, but all of them have completed',
      { ...on(completed({ succeeded: 3 }, 0)), gate: { after: [aRule({ minNumberOfExecutedThings: 20 })] } },
      'open',
    ],
    ['no device may fail, and none did', counts({ succeeded: 90, queued: 10 }, { maxFailedPercentage: 0 }), 'open'],
    ['no device may fail, and one did', counts({ succeeded: 99, failed: 1 }, { maxFailedPercentage: 0 }), 'wait THRESHOLD'],
  ]);
});

describe('the soak', () => {
  const met = (ago: number): Given => ({ ...soaking(30), known: { beta: { metAt: now - minutes(ago), counts: healthy } } });
  const unhealthy = beta({ counts: someCounts({ succeeded: 8, failed: 2 }) });
  const seen = (look: UpstreamLook, ago = 30): Given => ({ ...met(ago), looks: { beta: look } });
  specify([
    ['begins when the thresholds are met', soaking(30), 'wait SOAKING 30 min'],
    ['has a minute left', met(29), 'wait SOAKING 1 min'],
    ['is over: AWS is asked once more', { ...met(30), looks: {} }, 'wait SOAKING; look at beta'],
    ['does not end while AWS does not answer', seen({ kind: 'unread' }), 'wait SOAKING'],
    ['needs that look even without any minutes', { ...soaking(0), looks: {} }, 'wait SOAKING; look at beta'],
    ['is over, and the look finds devices healthy', met(30), 'open'],
    ['is over, and the look finds the end of all devices', seen({ kind: 'exists', job: 'completed', aws: {}, counts: healthy }), 'open'],
    ['is over, and the look has no counts, so those of the row count', seen(live()), 'open'],
    ['is over, and the look finds failures that the row has not', seen(live(someCounts({ succeeded: 8, failed: 2 }))), 'wait THRESHOLD'],
    ['is over, and the job was canceled', seen({ kind: 'exists', job: 'canceled', aws: {}, counts: healthy }), 'wait SOAKING'],
    ['is over, and the job is being canceled', seen({ kind: 'exists', job: 'ending', aws: {}, counts: healthy }), 'wait SOAKING'],
    ['is over, and the job was deleted', seen({ kind: 'exists', job: 'gone', aws: {} }), 'wait SOAKING'],
    ['is over, and AWS has nothing', seen({ kind: 'notFound' }), 'wait SOAKING'],
    ['is over, and AWS has something foreign', seen({ kind: 'foreign' }), 'wait SOAKING'],
    ['is over, and AWS creates it', seen({ kind: 'pending' }), 'wait SOAKING'],
    ['is over, and AWS failed to create it', seen({ kind: 'createFailed', errorInfo: {}, job: 'none' }), 'wait SOAKING'],
    ['begins anew if the devices are not healthy any more', { ...met(30), ...on(unhealthy) }, 'wait THRESHOLD'],
    [
      'of a completed release counts from its end',
      { ...soaking(30), ...on(completed({ succeeded: 9 }, minutes(12))) },
      'wait SOAKING 18 min',
    ],
    [
      'of a completed release that ended long ago is over, without a look',
      { ...soaking(30), ...on(completed({ succeeded: 9 }, minutes(31))), looks: {} },
      'open',
    ],
    [
      'of a release that completed while it soaked continues',
      { ...met(20), ...on(completed({ succeeded: 9 }, minutes(1))) },
      'wait SOAKING 10 min',
    ],
    [
      'of a completed release whose end is unknown begins now',
      { ...soaking(30), ...on(beta({ state: 'COMPLETED', history: [] })) },
      'wait SOAKING 30 min',
    ],
  ]);

  it('is as long as channels.yml says, shortened in a local run', () => {
    const verdict = gateOf({ ...factsOf(soaking(30)), soakMinute: 1_000 });
    expect(verdict).toMatchObject({ kind: 'wait', lookAt: now + 30_000 });
  });
});

describe('what the rollout remembers of the channel before', () => {
  const recordOf = (given: Given) => {
    const verdict = gateOf(factsOf(given));
    return verdict.kind === 'open' || verdict.kind === 'wait' ? verdict.upstreams['beta'] : verdict.kind;
  };
  const since = { metAt: now - minutes(9), counts: someCounts({ succeeded: 95, queued: 5 }) };

  it('is the instant at which the thresholds were met, with the counts of then', () => {
    expect(recordOf(soaking(30))).toEqual({ metAt: now, counts: healthy });
    expect(recordOf({ ...soaking(30), ...on(completed({ succeeded: 9 }, minutes(12))) })).toMatchObject({ metAt: now - minutes(12) });
  });

  it('stays as it is while the soak lasts, so that no redelivery and no deployment begins it anew', () => {
    expect(recordOf({ ...soaking(30), known: { beta: since } })).toEqual(since);
  });

  it('gets the instant of the look at the end of the soak, with the counts of that look', () => {
    const fresh = someCounts({ succeeded: 96, queued: 4 });
    expect(recordOf({ ...soaking(9), known: { beta: since }, looks: { beta: live(fresh) } })).toEqual({
      ...since,
      soakedAt: now,
      counts: fresh,
    });
  });

  it('is forgotten if the thresholds are not met any more, also after the soak', () => {
    const lost = on(beta({ counts: someCounts({ succeeded: 8, failed: 2 }) }));
    expect(recordOf({ ...lost, known: { beta: since } })).toEqual({});
    expect(recordOf({ ...lost, known: { beta: latched } })).toEqual({});
    expect(recordOf({ ...soaking(9), known: { beta: since }, looks: { beta: live(someCounts({ failed: 1 })) } })).toEqual({});
  });

  it('does not get the end of the soak from a look that found no healthy devices', () => {
    expect(recordOf({ ...soaking(9), known: { beta: since }, looks: { beta: { kind: 'notFound' } } })).toEqual(since);
  });

  it('becomes evidence with the end of a release that has completed: its counts, since when they are met, and now', () => {
    const reached = { succeeded: 9 };
    expect(recordOf({ ...soaking(9), ...on(completed(reached, minutes(12))), looks: {} })).toEqual({
      metAt: now - minutes(12),
      soakedAt: now,
      counts: someCounts(reached),
    });
  });

  it('does not say that the soak is over before AWS was asked', () => {
    expect(recordOf({ ...soaking(9), known: { beta: since }, looks: {} })).toEqual(since);
  });

  it('stays after the soak, and AWS is not asked again', () => {
    const given = {
      gate: { after: [aRule({ soakMinutes: 30 })], approval: { required: 1, skip: [] } },
      looks: {},
      known: { beta: latched },
    };
    expect(recordOf(given)).toEqual(latched);
    expect(lineOf(gateOf(factsOf(given)))).toBe('wait APPROVAL');
  });
});

describe('a newer release on the channel before', () => {
  const newer = (changes: Partial<Rollout> = {}) => aRollout({ version: '3.0.0', ...changes });
  const created = newer({ state: 'CREATED', attempt: 1, aws: { jobId: 'k' } });
  const sent = newer({ state: 'CREATING', attempt: 1, unansweredCreates: { count: 1, firstSentAt: now, lastSentAt: now } });
  const byHead = { beta: { row: beta(), head: { ...aHead(ownEntry(beta(), { sequence: 3 })), taken: 4 }, newer: [] } };
  const marked = (mark: object): Given => ({
    upstreams: {
      beta: { row: beta(), head: aHead(ownEntry(beta(), { sequence: 3 }), rivalOf('3.0.0', { sequence: 4, ...mark })), newer: [] },
    },
  });
  const soaked = { known: { beta: latched } };
  const soak = soaking(30);
  specify([
    ['that AWS has', { ...soak, ...on(beta(), [created]) }, 'superseded by 3.0.0'],
    ['that AWS has, although the soak takes no time', on(beta(), [created]), 'superseded by 3.0.0'],
    ['that has completed', { ...soak, ...on(beta(), [{ ...created, state: 'COMPLETED' }]) }, 'superseded by 3.0.0'],
    ['that was withdrawn', { ...soak, ...on(beta(), [{ ...created, state: 'WITHDRAWN' }]) }, 'shut by beta CREATED'],
    ['that has failed', { ...soak, ...on(beta(), [{ ...created, state: 'FAILED' }]) }, 'shut by beta CREATED'],
    [
      'that has failed, and another one counts',
      {
        ...soak,
        ...on(beta(), [
          { ...created, state: 'FAILED' },
          { ...created, version: '2.5.0' },
        ]),
      },
      'superseded by 2.5.0',
    ],
    ['that failed to be created once', { ...soak, ...on(beta(), [newer({ state: 'CREATING', attempt: 2 })]) }, 'superseded by 3.0.0'],
    ['that has left the order of the channel and every trace', { ...soak, upstreams: byHead }, 'shut by beta CREATED'],
    ['that only the order of the channel has as created', { ...soak, ...marked({ created: true }) }, 'shut by beta CREATED'],
    ['that only the order of the channel has as ended', { ...soak, ...marked({ done: true }) }, 'shut by beta CREATED'],
    ['that has entered the channel and was not sent: a hold may keep it for ever', on(beta(), [newer()]), 'open'],
    ['whose row could not be read', marked({}), 'wait SOAKING'],
    [
      'whose row could not be read, beside one of which nothing was sent',
      {
        upstreams: {
          beta: {
            row: beta(),
            head: aHead(ownEntry(beta(), { sequence: 3 }), rivalOf('3.0.0', { sequence: 4 }), rivalOf('4.0.0', { sequence: 5 })),
            newer: [newer()],
          },
        },
      },
      'wait SOAKING',
    ],
    ['whose first create AWS has not answered, and may refuse', on(beta(), [sent]), 'wait SOAKING'],
    ['that AWS refused for good', on(beta(), [newer({ state: 'FAILED', attempt: 1 })]), 'open'],
    [
      'that is about to come, while the devices are not healthy',
      on(beta({ counts: someCounts({ failed: 1 }) }), [newer()]),
      'wait THRESHOLD',
    ],
    ['that is about to come, and this one has completed badly', on(completed({ failed: 1 }, 0), [newer()]), 'shut by beta COMPLETED'],
    ['that came after the soak', { ...soak, ...soaked, ...on(beta(), [created]) }, 'open'],
    ['that came after the soak and left no trace', { ...soak, ...soaked, upstreams: byHead }, 'open'],
    [
      'that came after the soak, so the counts of this one are not read',
      { ...soaked, ...on(beta({ counts: someCounts({ failed: 9 }) }), [created]) },
      'open',
    ],
    ['that is about to come after the soak', { ...soak, ...soaked, ...on(beta(), [newer()]) }, 'open'],
    [
      'that is about to come after the soak, while the devices are not healthy',
      { ...soaked, ...on(beta({ counts: someCounts({ failed: 9 }) }), [newer()]) },
      'wait THRESHOLD',
    ],
    ['that stops this one', { ...soak, ...on(beta({ state: 'SUPERSEDING' }), [created]) }, 'superseded by 3.0.0'],
    ['that stops this one and is not there any more', on(beta({ state: 'SUPERSEDING' })), 'shut by beta SUPERSEDING'],
    ['that took its place', { ...soak, ...on(beta({ state: 'SUPERSEDED' }), [created]) }, 'superseded by 3.0.0'],
    [
      'that took its place and is not there any more',
      on(beta({ state: 'SUPERSEDED', supersededBy: { rolloutId: 'x', version: '3.0.0', revision: 1 } })),
      'shut by beta SUPERSEDED',
    ],
    ['that took its place after the soak', { ...soaked, ...on(beta({ state: 'SUPERSEDED' }), [created]) }, 'open'],
    [
      'that came before this one',
      {
        upstreams: {
          beta: {
            row: beta(),
            head: { ...aHead(ownEntry(beta(), { sequence: 3 }), rivalOf('9.0.0', { sequence: 2, created: true })), taken: 3 },
            newer: [],
          },
        },
      },
      'open',
    ],
    [
      'while this one has no place in the order any more, but knows it',
      { upstreams: { beta: { row: beta(), head: { ...emptyHead, taken: 3 }, newer: [] } } },
      'open',
    ],
  ]);

  it('is found by the place in the head if the row was written before rows had it', () => {
    const { sequence: _none, ...old } = beta();
    const facts = (taken: number) =>
      factsOf({ upstreams: { beta: { row: old, head: { ...aHead(ownEntry(old, { sequence: 3 })), taken }, newer: [] } } });
    expect([3, 4].map((taken) => lineOf(gateOf(facts(taken))))).toEqual(['open', 'shut by beta CREATED']);
  });

  it('is any that AWS has, if neither the row nor the head knows the place of this one', () => {
    const { sequence: _none, ...old } = beta();
    const facts = (taken: number) => factsOf({ upstreams: { beta: { row: old, head: { ...emptyHead, taken }, newer: [] } } });
    expect([0, 1].map((taken) => lineOf(gateOf(facts(taken))))).toEqual(['open', 'shut by beta CREATED']);
  });

  it('is named: by its rollout if it takes the place of the waiting one, too, else in words', () => {
    const { rolloutId } = created;
    expect(gateOf(factsOf(on(beta(), [created])))).toEqual({ kind: 'superseded', by: { rolloutId, version: '3.0.0', revision: 1 } });
    const by = { rolloutId: 'x', version: '3.0.0', revision: 2 };
    expect(gateOf(factsOf(on(beta({ state: 'SUPERSEDED', supersededBy: by }))))).toMatchObject({
      kind: 'shut',
      message: expect.stringContaining('3.0.0 revision 2'),
      upstream: { rolloutId: beta().rolloutId, channel: 'beta', state: 'SUPERSEDED', counts: healthy },
    });
  });
});

describe('several channels before', () => {
  const lab = (changes: Partial<Rollout> = {}) => beta({ channel: 'lab', ...changes });
  const both: Gate = { after: [aRule(), aRule({ channel: 'lab', minSucceededPercentage: 50, soakMinutes: 10 })] };
  const looks = { beta: live(healthy), lab: live(healthy) };
  const on2 = (betaRow: Rollout | undefined, labRow: Rollout | undefined, more: Given = {}): Given => ({
    gate: both,
    looks,
    upstreams: { beta: upstream(betaRow), lab: upstream(labRow) },
    ...more,
  });
  const soaked = { known: { lab: latched } };
  const half = { counts: someCounts({ succeeded: 5, queued: 5 }) };
  specify([
    ['each is met', on2(beta(), lab(), soaked), 'open'],
    ['each by its own rule', on2(beta(), lab(half), soaked), 'open'],
    ['the counts are not added up', on2(beta(half), lab({ counts: someCounts({ succeeded: 900 }) }), soaked), 'wait THRESHOLD'],
    ['each has a reason', on2(undefined, lab()), 'wait UPSTREAM_MISSING, SOAKING lab 10 min'],
    ['one has failed while the other is missing', on2(undefined, lab({ state: 'FAILED' })), 'shut by lab FAILED'],
    [
      'one has failed while the other was overtaken',
      {
        ...on2(beta(), lab({ state: 'FAILED' })),
        upstreams: {
          beta: upstream(beta(), [aRollout({ version: '3.0.0', state: 'CREATED', attempt: 1, aws: { jobId: 'k' } })]),
          lab: upstream(lab({ state: 'FAILED' })),
        },
      },
      'shut by lab FAILED',
    ],
    [
      'one was overtaken while the other is missing',
      {
        ...on2(beta(), undefined),
        upstreams: {
          beta: upstream(beta(), [aRollout({ version: '3.0.0', state: 'CREATED', attempt: 1, aws: { jobId: 'k' } })]),
          lab: upstream(undefined),
        },
      },
      'superseded by 3.0.0',
    ],
    [
      'both need a look: one at a time',
      on2(beta(), lab(), { looks: {}, known: { lab: { metAt: now - minutes(10) } } }),
      'wait SOAKING, SOAKING lab; look at beta',
    ],
    [
      'the other look comes next',
      on2(beta(), lab(), { looks: { beta: live(healthy) }, known: { lab: { metAt: now - minutes(10) } } }),
      'wait SOAKING lab; look at lab',
    ],
  ]);

  it('have an entry each in the evidence', () => {
    const verdict = gateOf(factsOf(on2(beta(), lab(), soaked)));
    if (verdict.kind !== 'open') throw new Error(verdict.kind);
    expect(verdict.opened.after).toEqual([
      { channel: 'beta', rolloutId: beta().rolloutId, counts: healthy, metAt: now, soakedAt: now },
      { channel: 'lab', rolloutId: lab().rolloutId, counts: healthy, metAt: latched.metAt, soakedAt: latched.soakedAt },
    ]);
  });
});

describe('approvals', () => {
  const asked = (required: number, skip: NonNullable<Gate['approval']>['skip'] = []): Gate => ({ approval: { required, skip } });
  const given = (...approvals: readonly Partial<Approval>[]): Given => ({
    gate: asked(1),
    approvals: approvals.map((one) => anApproval(one)),
  });
  const other = { account: '000000000000', source: 'com.acme.fleet-health' };
  specify([
    ['none is given', given(), 'wait APPROVAL'],
    ['one is given', given({}), 'open'],
    ['for several channels', given({ channels: ['beta', 'stable'] }), 'open'],
    ['for another channel', given({ channels: ['beta'] }), 'wait APPROVAL'],
    ['for another version', given({ version: '2.0.1' }), 'wait APPROVAL'],
    ['for a version with other build metadata', given({ version: '2.0.0+b' }), 'wait APPROVAL'],
    ['for another revision', given({ revision: 2 }), 'wait APPROVAL'],
    ['for other content', given({ releaseDigest: 'ff'.repeat(32) }), 'wait APPROVAL'],
    ['by the source that published', given({ by: aRollout().publishedBy }), 'wait APPROVAL'],
    [
      'by the source that published, from another account',
      given({ by: { ...aRollout().publishedBy, account: '999999999999' } }),
      'wait APPROVAL',
    ],
    ['two are asked for and one is given', { ...given({}), gate: asked(2) }, 'wait APPROVAL'],
    [
      'two are asked for and one source gave two',
      { ...given({}, { approvedBy: 'kim', by: { ...anApproval().by, account: '1' } }), gate: asked(2) },
      'wait APPROVAL',
    ],
    ['two are asked for and two sources gave one each', { ...given({}, { by: other }), gate: asked(2) }, 'open'],
    [
      'two are asked for, and one of two sources is the publisher',
      { ...given({}, { by: aRollout().publishedBy }), gate: asked(2) },
      'wait APPROVAL',
    ],
    ['none is asked for', { gate: {} }, 'open'],
    ['none is asked for, and one is there', { gate: {}, approvals: [anApproval()] }, 'open'],
  ]);

  it('are counted in the reason', () => {
    const messageOf = (facts: Given) => {
      const verdict = gateOf(factsOf(facts));
      return verdict.kind === 'wait' ? verdict.reasons.map(({ message }) => message) : [];
    };
    expect(messageOf(given())).toEqual(['0 of 1 approvals']);
    expect(messageOf({ ...given({}), gate: asked(2) })).toEqual(['1 of 2 approvals']);
  });

  it('that count are in the evidence, in the order in which they came', () => {
    const approvals = [anApproval({ by: other }), anApproval({ version: '9.9.9' }), anApproval()];
    const verdict = gateOf(factsOf({ gate: asked(2), approvals }));
    expect(verdict).toMatchObject({ kind: 'open', opened: { at: now, after: [], approvals: [approvals[0], approvals[2]], skipped: [] } });
  });

  describe('that skip a part', () => {
    const closed: AllowedTime[] = [{ cron: '0 3 1 1 ? *', timeZone: 'Europe/Berlin' }];
    const whole: Gate = { after: [aRule({ soakMinutes: 60 })], allowedTimes: closed };
    const skipping = (permitted: NonNullable<Gate['approval']>['skip'], skip: NonNullable<Approval['skip']>, more: Given = {}): Given => ({
      gate: { ...whole, approval: { required: 1, skip: permitted } },
      approvals: [anApproval({ skip, comment: 'hotfix' })],
      ...more,
    });
    const missing = { upstreams: {} };
    const all = ['after', 'soakMinutes', 'allowedTimes'] as const;
    const reasonsOf = (facts: Given) => {
      const verdict = gateOf(factsOf(facts));
      return verdict.kind === 'wait' ? verdict.reasons.map(({ reason }) => reason).join(', ') : lineOf(verdict);
    };
    it.each<[string, Given, string]>([
      ['nothing', skipping(all, []), 'SOAKING, CLOSED'],
      ['the soak', skipping(all, ['soakMinutes']), 'CLOSED'],
      ['the allowed times', skipping(all, ['allowedTimes']), 'SOAKING'],
      ['the channel before', skipping(all, ['after'], missing), 'CLOSED'],
      ['the channel before, which has failed', skipping(all, ['after'], on(beta({ state: 'FAILED' }))), 'CLOSED'],
      ['everything', skipping(all, all, missing), 'open'],
      ['the soak, which is not permitted', skipping(['after'], ['soakMinutes']), 'SOAKING, CLOSED'],
      ['everything, of which only one is permitted', skipping(['allowedTimes'], all), 'SOAKING'],
      [
        'the soak, but not the thresholds',
        skipping(all, ['soakMinutes'], on(beta({ counts: someCounts({ failed: 1 }) }))),
        'THRESHOLD, CLOSED',
      ],
      [
        'the soak, in an approval that does not count',
        { ...skipping(all, all), approvals: [anApproval({ skip: all, revision: 2 })] },
        'SOAKING, APPROVAL, CLOSED',
      ],
    ])('%s', (_what, facts, reasons) => {
      expect(reasonsOf(facts)).toBe(reasons);
    });

    it('are in the evidence, with what they have skipped', () => {
      const verdict = gateOf(factsOf(skipping(all, all, missing)));
      expect(verdict).toMatchObject({ kind: 'open', opened: { after: [], skipped: all, approvals: [{ skip: all, comment: 'hotfix' }] } });
    });

    it('do not skip what they name if the gate does not permit it', () => {
      const verdict = gateOf(factsOf({ gate: { approval: { required: 1, skip: [] } }, approvals: [anApproval({ skip: all })] }));
      expect(verdict).toMatchObject({ kind: 'open', opened: { skipped: [] } });
    });
  });
});

describe('holds', () => {
  const under = (...holds: readonly Partial<Hold>[]): Given => ({ holds: held(...holds) });
  const [soon, later] = [now + minutes(5), now + minutes(60)];
  const by = anApproval().by;
  specify([
    ['of the product', under({}), 'wait HELD'],
    ['of the channel', under({ channels: ['stable'] }), 'wait HELD'],
    ['of another channel', under({ channels: ['beta'] }), 'open'],
    ['that begins now', under({ from: now }), 'wait HELD'],
    ['that begins later', under({ from: now + 1 }), 'open'],
    ['that ends later', under({ until: soon }), 'wait HELD 5 min'],
    ['that ends now', under({ until: now }), 'open'],
    ['that was ended', { holds: { ...held({}), ended: [{ holdId: 'h-1', by, at: now }] } }, 'open'],
    ['of two holders, one ended', { holds: { ...held({}, {}), ended: [{ holdId: 'h-1', by, at: now }] } }, 'wait HELD'],
    [
      'of two holders, both ended, in any order',
      {
        holds: {
          ...held({}, {}),
          ended: [
            { holdId: 'h-2', by, at: now },
            { holdId: 'h-1', by, at: now },
          ],
        },
      },
      'open',
    ],
    ['of two holders that end by themselves: the last one decides', under({ until: soon }, { until: later }), 'wait HELD 60 min'],
    ['of two holders, one without an end', under({ until: soon }, {}), 'wait HELD'],
    ['that ended before it was set', { holds: { held: [], ended: [{ holdId: 'h-1', by, at: now }] } }, 'open'],
    ['of a channel without a gate', { ...under({}), gate: {} }, 'wait HELD'],
  ]);

  it('are named in the reason', () => {
    const verdict = gateOf(factsOf(under({ holdId: 'freeze-1' }, { holdId: 'freeze-2' })));
    expect(verdict).toMatchObject({ kind: 'wait', reasons: [{ reason: 'HELD', message: 'held: freeze-1, freeze-2' }] });
  });

  it('have an instant in the reason only if all of them end', () => {
    const reasonOf = (given: Given) => {
      const verdict = gateOf(factsOf(given));
      return verdict.kind === 'wait' ? verdict.reasons[0] : undefined;
    };
    expect(reasonOf(under({ until: soon }))).toHaveProperty('until', soon);
    expect(reasonOf(under({ until: soon }, {}))).not.toHaveProperty('until');
  });
});

describe('allowed times', () => {
  // It is Monday, 13:00 in Berlin and 12:00 in UTC.
  const times = (...crons: readonly string[]): Given => ({
    gate: { allowedTimes: crons.map((cron) => ({ cron, timeZone: 'Europe/Berlin' })) },
  });
  specify([
    ['that have this minute', times('* 13 ? * MON *'), 'open'],
    ['that have this minute in UTC, but not in their zone', times('* 12 ? * MON *'), `wait CLOSED ${(7 * 24 - 1) * 60} min`],
    ['that come later today', times('30 14 ? * MON-FRI *'), 'wait CLOSED 90 min'],
    ['of which one has this minute', times('30 14 ? * MON-FRI *', '* 13 ? * * *'), 'open'],
    ['of which none has it: the first that comes', times('30 14 ? * MON-FRI *', '15 13 ? * * *'), 'wait CLOSED 15 min'],
    ['that never come', times('0 0 31 2 ? *'), 'wait CLOSED'],
  ]);

  it('are reported in every zone that they name, each once', () => {
    const allowedTimes = ['Europe/Berlin', 'UTC', 'UTC'].map((timeZone) => ({ cron: '30 14 ? * MON-FRI *', timeZone }));
    expect(gateOf(factsOf({ gate: { allowedTimes } }))).toMatchObject({
      reasons: [{ message: 'closed until 2026-11-23T13:30Z (2026-11-23 14:30 Europe/Berlin, 2026-11-23 13:30 UTC)' }],
    });
  });

  it('are reported in UTC and in their zone', () => {
    const verdict = gateOf(factsOf(times('30 14 ? * MON-FRI *')));
    expect(verdict).toMatchObject({
      reasons: [{ message: 'closed until 2026-11-23T13:30Z (2026-11-23 14:30 Europe/Berlin)', until: now + minutes(90) }],
      lookAt: now + minutes(90),
    });
  });
});

describe('a verdict', () => {
  const everything: Given = {
    gate: {
      after: [aRule({ soakMinutes: 30 }), aRule({ channel: 'lab' }), aRule({ channel: 'office' }), aRule({ channel: 'home' })],
      approval: { required: 1, skip: [] },
      allowedTimes: [{ cron: '30 14 ? * MON-FRI *', timeZone: 'Europe/Berlin' }],
    },
    upstreams: {
      beta: upstream(beta()),
      office: upstream(beta({ channel: 'office', state: 'CREATING' })),
      home: upstream(beta({ channel: 'home', counts: someCounts({ queued: 1 }) })),
    },
    holds: held({ until: now + minutes(20) }),
  };

  it('names every reason, not only the first, and the next instant at which time alone can change it', () => {
    const verdict = gateOf(factsOf(everything));
    expect(lineOf(verdict)).toBe(
      'wait SOAKING 30 min, UPSTREAM_MISSING lab, UPSTREAM_PENDING office, THRESHOLD home, APPROVAL, HELD 20 min, CLOSED 90 min',
    );
    expect(verdict).toMatchObject({ lookAt: now + minutes(20) });
  });

  it('has no such instant if only other people or devices can change it', () => {
    expect(gateOf(factsOf({ upstreams: {} }))).not.toHaveProperty('lookAt');
  });

  it('names a channel to look at only if AWS must be asked', () => {
    expect(gateOf(factsOf({ looks: {} }))).toHaveProperty('look', 'beta');
    expect(gateOf(factsOf({ upstreams: {} }))).not.toHaveProperty('look');
  });

  it('is open for a rollout without a gate and without a hold, without evidence', () => {
    const facts = factsOf({ gate: {}, approvals: [anApproval()] });
    expect(gateOf(facts)).toEqual({ kind: 'open', upstreams: {}, opened: { at: now, after: [], approvals: [], skipped: [] } });
  });

  it('is the same for the same facts, and changes none of them', () => {
    const facts = factsOf(everything);
    const copy = structuredClone(facts);
    expect(gateOf(facts)).toEqual(gateOf(copy));
    expect(facts).toEqual(copy);
  });

  it('has the thresholds and what was reached in words', () => {
    const messageOf = (row: Rollout, rule: Partial<UpstreamRule>) => {
      const verdict = gateOf(factsOf({ gate: { after: [aRule(rule)] }, ...on(row) }));
      return verdict.kind === 'wait' ? verdict.reasons[0]?.message : verdict.kind;
    };
    expect(messageOf(beta({ counts: someCounts({ succeeded: 3, failed: 1, queued: 6 }) }), { minNumberOfExecutedThings: 5 })).toBe(
      'beta 3 of 10 succeeded (at least 90 % asked for), 1 failed (at most 5 % of 4), and at least 5 must have ended',
    );
    // The number of devices that must have ended is named only while it keeps the gate shut.
    expect(messageOf(beta({ counts: someCounts({ succeeded: 4, failed: 1, queued: 5 }) }), { minNumberOfExecutedThings: 5 })).toBe(
      'beta 4 of 10 succeeded (at least 90 % asked for), 1 failed (at most 5 % of 5)',
    );
    expect(messageOf(beta({ counts: someCounts({ succeeded: 3, failed: 1 }) }), { minNumberOfExecutedThings: 5 })).toBe(
      'beta 3 of 4 succeeded (at least 90 % asked for), 1 failed (at most 5 % of 4)',
    );
    expect(messageOf(beta({ counts: someCounts({ succeeded: 3, queued: 6 }) }), {})).toBe(
      'beta 3 of 9 succeeded (at least 90 % asked for), 0 failed (at most 5 % of 3)',
    );
  });
});

describe('what keeps a rollout back after its gate has opened', () => {
  const closed: Gate = {
    allowedTimes: [{ cron: '30 14 ? * MON-FRI *', timeZone: 'Europe/Berlin' }],
    after: [aRule()],
    approval: { required: 9, skip: [] },
  };
  const opened = { at: now, after: [], approvals: [], skipped: [] };
  const codes = (row: Rollout, holds = noHolds) => reasonsNow(row, { holds, now }, row.opened?.skipped ?? []).map(({ reason }) => reason);

  it('is a hold or a closed time, whatever else the gate asked for', () => {
    expect(codes(aWaiting(closed, { opened }), held({}))).toEqual(['HELD', 'CLOSED']);
    expect(codes(aWaiting({ after: [aRule()] }, { opened }))).toEqual([]);
  });

  it('is not the closed time if an approval skipped that', () => {
    expect(codes(aWaiting(closed, { opened: { ...opened, skipped: ['allowedTimes'] } }))).toEqual([]);
  });

  it('is only a hold where there is no gate', () => {
    expect(codes(aRollout())).toEqual([]);
    expect(codes(aRollout(), held({ channels: ['beta'] }))).toEqual(['HELD']);
  });
});

describe('a gate that is judged again after it has opened', () => {
  const opened = { at: now - minutes(20), after: [], approvals: [], skipped: [] };
  const again = (given: Given, skipped: Rollout['opened'] = opened) => {
    const verdict = judgeAgain(factsOf(given), skipped);
    if (!verdict) return 'open';
    return verdict.kind === 'shut' ? `shut by ${verdict.upstream.channel} ${verdict.upstream.state}` : `wait ${verdict.reason.reason}`;
  };
  const bad = { counts: someCounts({ failed: 9 }) };
  const newer = aRollout({ version: '3.0.0', state: 'CREATED', attempt: 1, aws: { jobId: 'k' } });

  it.each<[string, Given, string]>([
    ['the channel before is healthy', {}, 'open'],
    ['it has no row, such as after a restore of the ledger', { upstreams: {} }, 'open'],
    ['it has failed', on(beta({ state: 'FAILED', code: 'ABORTED' })), 'shut by beta FAILED'],
    ['it is being withdrawn', on(beta({ state: 'WITHDRAWING' })), 'shut by beta WITHDRAWING'],
    ['it was withdrawn', on(beta({ state: 'WITHDRAWN' })), 'shut by beta WITHDRAWN'],
    ['it is not healthy now', on(beta(bad)), 'wait THRESHOLD'],
    ['it has completed badly', on(beta({ ...bad, state: 'COMPLETED' })), 'shut by beta COMPLETED'],
    ['a newer release is there, so its counts are not read', on(beta(bad), [newer]), 'open'],
    ['a newer release took its place', on(beta({ ...bad, state: 'SUPERSEDED' }), [newer]), 'open'],
    ['a newer release is about to come, so its counts are still read', on(beta(bad), [aRollout({ version: '3.0.0' })]), 'wait THRESHOLD'],
    [
      'the second of two has failed',
      {
        gate: { after: [aRule(), aRule({ channel: 'lab' })] },
        upstreams: { beta: upstream(beta()), lab: upstream(beta({ channel: 'lab', state: 'FAILED' })) },
      },
      'shut by lab FAILED',
    ],
    ['there was none', { gate: {} }, 'open'],
  ])('%s: %s', (_what, given, verdict) => {
    expect(again(given)).toBe(verdict);
  });

  it('is not shut by a channel that an approval skipped', () => {
    expect(again(on(beta({ state: 'FAILED' })), { ...opened, skipped: ['after'] })).toBe('open');
  });

  it('is not shut if the rollout has no gate', () => {
    expect(judgeAgain({ ...factsOf({}), rollout: aRollout() }, opened)).toBeUndefined();
  });
});
