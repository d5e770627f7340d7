import { describe, expect, it } from 'vitest';
import { detailLines, linesOf } from '../../../cli/status-words.ts';
import type { Approval } from '../../../domain/gate/approvals.ts';
import type { Gate } from '../../../domain/gate/gate.ts';
import { type Hold, noHolds } from '../../../domain/gate/holds.ts';
import { emptyHead, type Rollout } from '../../../domain/rollout/rollout.ts';
import { outlookOf, type Steering, steeringReader } from '../../../operator/reads/outlook.ts';
import { holdView, knownView } from '../../../operator/reads/read-model.ts';
import { gateLines, holdLines, outlookWords, timeWords } from '../../../operator/words/outlook-words.ts';
import { aRollout, minutes, now, someCounts, timing } from '../../../proof/support/a-rollout.ts';

const gate: Gate = {
  after: [{ channel: 'beta', minSucceededPercentage: 80, maxFailedPercentage: 5, minNumberOfExecutedThings: 20, soakMinutes: 150 }],
  approval: { required: 1, skip: ['soakMinutes'] },
};
const beta = aRollout({ state: 'CREATED', attempt: 1, sequence: 1, counts: someCounts({ queued: 84, succeeded: 412, failed: 4 }) });
const stable = aRollout({
  channel: 'stable',
  state: 'WAITING',
  gate,
  waits: { since: {}, told: [], upstreams: { beta: { metAt: now - minutes(10) } } },
});
const by = { account: '000000000000', source: 'com.acme.release-board' };
const { version, revision, releaseDigest } = stable;
const approval: Approval = { version, revision, channels: ['stable'], releaseDigest, by, eventId: 'e-7', at: now - minutes(2) };
const hold: Hold = { holdId: 'radio', channels: ['stable'], reason: 'Loses\nits network', by, eventId: 'e-8', at: now - minutes(5) };

const steeringOf = (changes: Partial<Steering> = {}): Steering => ({
  approvals: [],
  holds: noHolds,
  upstreams: { beta: { row: beta, head: { ...emptyHead, taken: 1 }, newer: [] } },
  timing,
  ...changes,
});
const wordsOf = (row: Rollout, changes: Partial<Steering> = {}) => {
  const steering = steeringOf(changes);
  return outlookWords(row, outlookOf(row, steering, now), steering, now);
};
const known = (row: Rollout, changes: Partial<Steering> = {}) => {
  const steering = steeringOf(changes);
  return { row, withdrawal: undefined, steering, outlook: outlookOf(row, steering, now) };
};

