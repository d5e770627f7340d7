import { describe, expect, it } from 'vitest';
import { progressedOutcome, waitingOutcome } from '../../../domain/rollout/outcome.ts';
import type { HistoryEntry, Opened, Rollout } from '../../../domain/rollout/rollout.ts';
import { type Beside, timelineOf } from '../../../operator/reads/timeline.ts';
import { anApproval, aRecordedWithdrawal, aRollout, minutes, now, someCounts } from '../../../proof/support/a-rollout.ts';

/** `HH:MM kind what [(why)] [pending]` of each entry after the event. */
const told = (row: Rollout, beside?: Beside): string[] =>
  timelineOf(row, beside)
    .slice(1)
    .map(({ at, kind, what, why, isPending }) =>
      [at.slice(11, 16), kind, what, ...(why === undefined ? [] : [`(${why})`]), ...(isPending ? ['pending'] : [])].join(' '),
    );

const change = (minute: number, from: Rollout['state'] | undefined, to: Rollout['state'], why = 'so'): HistoryEntry => ({
  at: now + minutes(minute),
  ...(from !== undefined && { from }),
  to,
  why,
  who: 'follow-ups m-2',
});
const claimed: Partial<Rollout> = { claimedAt: now, history: [change(0, undefined, 'CLAIMED', 'accepted')] };
const counts = someCounts({ queued: 3, succeeded: 7 });
const gate = { approval: { required: 1, skip: [] } };
const opened: Opened = {
  at: now + minutes(5),
  after: [{ channel: 'alpha', rolloutId: 'fw-a', counts, metAt: now + minutes(1), soakedAt: now + minutes(4) }],
  approvals: [anApproval({ at: now + minutes(2), comment: 'measured' })],
  skipped: ['allowedTimes'],
};

describe('the first entry of a timeline', () => {
  it('is the event, with who published it and the ids by which its way can be followed', () => {
    expect(timelineOf(aRollout({ ...claimed, eventId: 'e-1' }))[0]).toEqual({
      at: '2026-11-23T12:00:00.000Z',
      kind: 'event',
      what: 'Firmware Release Published',
      who: 'com.acme.ci, account 000000000000, event e-1',
      lines: ['message m-1', 'correlation id build-8812'],
    });
  });
});

