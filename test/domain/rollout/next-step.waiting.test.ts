import { describe, expect, it } from 'vitest';
import type { WaitReason } from '../../../domain/gate/gate.ts';
import { applyChange } from '../../../domain/rollout/change.ts';
import { nextStep } from '../../../domain/rollout/next-step.ts';
import type { Reply, Sighting, UpstreamLook } from '../../../domain/rollout/observation.ts';
import { createdOutcome, failedOutcome, progressedOutcome } from '../../../domain/rollout/outcome.ts';
import type { Rollout, Waits } from '../../../domain/rollout/rollout.ts';
import type { Seen, View } from '../../../domain/rollout/step.ts';
import {
  aHead,
  anApproval,
  aRecordedWithdrawal,
  aRollout,
  aRule,
  aWaiting,
  held,
  minutes,
  now,
  onMi,
  ownEntry,
  rivalOf,
  seconds,
  sentAgo,
  someCounts,
  timing,
} from '../../../proof/support/a-rollout.ts';
import { aView } from '../../../proof/support/a-view.ts';
import { specify } from '../../support/specify.ts';

const counts = someCounts({ succeeded: 10 });
const beta = (changes: Partial<Rollout> = {}) =>
  aRollout({ state: 'CREATED', attempt: 1, sequence: 1, aws: { jobId: 'j' }, counts, ...changes });
/** What the loop has read of the channel before. */
const read = (row: Rollout | undefined, newer: readonly Rollout[] = []): Partial<Seen> => {
  const own = row ? [ownEntry(row, { sequence: 1, created: true })] : [];
  const later = newer.map(({ version }) => rivalOf(version, { sequence: 2, created: true }));
  return { upstreams: { beta: { row, head: aHead(...own, ...later), newer } } };
};
const seen = (look: UpstreamLook, row = beta()): Partial<Seen> => ({ ...read(row), looks: { beta: look } });
const live: Sighting = { kind: 'exists', job: 'live', aws: {}, counts };
const newerBeta = aRollout({ version: '3.0.0', state: 'CREATED', attempt: 1, aws: { jobId: 'k' } });
const withdrawn = [aRecordedWithdrawal()];

const row = aWaiting();
const approval = { after: [aRule()], approval: { required: 1, skip: [] } };
const waitsFor = (told: readonly WaitReason[], since = now - minutes(9), upstreams: Waits['upstreams'] = {}): Waits => ({
  since: Object.fromEntries(told.map((code) => [code, since])),
  told,
  upstreams,
});

function writeOf(view: View) {
  const step = nextStep(view);
  if (step.do !== 'write') throw new Error(`a write was expected, not ${step.do}`);
  return step;
}