describe('what a rollout waits for, in words', () => {
  it('has the end of the soak in UTC, the devices of the channel before, and the approvals that are missing', () => {
    expect(wordsOf(stable)).toBe('soaking until 14:20 UTC (beta 412 of 500, 4 failed); 0 of 1 approvals');
  });

  it('has the day of an instant that is not today in UTC', () => {
    expect(timeWords(now + minutes(24 * 60), now)).toBe('2026-11-24 12:00 UTC');
    expect(timeWords(Date.parse('2026-11-23T23:59:00Z'), now)).toBe('23:59 UTC');
  });

  it('is over at the minute that it names, so seconds round up', () => {
    expect(timeWords(Date.parse('2026-11-23T14:19:01Z'), now)).toBe('14:20 UTC');
    expect(timeWords(Date.parse('2026-11-23T23:59:01Z'), now)).toBe('2026-11-24 00:00 UTC');
  });

  it('has the holds of its channel with their reasons on one line, and when they end', () => {
    const holds = { held: [hold, { ...hold, holdId: 'beta-only', channels: ['beta'] }], ended: [] };
    expect(wordsOf(aRollout({ channel: 'stable' }), { holds })).toBe('held by radio (Loses its network)');
    const ends = { held: [{ ...hold, until: now + minutes(60) }], ended: [] };
    expect(wordsOf(stable, { holds: ends })).toMatch(/; held by radio \(Loses its network\) until 13:00 UTC$/);
  });

  it('says what the service will do as soon as it looks', () => {
    expect(wordsOf({ ...stable, gate: { approval: { required: 1, skip: [] } } }, { approvals: [approval] })).toBe(
      'nothing is missing: it starts when the service looks next',
    );
    const failed = { ...beta, state: 'FAILED', code: 'ABORTED' } as const;
    expect(wordsOf(stable, { upstreams: { beta: { row: failed, head: emptyHead, newer: [] } } })).toBe(
      'fails when the service looks next: beta is FAILED (ABORTED)',
    );
    const newer = aRollout({ version: '2.1.0', state: 'CREATED', attempt: 1, aws: { jobId: 'j' } });
    expect(wordsOf(stable, { upstreams: { beta: { row: beta, head: { ...emptyHead, taken: 2 }, newer: [newer] } } })).toBe(
      'is superseded when the service looks next: 2.1.0 came to the channel before',
    );
  });

  it.each<[string, Partial<Rollout>]>([
    ['is at AWS', { state: 'CREATED' }],
    ['may be on its way to AWS', { state: 'CREATING', unansweredCreates: { count: 1 } }],
    ['has ended', { state: 'WITHDRAWN' }],
  ])('is nothing for a rollout that %s, although its channel is held', (_what, changes) => {
    expect(wordsOf(aRollout({ channel: 'stable', ...changes }), { holds: { held: [hold], ended: [] } })).toBe('');
  });

  it('judges a gate that opened long ago again', () => {
    const opened = { at: now - minutes(11), after: [], approvals: [], skipped: [] };
    const gone = { beta: { row: { ...beta, state: 'WITHDRAWN' } as const, head: emptyHead, newer: [] } };
    expect(wordsOf({ ...stable, state: 'CLAIMED', opened }, { upstreams: gone })).toMatch(/^fails when the service looks next: /);
    expect(wordsOf({ ...stable, state: 'CLAIMED', opened: { ...opened, at: now } }, { upstreams: gone })).toBe('');
  });
});

describe('a rollout with a gate in ota status', () => {
  it('has its reasons on the first line', () => {
    expect(linesOf(known(stable), now)[0]).toBe(
      'thermostat 2.0.0 stable  WAITING  soaking until 14:20 UTC (beta 412 of 500, 4 failed); 0 of 1 approvals',
    );
  });

  it('has what its gate asks for, who approved it, and the channel before', () => {
    const { steering } = known(stable, { approvals: [{ ...approval, approvedBy: 'kim', comment: 'all\nwell', skip: ['soakMinutes'] }] });
    expect(gateLines(stable, steering)).toEqual([
      'gate: after beta: at least 80 % succeeded, at most 5 % failed, at least 20 devices have ended, for 150 minutes',
      'gate: 1 approval, which may skip soakMinutes',
      'approved 2026-11-23T11:58:00.000Z by com.acme.release-board, account 000000000000, event e-7, said to be kim, to skip soakMinutes: all well',
      'CREATED on beta 412 of 500, 4 failed',
    ]);
  });

  const opened = {
    at: now - minutes(1),
    after: [
      {
        channel: 'beta',
        rolloutId: beta.rolloutId,
        counts: someCounts({ succeeded: 9 }),
        metAt: now - minutes(9),
        soakedAt: now - minutes(3),
      },
    ],
    approvals: [approval],
    skipped: ['allowedTimes'] as const,
  };

  it('has why its gate opened', () => {
    expect(detailLines({ row: { ...stable, state: 'CREATED', opened } }).slice(2, 5)).toEqual([
      '    gate opened 2026-11-23T11:59:00.000Z, without allowedTimes',
      '    beta 9 of 9, 0 failed; enough since 2026-11-23T11:51:00.000Z',
      '    approved 2026-11-23T11:58:00.000Z by com.acme.release-board, account 000000000000, event e-7',
    ]);
  });

  it('has its gate, every reason and the evidence for a program, as the events have them', () => {
    expect(knownView(known(stable))).toMatchObject({
      gate,
      waitingFor: ['APPROVAL', 'SOAKING'],
      reasons: [
        { reason: 'SOAKING', channel: 'beta', until: '2026-11-23T14:20:00.000Z', message: expect.any(String) },
        { reason: 'APPROVAL', message: expect.any(String) },
      ],
    });
    const view = knownView(known({ ...stable, state: 'CREATED', opened }));
    expect(view).not.toHaveProperty('waitingFor');
    expect(view.opened).toEqual({
      at: '2026-11-23T11:59:00.000Z',
      after: [
        {
          channel: 'beta',
          rolloutId: beta.rolloutId,
          counts: someCounts({ succeeded: 9 }),
          metAt: '2026-11-23T11:51:00.000Z',
          soakedAt: '2026-11-23T11:57:00.000Z',
        },
      ],
      approvals: [{ by, eventId: 'e-7', at: '2026-11-23T11:58:00.000Z' }],
      skipped: ['allowedTimes'],
    });
  });

  it('has an empty set of reasons for a program if nothing is missing', () => {
    const open = { ...stable, gate: { approval: { required: 1, skip: [] } } };
    expect(knownView(known(open, { approvals: [approval] }))).toMatchObject({ waitingFor: [], reasons: [] });
    expect(knownView(known(beta))).not.toHaveProperty('waitingFor');
  });
});