describe('a timeline', () => {
  it.each<[string, Partial<Rollout>, Beside | undefined, string[]]>([
    ['has each change of state with why', claimed, undefined, ['12:00 state CLAIMED (accepted)']],
    [
      'has the event that the service publishes about a change',
      { history: [change(0, undefined, 'CLAIMED'), change(1, 'CLAIMED', 'CREATING'), change(2, 'CREATING', 'CREATED')] },
      undefined,
      ['12:00 state CLAIMED (so)', '12:01 state CREATING (so)', '12:02 state CREATED (so)', '12:02 outcome OTA Rollout Created'],
    ],
    [
      'has no event about a further attempt',
      { history: [change(1, 'CREATING', 'CREATING', 'CREATE_FAILED')] },
      undefined,
      [
        '12:01 remark earlier changes are not kept (the ledger keeps the last 1 changes of a rollout)',
        '12:01 state CREATING (CREATE_FAILED)',
      ],
    ],
    [
      'says that earlier changes are not kept, if the first one that is has another before it',
      { history: [change(3, 'CREATED', 'COMPLETED')] },
      undefined,
      [
        '12:03 remark earlier changes are not kept (the ledger keeps the last 1 changes of a rollout)',
        '12:03 state COMPLETED (so)',
        '12:03 outcome OTA Rollout Completed',
      ],
    ],
    [
      'has the evidence before the gate that it opened, and the change that came of it',
      { gate, opened, history: [change(0, undefined, 'WAITING'), change(5, 'WAITING', 'CLAIMED', 'the gate has opened')] },
      undefined,
      [
        '12:00 state WAITING (so)',
        '12:01 gate alpha meets its thresholds (alpha 7 of 10, 0 failed)',
        '12:02 gate approved (measured)',
        '12:04 gate alpha has soaked (alpha 7 of 10, 0 failed)',
        '12:05 gate gate opened (without allowedTimes)',
        '12:05 state CLAIMED (the gate has opened)',
        '12:05 outcome OTA Rollout Promoted',
      ],
    ],
    [
      'has what was seen of the channel before, and the approvals that count, while the gate is shut',
      {
        channel: 'stable',
        state: 'WAITING',
        gate,
        waits: { since: { SOAKING: now + minutes(3) }, told: ['SOAKING'], upstreams: { beta: { metAt: now + minutes(1), counts } } },
        history: [change(0, undefined, 'WAITING')],
      },
      { approvals: [anApproval({ at: now + minutes(2) }), anApproval({ channels: ['beta'] })] },
      [
        '12:00 state WAITING (so)',
        '12:01 gate beta meets its thresholds (beta 7 of 10, 0 failed)',
        '12:02 gate approved',
        '12:03 outcome OTA Rollout Waiting (SOAKING)',
      ],
    ],
    [
      'has the withdrawal with who and why before what it did',
      {
        withdrawnBy: aRecordedWithdrawal({ at: now + minutes(1), reasonCode: 'STALL', comment: 'it stalls', force: true }),
        history: [change(0, undefined, 'CLAIMED'), change(1, 'CLAIMED', 'WITHDRAWN')],
      },
      undefined,
      [
        '12:00 state CLAIMED (so)',
        '12:01 steering withdrawn with force (STALL: it stalls)',
        '12:01 state WITHDRAWN (so)',
        '12:01 outcome OTA Rollout Withdrawn',
      ],
    ],
    [
      'has a withdrawal that has not stopped it yet',
      claimed,
      { withdrawal: aRecordedWithdrawal({ at: now + minutes(1) }) },
      ['12:00 state CLAIMED (accepted)', '12:01 steering withdrawn'],
    ],
    [
      'has what superseded it when it began to give way',
      {
        supersededBy: { rolloutId: 'fw-b', version: '2.1.0', revision: 2 },
        history: [change(0, undefined, 'CLAIMED'), change(1, 'CREATED', 'SUPERSEDING'), change(2, 'SUPERSEDING', 'SUPERSEDED')],
      },
      undefined,
      [
        '12:00 state CLAIMED (so)',
        '12:01 steering superseded by 2.1.0 revision 2',
        '12:01 state SUPERSEDING (so)',
        '12:02 state SUPERSEDED (so)',
        '12:02 outcome OTA Rollout Superseded',
      ],
    ],
    [
      'has the last counts that were told',
      { ...claimed, state: 'CREATED', counts, countsChangedAt: now + minutes(9) },
      undefined,
      ['12:00 state CLAIMED (accepted)', '12:09 outcome OTA Rollout Progressed (3 queued, 7 succeeded)'],
    ],
    [
      'has counts that came with the end once',
      { counts, countsChangedAt: now + minutes(2), history: [change(0, undefined, 'CLAIMED'), change(2, 'CREATED', 'COMPLETED')] },
      undefined,
      ['12:00 state CLAIMED (so)', '12:02 state COMPLETED (so)', '12:02 outcome OTA Rollout Completed'],
    ],
    [
      'says that AWS refuses the create for now',
      { ...claimed, throttledSince: now + minutes(1) },
      undefined,
      ['12:00 state CLAIMED (accepted)', '12:01 remark AWS refuses the create for now (the service tries again)'],
    ],
  ])('%s', (_what, changes, beside, entries) => {
    expect(told(aRollout({ claimedAt: now, ...changes }), beside)).toEqual(entries);
  });

  it('marks the events that the bus has not taken yet', () => {
    const row = aRollout({ claimedAt: now, state: 'CREATED', attempt: 1, counts, countsChangedAt: now + minutes(2) });
    const outbox = [progressedOutcome(row, counts, now + minutes(2)), waitingOutcome(row, [{ reason: 'HELD', message: 'held' }], now)];
    expect(told({ ...row, history: [change(0, undefined, 'CLAIMED')], outbox })).toEqual([
      '12:00 state CLAIMED (so)',
      '12:00 outcome OTA Rollout Waiting (HELD) pending',
      '12:02 outcome OTA Rollout Progressed (3 queued, 7 succeeded) pending',
    ]);
  });

  it('marks the last of two events of one type only', () => {
    const history = [change(0, undefined, 'CLAIMED'), change(1, 'CREATING', 'FAILED'), change(2, 'CREATING', 'FAILED')];
    const row = aRollout({ claimedAt: now, history });
    const outbox = [{ detailType: 'OTA Rollout Failed', detail: { at: '2026-11-23T12:02:00.000Z' } }] as unknown as Rollout['outbox'];
    const marked = timelineOf({ ...row, outbox }).filter(({ kind }) => kind === 'outcome');
    expect(marked.map(({ isPending }) => isPending)).toEqual([undefined, true]);
  });
});