describe('WAITING', () => {
  const newer = rivalOf('3.0.0', { sequence: 1, created: true }, 'stable');
  const older = rivalOf('1.0.0', { sequence: 1, created: true }, 'stable');
  const known = (counts: boolean) => ({ rivals: { [newer.rolloutId]: counts } });
  const metAt = (ago: number, soakMinutes = 30) =>
    aWaiting({ after: [aRule({ soakMinutes })] }, { waits: waitsFor(['SOAKING'], now, { beta: { metAt: now - minutes(ago), counts } }) });
  specify([
    ['the release was withdrawn', aView(row, { withdrawals: withdrawn }), 'write WITHDRAWN +Withdrawn'],
    [
      'withdrawn although it has approvals',
      aView(row, { withdrawals: withdrawn, approvals: [anApproval()] }),
      'write WITHDRAWN +Withdrawn',
    ],
    ['withdrawn under a hold', aView(row, { withdrawals: withdrawn, holds: held({}) }), 'write WITHDRAWN +Withdrawn'],
    ['withdrawn on beta only', aView(row, { withdrawals: [aRecordedWithdrawal({ channels: ['beta'] })] }), 'read beta'],
    ['notAfter has passed', aView(aWaiting({}, { notAfter: now - 1 })), 'write FAILED(EXPIRED) +Failed'],
    ['the schedule has ended', aView(aWaiting({}, { endAt: now - 1 })), 'write FAILED(EXPIRED) +Failed'],
    ['notAfter is now', aView(aWaiting({}, { notAfter: now, endAt: now })), 'write CLAIMED +Promoted'],
    ['the channel has a newer release, its row not read', aView(row, { head: aHead(newer) }), 'read 3.0.0'],
    [
      'the channel has a newer release that counts',
      aView(row, { head: aHead(newer), seen: known(true) }),
      'write SUPERSEDED by 3.0.0 +Superseded',
    ],
    ['the channel has a newer release that is dead', aView(row, { head: aHead(newer), seen: known(false) }), 'read beta'],
    ['the channel has a newer release, downgrade allowed', aView({ ...row, downgrade: true }, { head: aHead(newer) }), 'read beta'],
    ['the channel has an older release', aView(row, { head: aHead(older) }), 'read beta'],
    ['several channels before', aView(aWaiting({ after: [aRule(), aRule({ channel: 'lab' })] })), 'read beta, lab'],
    [
      'no channel before: nothing is read',
      aView(aWaiting({ approval: { required: 1, skip: [] } })),
      'write WAITING for APPROVAL +Waiting → rest',
    ],
    ['beta has no rollout', aView(row, { seen: read(undefined) }), 'write WAITING for UPSTREAM_MISSING +Waiting → rest'],
    [
      'beta is being created',
      aView(row, { seen: read(beta({ state: 'CREATING' })) }),
      'write WAITING for UPSTREAM_PENDING +Waiting → rest',
    ],
    ['beta has failed', aView(row, { seen: read(beta({ state: 'FAILED' })) }), 'write FAILED(GATE_SHUT) +Failed'],
    ['beta has a newer release', aView(row, { seen: read(beta(), [newerBeta]) }), 'write SUPERSEDED by 3.0.0 +Superseded'],
    ['beta is healthy: its devices are looked at', aView(row, { seen: read(beta()) }), 'look at beta'],
    ['the look failed', aView(row, { seen: seen({ kind: 'unread' }) }), 'write WAITING for SOAKING +Waiting → rest'],
    ['the look found them healthy', aView(row, { seen: seen(live) }), 'write CLAIMED +Promoted'],
    [
      'the look found failures',
      aView(row, { seen: seen({ ...live, counts: someCounts({ failed: 1 }) }) }),
      'write WAITING for THRESHOLD +Waiting → rest',
    ],
    ['beta is healthy, and soaks now', aView(metAt(0), { seen: read(beta()) }), 'done'],
    ['the soak is over', aView(metAt(30), { seen: read(beta()) }), 'look at beta'],
    ['an approval is missing', aView(aWaiting(approval), { seen: seen(live) }), 'write WAITING for APPROVAL +Waiting → rest'],
    ['the approval is there', aView(aWaiting(approval), { seen: seen(live), approvals: [anApproval()] }), 'write CLAIMED +Promoted'],
    ['a hold', aView(aWaiting({}), { holds: held({}) }), 'write WAITING for HELD +Waiting → rest'],
    ['a hold of another channel', aView(aWaiting({}), { holds: held({ channels: ['beta'] }) }), 'write CLAIMED +Promoted'],
    [
      'everything at once',
      aView(aWaiting(approval), { seen: read(undefined), holds: held({}) }),
      'write WAITING for APPROVAL, HELD, UPSTREAM_MISSING +Waiting → rest',
    ],
    ['the other channels of its message come first', aView(aWaiting({}, { siblings: [aRollout()] })), 'put beta'],
  ]);

  it('writes the whole evidence when its gate opens, and forgets for what it has waited', () => {
    const waiting = aWaiting(approval, { waits: waitsFor(['APPROVAL'], 1, { beta: { metAt: 5, soakedAt: 7, counts } }) });
    const { change, seen: after } = writeOf(aView(waiting, { seen: read(beta()), approvals: [anApproval()] }));
    expect(change).toMatchObject({
      state: 'CLAIMED',
      waits: null,
      opened: {
        at: now,
        after: [{ channel: 'beta', rolloutId: beta().rolloutId, counts, metAt: 5, soakedAt: 7 }],
        approvals: [anApproval()],
        skipped: [],
      },
      outbox: [{ detailType: 'OTA Rollout Promoted' }],
    });
    expect(after).toEqual({ rivals: {}, wrote: true });
  });

  it('reports which rollout has shut its gate, once', () => {
    const { change } = writeOf(aView(row, { seen: read(beta({ state: 'FAILED', code: 'ABORTED' })) }));
    expect(change).toMatchObject({
      code: 'GATE_SHUT',
      outbox: [{ detailType: 'OTA Rollout Failed', detail: { code: 'GATE_SHUT', upstream: { channel: 'beta', state: 'FAILED', counts } } }],
    });
    expect(change.outbox).toHaveLength(1);
  });

  it('names the member of the release whose time has passed', () => {
    expect(writeOf(aView(aWaiting({}, { endAt: now - 1 }))).change.message).toContain('endAt');
    expect(writeOf(aView(aWaiting({}, { notAfter: now - 1, endAt: now - 1 }))).change.message).toContain('notAfter');
  });
});