describe('a hold in ota status', () => {
  it('has its channels, its reason on one line, its bounds and its sender', () => {
    expect(holdLines('thermostat', hold, now)).toEqual([
      'thermostat stable  HELD by radio: Loses its network',
      '    since 2026-11-23T11:55:00.000Z',
      '    held by com.acme.release-board, account 000000000000, event e-8',
    ]);
    const { channels: _all, ...whole } = { ...hold, from: now - minutes(1), until: now + minutes(1) };
    expect(holdLines('thermostat', whole, now).slice(0, 2)).toEqual([
      'thermostat every channel  HELD by radio: Loses its network',
      '    since 2026-11-23T11:59:00.000Z, until 2026-11-23T12:01:00.000Z',
    ]);
    expect(holdLines('thermostat', { ...hold, from: now + 1 }, now)[0]).toMatch(/ {2}will be HELD by radio: /);
  });

  it('has times as text for a program', () => {
    expect(holdView('thermostat', { ...hold, until: now })).toEqual({
      product: 'thermostat',
      holdId: 'radio',
      channels: ['stable'],
      reason: 'Loses\nits network',
      until: '2026-11-23T12:00:00.000Z',
      by,
      at: '2026-11-23T11:55:00.000Z',
    });
  });
});

describe('reading what decides whether a rollout may start', () => {
  function counted() {
    const calls: string[] = [];
    const ledger = {
      holds: async (product: string) => {
        calls.push(`holds ${product}`);
        return { itemRevision: 0, holds: noHolds };
      },
      approvals: async (_product: string, of: string) => {
        calls.push(`approvals ${of}`);
        return { itemRevision: 0, list: [approval] };
      },
      upstreams: async (_row: object, channels: readonly string[]) => {
        calls.push(`upstreams ${channels}`);
        return {};
      },
    };
    return { calls, reader: steeringReader({ ledger: ledger as never, timeFactor: async () => 60 }) };
  }

  it('reads nothing for a rollout that is at AWS', async () => {
    const { calls, reader } = counted();
    await reader.of(aRollout({ state: 'CREATED', gate }));
    expect(calls).toEqual([]);
  });

  it('reads holds and approvals once for all rollouts that share them, and shortens the soak as the local service does', async () => {
    const { calls, reader } = counted();
    const [read] = await Promise.all([reader.of(stable), reader.of({ ...stable, channel: 'lab' }), reader.of(aRollout())]);
    expect(calls.sort()).toEqual(['approvals 2.0.0', 'holds thermostat', 'upstreams beta', 'upstreams beta']);
    expect(read.approvals).toEqual([approval]);
    expect(read.timing.soakMinute).toBe(1_000);
  });
});