describe('for what a rollout waits', () => {
  const wait = (waits: Waits | undefined, more: Partial<Parameters<typeof aView>[1]> = {}, gate: Rollout['gate'] = approval) =>
    aView(aWaiting(gate, waits ? { waits } : {}), { seen: read(undefined), ...more });

  it('is written with since when, and what was seen of the channels before', () => {
    const { change } = writeOf(aView(aWaiting({ after: [aRule({ soakMinutes: 9 })] }), { seen: read(beta()) }));
    expect(change.waits).toEqual({ since: { SOAKING: now }, told: ['SOAKING'], upstreams: { beta: { metAt: now, counts } } });
  });

  it('keeps since when each reason has been one', () => {
    const { change } = writeOf(wait(waitsFor(['APPROVAL']), { holds: held({}) }));
    expect(change.waits?.since).toEqual({ APPROVAL: now - minutes(9), HELD: now, UPSTREAM_MISSING: now });
  });

  it('is not written again if nothing has changed: the rollout stays due for the next sweep', () => {
    expect(nextStep(wait(waitsFor(['APPROVAL', 'UPSTREAM_MISSING'])))).toEqual({ do: 'done' });
  });

  it('is not written again, but its outcomes are published if the bus refused them before', () => {
    const outbox = [createdOutcome(row, false, now)];
    const view = wait(waitsFor(['APPROVAL', 'UPSTREAM_MISSING']));
    const full = { ...view, row: { ...view.row, outbox, dueAt: now - minutes(3) } };
    expect(nextStep(full)).toEqual({ do: 'publish' });
    const step = writeOf({ ...full, seen: { ...full.seen, published: true } });
    expect(step.change).toEqual({ outbox: [], dueAt: now - minutes(3) });
    expect(nextStep({ ...full, seen: { ...full.seen, unpublished: true } })).toEqual({ do: 'done' });
  });

  it('is due with the next sweep, or at the instant at which time alone can change it', () => {
    const dueAt = (view: View) => writeOf(view).change.dueAt;
    // A little before the next sweep, which comes a little less than five minutes after the look that the last one caused.
    const beforeNextSweep = now + timing.sweepInterval - timing.sweepSlack;
    expect(dueAt(wait(undefined))).toBe(beforeNextSweep);
    expect(dueAt(wait(undefined, { holds: held({ until: now + minutes(2) }) }))).toBe(now + minutes(2));
    expect(dueAt(wait(undefined, { holds: held({ until: now + minutes(20) }) }))).toBe(beforeNextSweep);
    const soaking = (soakMinutes: number) => aView(aWaiting({ after: [aRule({ soakMinutes })] }), { seen: read(beta()) });
    expect(dueAt(soaking(2))).toBe(now + minutes(2));
    expect(applyChange(row, writeOf(soaking(2)).change, { why: '', who: '', now, timing }).dueAt).toBe(now + minutes(2));
  });

  it('gets a follow-up for that instant if it comes before the next sweep, be anything written or not', () => {
    const soon = { holds: held({ until: now + minutes(2) }) };
    const after = writeOf(wait(undefined, soon));
    expect(after.seen).toMatchObject({ resting: true, lookAgainAt: now + minutes(2) });
    const told = waitsFor(['APPROVAL', 'HELD', 'UPSTREAM_MISSING']);
    expect(nextStep(wait(told, soon))).toEqual({ do: 'rest', delay: minutes(2) });
    expect(nextStep(wait(told, { holds: held({ until: now + minutes(5) }) }))).toEqual({ do: 'done' });
  });

  it('is due at the first instant if several reasons end on their own, also after the gate has opened', () => {
    const opened = { at: now, after: [], approvals: [], skipped: [] };
    const gate = { allowedTimes: [{ cron: '2 12 ? * * *', timeZone: 'Etc/UTC' }] };
    const kept = aRollout({ state: 'CLAIMED', channel: 'stable', gate, opened });
    expect(writeOf(aView(kept, { holds: held({ until: now + minutes(1) }) })).change.dueAt).toBe(now + minutes(1));
  });

  it('is left to the sweep once it was written', () => {
    expect(nextStep(aView({ ...row, waits: waitsFor(['APPROVAL']) }, { seen: { resting: true, wrote: true } }))).toEqual({ do: 'done' });
  });

  it('stays out of the way of the others if its row is not due', () => {
    const { dueAt: _none, ...notDue } = { ...row, waits: waitsFor(['APPROVAL']) };
    expect(nextStep(aView(notDue, { seen: { resting: true } }))).toEqual({ do: 'done' });
    const full = { ...notDue, outbox: [createdOutcome(row, false, now)] };
    expect(writeOf(aView(full, { seen: { resting: true, published: true } })).change).toStrictEqual({ outbox: [] });
  });

  it('leaves one outcome of waiting for the oldest one if the outcomes have 40,000 characters', () => {
    const old = progressedOutcome(row, counts, now);
    const lengthOf = (outbox: Rollout['outbox']) => JSON.stringify(outbox).length;
    const long = (length: number) => failedOutcome(row, 'GONE', 'x'.repeat(length), now);
    const withLength = (length: number) => [old, long(length - lengthOf([old, long(0)]))];
    expect([39_999, 40_000].map((length) => lengthOf(withLength(length)))).toEqual([39_999, 40_000]);
    const view = wait(undefined);
    const kept = (outbox: Rollout['outbox']) => writeOf({ ...view, row: { ...view.row, outbox } }).change.outbox?.includes(old);
    expect([39_999, 40_000].map((length) => kept(withLength(length)))).toEqual([true, false]);
  });

  it('leaves one outcome of waiting for an old one if the outbox is full', () => {
    const old = progressedOutcome(row, counts, now);
    const outbox = [createdOutcome(row, false, now), old, ...Array.from({ length: 38 }, () => createdOutcome(row, false, now))];
    const view = wait(undefined);
    const { change } = writeOf({ ...view, row: { ...view.row, outbox } });
    expect(change.outbox).toHaveLength(40);
    expect(change.outbox).not.toContain(old);
    expect(change.outbox?.at(-1)?.detailType).toBe('OTA Rollout Waiting');
  });
});

describe('the set of reasons is reported', () => {
  const all = { APPROVAL: 'approval', UPSTREAM_MISSING: 'after', HELD: 'held', CLOSED: 'closed' } as const;
  type Code = keyof typeof all;
  /** A rollout that was told these reasons, and waits for those now. */
  const tells = (told: readonly WaitReason[] | undefined, codes: readonly Code[]) => {
    const gate = {
      ...(codes.includes('UPSTREAM_MISSING') && { after: [aRule()] }),
      ...(codes.includes('APPROVAL') && { approval: { required: 1, skip: [] } }),
      ...(codes.includes('CLOSED') && { allowedTimes: [{ cron: '0 3 1 1 ? *', timeZone: 'Etc/UTC' }] }),
    };
    const waits = told && { since: { THRESHOLD: 1 }, told, upstreams: {} };
    const holds = codes.includes('HELD') ? held({}) : held();
    const { change } = writeOf(aView(aWaiting(gate, waits ? { waits } : {}), { seen: read(undefined), holds }));
    expect(change.waits?.told).toEqual(change.outbox ? [...codes].sort() : told);
    return change.outbox?.[0]?.detail;
  };

  it.each<[readonly WaitReason[] | undefined, readonly Code[], boolean]>([
    [undefined, ['APPROVAL'], true],
    [undefined, ['HELD'], true],
    [['APPROVAL'], ['APPROVAL'], false],
    [['APPROVAL'], ['UPSTREAM_MISSING'], true],
    [['APPROVAL', 'UPSTREAM_MISSING'], ['APPROVAL'], true],
    [['APPROVAL'], ['APPROVAL', 'UPSTREAM_MISSING'], true],
    // A hold or the time of day alone comes and goes beside others.
    [['APPROVAL'], ['APPROVAL', 'HELD'], false],
    [['APPROVAL', 'HELD'], ['APPROVAL'], false],
    [['APPROVAL'], ['APPROVAL', 'CLOSED'], false],
    [['APPROVAL', 'CLOSED'], ['APPROVAL', 'HELD'], false],
    // It is told when nothing else is left.
    [['APPROVAL'], ['HELD'], true],
    [['APPROVAL', 'CLOSED'], ['CLOSED'], true],
    [['HELD'], ['CLOSED'], true],
    [['HELD'], ['HELD', 'CLOSED'], true],
    [['CLOSED'], ['CLOSED'], false],
  ])('from %o to %o: %s', (told, codes, isTold) => {
    const detail = tells(told, codes);
    expect(detail !== undefined).toBe(isTold);
    if (detail) expect(detail).toMatchObject({ waitingFor: [...codes].sort(), ...(codes.length === 1 && { onlyWaitingFor: codes[0] }) });
  });
});

describe('what keeps a CLAIMED rollout back', () => {
  const claimed = aRollout();
  const own = aHead(ownEntry(claimed, { sequence: 2 }));
  const waiting = (told: readonly WaitReason[]) => aRollout({ waits: waitsFor(told) });
  const newer = rivalOf('3.0.0', { sequence: 3, created: true });
  const counting = { rivals: { [newer.rolloutId]: true } };
  const openedAgo = (ago: number, more: Partial<Rollout> = {}) =>
    aWaiting({ after: [aRule()] }, { state: 'CLAIMED', opened: { at: now - ago, after: [], approvals: [], skipped: [] }, ...more });
  const long = openedAgo(minutes(10) + 1);
  const bad = (changes: Partial<Rollout> = {}) => beta({ counts: someCounts({ failed: 5 }), ...changes });
  specify([
    ['a hold, before it enters the channel', aView(claimed, { holds: held({}) }), 'write CLAIMED for HELD +Waiting → rest'],
    ['a hold, after it has entered', aView(claimed, { head: own, holds: held({}) }), 'write CLAIMED for HELD +Waiting → rest'],
    ['a hold that lasts', aView(waiting(['HELD']), { holds: held({}) }), 'done'],
    ['a hold that ends before the next sweep', aView(waiting(['HELD']), { holds: held({ until: now + minutes(2) }) }), 'rest'],
    [
      'a hold, but a newer release is there',
      aView(claimed, { head: aHead(newer), seen: counting, holds: held({}) }),
      'write SUPERSEDED by 3.0.0 +Superseded',
    ],
    ['a hold, but the release was withdrawn', aView(claimed, { withdrawals: withdrawn, holds: held({}) }), 'write WITHDRAWN +Withdrawn'],
    ['a hold, but notAfter has passed', aView(aRollout({ notAfter: now - 1 }), { holds: held({}) }), 'write FAILED(EXPIRED) +Failed'],
    ['a hold, but the schedule has ended', aView(aRollout({ endAt: now - 1 }), { holds: held({}) }), 'write FAILED(EXPIRED) +Failed'],
    ['a hold of another channel', aView(claimed, { holds: held({ channels: ['stable'] }) }), 'head: enter as 1'],
    ['the hold has ended: first it waits no more', aView(waiting(['HELD'])), 'write CLAIMED -waits'],
    ['the hold has ended, it is in the channel', aView(waiting(['HELD']), { head: own }), 'write CLAIMED -waits'],
    ['its gate has just opened: nothing is read again', aView(openedAgo(minutes(10))), 'head: enter as 1'],
    ['its gate opened long ago: the channel before is read again', aView(long), 'read beta'],
    ['that is still healthy', aView(long, { seen: read(beta()) }), 'head: enter as 1'],
    ['that has failed', aView(long, { seen: read(bad({ state: 'FAILED' })) }), 'write FAILED(GATE_SHUT) +Failed'],
    ['that was withdrawn', aView(long, { seen: read(beta({ state: 'WITHDRAWN' })) }), 'write FAILED(GATE_SHUT) +Failed'],
    ['that is not healthy now', aView(long, { seen: read(bad()) }), 'write CLAIMED for THRESHOLD +Waiting → rest'],
    ['that has a newer release', aView(long, { seen: read(bad(), [newerBeta]) }), 'head: enter as 1'],
    [
      'that is not healthy, under a hold',
      aView(long, { seen: read(bad()), holds: held({}) }),
      'write CLAIMED for HELD, THRESHOLD +Waiting → rest',
    ],
    ['its gate has no channel before', aView({ ...long, gate: { approval: { required: 1, skip: [] } } }), 'head: enter as 1'],
  ]);

  it('does not count as a wait for AWS from then on', () => {
    const { change, seen: after } = writeOf(aView(waiting(['HELD'])));
    expect(change).toEqual({ waits: null, waitedUntil: now });
    expect(after).toEqual({ rivals: {}, wrote: true });
  });

  it('is due when the hold ends on its own', () => {
    expect(writeOf(aView(claimed, { holds: held({ until: now + seconds(30) }) })).change.dueAt).toBe(now + seconds(30));
  });

  it('is a closed time of its gate, unless an approval has skipped that', () => {
    const gate = { allowedTimes: [{ cron: '0 3 1 1 ? *', timeZone: 'Etc/UTC' }] };
    const opened = { at: now, after: [], approvals: [], skipped: [] };
    const next = (skipped: readonly 'allowedTimes'[]) =>
      nextStep(aView(aWaiting(gate, { state: 'CLAIMED', opened: { ...opened, skipped } }))).do;
    expect([next([]), next(['allowedTimes'])]).toEqual(['write', 'writeHead']);
  });
});

describe('what keeps a CREATING rollout back', () => {
  const refusedAll = { attempt: 1, unansweredCreates: { count: 0 } } as const;
  const again = (changes: Partial<Rollout> = {}) => aRollout({ state: 'CREATING', ...refusedAll, ...changes });
  const sent = (changes: Partial<Rollout> = {}) => aRollout({ state: 'CREATING', ...sentAgo(seconds(20)), ...changes });
  const opened = { opened: { at: now - minutes(11), after: [], approvals: [], skipped: [] }, gate: { after: [aRule({ channel: 'lab' })] } };
  const notFound: Sighting = { kind: 'notFound' };
  const lab = (state: Rollout['state'], changes: Partial<Rollout> = {}): Partial<Seen> => ({
    upstreams: { lab: { row: beta({ channel: 'lab', state, ...changes }), head: aHead(), newer: [] } },
  });
  it('counts as never sent once no create of it can take effect any more', () => {
    const view = (ago: number) => aView(sent(sentAgo(ago)), { holds: held({}), seen: { sighting: notFound } });
    expect(writeOf(view(minutes(21))).change.unansweredCreates).toEqual({ count: 0 });
    expect(writeOf(view(minutes(19))).change.unansweredCreates).toBeUndefined();
  });

  specify([
    ['a hold, and every create was refused', aView(again(), { holds: held({}) }), 'write CREATING for HELD +Waiting → rest'],
    ['a hold, and a create is unanswered: it is looked for', aView(sent(), { holds: held({}) }), 'look at creation'],
    [
      'a hold, and it is not there: nothing is sent again',
      aView(sent(), { holds: held({}), seen: { sighting: notFound } }),
      'write CREATING for HELD +Waiting → rest',
    ],
    ['a hold, and it is there', aView(sent(), { holds: held({}), seen: { sighting: live } }), 'write CREATED +Created'],
    ['the same after it was told', aView(sent({ waits: waitsFor(['HELD']) }), { holds: held({}), seen: { sighting: notFound } }), 'done'],
    [
      'the same 20 minutes after the create: nothing of it exists, and the row says so, although the hold was told',
      aView(sent({ ...sentAgo(minutes(21)), waits: waitsFor(['HELD']) }), { holds: held({}), seen: { sighting: notFound } }),
      'write CREATING unanswered 0 for HELD → rest',
    ],
    [
      'a hold at managed integrations, where nothing is sent again anyway',
      aView(sent(onMi), { holds: held({}), seen: { sighting: notFound } }),
      'write CREATING → rest',
    ],
    [
      'a hold at managed integrations, 20 minutes later',
      aView(sent({ ...onMi, ...sentAgo(minutes(21)) }), { holds: held({}), seen: { sighting: notFound } }),
      'write FAILED(UNCERTAIN) +Failed',
    ],
    ['the hold has ended', aView(again({ waits: waitsFor(['HELD']) })), 'write CREATING -waits'],
    ['its gate opened long ago', aView(again(opened)), 'read lab'],
    [
      'the channel before has failed, nothing is on its way',
      aView(again(opened), { seen: lab('FAILED') }),
      'write FAILED(GATE_SHUT) +Failed',
    ],
    [
      'the channel before has failed, a create may still take effect',
      aView(sent(opened), { seen: { ...lab('FAILED'), sighting: notFound } }),
      'write CREATING → rest',
    ],
    [
      'the channel before has failed, the create is too old',
      aView(sent({ ...opened, ...sentAgo(minutes(21)) }), { seen: { ...lab('FAILED'), sighting: notFound } }),
      'write FAILED(GATE_SHUT) +Failed',
    ],
    [
      'the channel before is not healthy now',
      aView(again(opened), { seen: lab('CREATED', { counts: someCounts({ failed: 1 }) }) }),
      'write CREATING for THRESHOLD +Waiting → rest',
    ],
    ['the schedule has ended', aView(again({ endAt: now - 1 })), 'write FAILED(EXPIRED) +Failed'],
    [
      'a hold does not keep it from giving way',
      aView(sent({ state: 'SUPERSEDING', supersededBy: { rolloutId: 'x', version: '3.0.0', revision: 1 } }), { holds: held({}) }),
      'look at both',
    ],
    ['nor from being withdrawn', aView(sent(), { holds: held({}), withdrawals: withdrawn }), 'write WITHDRAWING'],
    ['nor a created one from being looked at', aView(aRollout({ state: 'CREATED', attempt: 1 }), { holds: held({}) }), 'look at job'],
  ]);
});

describe('between the intent and the send', () => {
  const before = { count: 1, firstSentAt: now - minutes(3), lastSentAt: now - minutes(2) };
  const intended = (changes: Partial<Rollout> = {}) =>
    aRollout({
      state: 'CREATING',
      attempt: 1,
      unansweredCreates: { count: 1, firstSentAt: now, lastSentAt: now, intentId: 'mine', beforeLast: { count: 0 } },
      ...changes,
    });
  const intent = { wrote: true, intent: true } as const;
  const readAgain = { ...intent, holdsReadAgain: true } as const;
  const closed = { allowedTimes: [{ cron: '0 3 1 1 ? *', timeZone: 'Etc/UTC' }] };
  const opened = (skipped: readonly 'allowedTimes'[]) => ({ gate: closed, opened: { at: now, after: [], approvals: [], skipped } });
  const refused: Reply = { kind: 'refused', retryable: true, code: 'NOT_SENT', message: 'the holds could not be read' };
  specify([
    ['the holds are read again', aView(intended(), { seen: intent }), 'read the holds again'],
    ['even if the load had a hold', aView(intended(), { seen: intent, holds: held({}) }), 'read the holds again'],
    ['there is none', aView(intended(), { seen: readAgain }), 'send'],
    ['one has come', aView(intended(), { seen: readAgain, holds: held({}) }), 'write CREATING unanswered 0 for HELD +Waiting → rest'],
    [
      'one has come at managed integrations',
      aView(intended(onMi), { seen: readAgain, holds: held({}) }),
      'write CREATING unanswered 0 for HELD +Waiting → rest',
    ],
    ['one has come for another channel', aView(intended(), { seen: readAgain, holds: held({ channels: ['stable'] }) }), 'send'],
    [
      'the allowed minute is over',
      aView(intended(opened([])), { seen: readAgain }),
      'write CREATING unanswered 0 for CLOSED +Waiting → rest',
    ],
    ['the allowed minute is over, but an approval skipped that', aView(intended(opened(['allowedTimes'])), { seen: readAgain }), 'send'],
    ['the holds could not be read', aView(intended(), { seen: { wrote: true, reply: refused } }), 'write CREATING unanswered 0 → rest'],
    [
      'the holds could not be read at managed integrations',
      aView(intended(onMi), { seen: { wrote: true, reply: refused } }),
      'write CREATING unanswered 0 → rest',
    ],
  ]);

  it('a hold restores the creates that were unanswered before, and ends the intent of this loop', () => {
    const twice = intended({ unansweredCreates: { ...before, count: 2, lastSentAt: now, intentId: 'mine', beforeLast: before } });
    const { change, seen: after } = writeOf(aView(twice, { seen: readAgain, holds: held({}) }));
    expect(change.unansweredCreates).toEqual(before);
    expect(after).toEqual({ rivals: {}, wrote: true, resting: true });
  });
});
