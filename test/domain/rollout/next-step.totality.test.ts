import { describe, expect, it } from 'vitest';
import type { Gate } from '../../../domain/gate/gate.ts';
import { holdsOn } from '../../../domain/gate/holds.ts';
import { operations } from '../../../domain/request/control-planes.ts';
import { nextStep } from '../../../domain/rollout/next-step.ts';
import { createdOutcome } from '../../../domain/rollout/outcome.ts';
import { isFinal, type Rollout } from '../../../domain/rollout/rollout.ts';
import { nothingSeen, type View } from '../../../domain/rollout/step.ts';
import {
  aHead,
  anApproval,
  aRecordedWithdrawal,
  aRollout,
  aRule,
  aWaiting,
  minutes,
  now,
  onMi,
  ownEntry,
  rivalOf,
  seconds,
  sentAgo,
} from '../../../proof/support/a-rollout.ts';
import { aView } from '../../../proof/support/a-view.ts';
import { drive, holdings, onChannel, sightings, stepKinds, upstreams, worlds } from '../../support/drive.ts';

const replies: readonly View['seen'][] = [
  nothingSeen,
  { ...nothingSeen, wrote: true, intent: true },
  { ...nothingSeen, wrote: true, reply: { kind: 'accepted', aws: {} } },
  { ...nothingSeen, wrote: true, reply: { kind: 'created', aws: { taskId: 't1' } } },
  { ...nothingSeen, wrote: true, reply: { kind: 'alreadyExists' } },
  { ...nothingSeen, wrote: true, reply: { kind: 'refused', retryable: true, code: 'X', message: '' } },
  { ...nothingSeen, wrote: true, reply: { kind: 'refused', retryable: false, code: 'X', message: '' } },
  { ...nothingSeen, wrote: true, reply: { kind: 'unknown', message: '' } },
];

const marks: readonly Partial<View['seen']>[] = [
  {},
  { stopSent: true },
  { justCreated: true },
  { resting: true },
  { published: true },
  { unpublished: true },
  { resting: true, wrote: true, unpublished: true },
];

const openings: readonly Partial<Rollout>[] = [
  { attempt: 1, unansweredCreates: { count: 0 } },
  { ...sentAgo(seconds(5)) },
  { ...sentAgo(minutes(60)) },
  {
    attempt: 3,
    unansweredCreates: {
      count: 2,
      firstSentAt: now - minutes(60),
      lastSentAt: now,
      beforeLast: { count: 1, firstSentAt: now - minutes(60), lastSentAt: now - minutes(60) },
    },
  },
];

const sibling = aRollout({ channel: 'stable' });
const newer = (entry: object) => rivalOf('3.0.0', { sequence: 5, ...entry });
const older = rivalOf('1.0.0', { sequence: 1, created: true });

/** All combinations of row, head and withdrawals, without what was seen. */
function* situations(): Generator<Omit<View, 'seen'>> {
  const states = [
    'CLAIMED',
    'CREATING',
    'CREATED',
    'SUPERSEDING',
    'WITHDRAWING',
    'COMPLETED',
    'SUPERSEDED',
    'WITHDRAWN',
    'FAILED',
  ] as const;
  for (const state of states) {
    for (const operation of operations) {
      for (const opening of state === 'CLAIMED' ? [{}] : openings) {
        for (const changes of [
          {},
          { outbox: [createdOutcome(sibling, false, now)], notAfter: now - 1 },
          // A job differs from an update only where neither of these two matters.
          ...(operation === 'CreateJob' ? [] : [{ whenSuperseded: 'keep' as const }]),
          ...(state === 'CLAIMED' ? [{ siblings: [sibling] }, { downgrade: true }] : []),
          ...(state === 'FAILED' ? [{ code: 'UNCERTAIN' as const }] : []),
        ]) {
          const supersededBy = { rolloutId: 'fw-x', version: '3.0.0', revision: 1 };
          const row = aRollout({
            state,
            operation,
            supersededBy,
            ...(state === 'FAILED' && { code: 'GONE' as const }),
            ...opening,
            ...changes,
          });
          const own = ownEntry(row, { sequence: 2 });
          const heads = [
            aHead(),
            aHead(own),
            aHead(own, older),
            aHead(own, newer({})),
            aHead(own, older, newer({ created: true })),
            aHead(newer({ done: true })),
          ];
          for (const head of heads) {
            for (const withdrawals of [[], [aRecordedWithdrawal()]]) yield aView(row, { head, withdrawals });
          }
        }
      }
    }
  }
}

const gates: readonly Gate[] = [
  {},
  { after: [aRule()] },
  { after: [aRule({ soakMinutes: 30 }), aRule({ channel: 'lab', soakMinutes: 60 })], approval: { required: 1, skip: ['after'] } },
];
const openedAgo = (milliseconds: number) => ({ opened: { at: now - milliseconds, after: [], approvals: [], skipped: [] } });
const waits = { since: { SOAKING: now - minutes(9) }, told: ['SOAKING'], upstreams: { beta: { metAt: now - minutes(60) } } } as const;

/** Rollouts that wait for a gate, and those that a hold or an old opening keeps back. */
function* steered(): Generator<Omit<View, 'seen'>> {
  for (const gate of gates) {
    for (const row of [
      aWaiting(gate, { waits }),
      aWaiting(gate, { siblings: [sibling], notAfter: now - 1 }),
      aWaiting(gate, { outbox: [createdOutcome(sibling, false, now)], waits }),
      ...[openedAgo(0), openedAgo(minutes(11))].flatMap((opened) => [
        aWaiting(gate, { state: 'CLAIMED', ...opened }),
        aWaiting(gate, { state: 'CLAIMED', ...opened, waits }),
        ...openings.map((opening) => aWaiting(gate, { state: 'CREATING', ...opening, ...opened })),
        aWaiting(gate, { state: 'CREATING', ...onMi, ...sentAgo(seconds(5)), ...opened }),
      ]),
    ]) {
      const own = row.state === 'WAITING' ? [] : [ownEntry(row, { sequence: 2 })];
      for (const head of [aHead(...own), aHead(...own, older), aHead(...own, newer({ created: true }))]) {
        for (const holds of holdings) {
          for (const approvals of [[], [anApproval()], [anApproval({ skip: ['after'] })]]) {
            for (const withdrawals of [[], [aRecordedWithdrawal()]]) yield aView(row, { head, withdrawals, approvals, holds });
          }
        }
      }
    }
  }
}

/** Everything that a loop can have seen. */
const seens: readonly View['seen'][] = [
  ...replies.flatMap((reply) => marks.map((mark) => ({ ...reply, ...mark }))),
  ...sightings.flatMap((sighting) =>
    [nothingSeen, { ...nothingSeen, reply: { kind: 'alreadyExists' as const } }].flatMap((seen) =>
      [{}, { stopSent: true as const }, { wrote: true as const, published: true as const }].map((mark) => ({ ...seen, ...mark, sighting })),
    ),
  ),
];

function* views(): Generator<View> {
  const rival = newer({}).rolloutId;
  for (const situation of situations()) {
    const siblings = situation.row.siblings.length > 0 ? { siblingsPut: true as const } : {};
    const known = situation.head.entries[rival] ? [{}, { [rival]: true }, { [rival]: false }] : [{}];
    for (const rivals of known) for (const seen of seens) yield { ...situation, seen: { ...seen, ...siblings, rivals } };
  }
  for (const situation of situations()) {
    if (situation.row.operation !== 'CreateJob' || situation.withdrawals.length > 0) continue;
    for (const seen of seens) yield { ...situation, seen: { ...seen, siblingsPut: true }, afterJobEvent: true };
  }
  const unread: View['seen'] = { ...nothingSeen, wrote: true };
  const intended: View['seen'] = { ...unread, intent: true, holdsReadAgain: true };
  const read: readonly View['seen'][] = upstreams.flatMap((beta) =>
    [undefined, { kind: 'unread' as const }, ...sightings.slice(-3)].map((look) => ({
      ...unread,
      upstreams: { beta, lab: onChannel('lab', beta) },
      ...(look && { looks: { beta: look } }),
    })),
  );
  for (const situation of steered()) {
    for (const seen of situation.row.state === 'CREATING' ? [unread, intended, ...read] : [unread, ...read]) {
      yield { ...situation, seen: { ...seen, siblingsPut: true, rivals: { [rival]: false } } };
    }
  }
}

const isHeld = ({ row, holds }: View) => holdsOn(row.channel, holds, now).length > 0;

describe('every state with every observation', () => {
  it('has a step of a known kind: only an intent leads to a create, never under a hold, and only an end removes `due`', () => {
    const wrong: unknown[] = [];
    let count = 0;
    for (const view of views()) {
      count += 1;
      const step = nextStep(view);
      const isWrong =
        !stepKinds.has(step.do) ||
        (step.do === 'send' && !(view.row.state === 'CREATING' && view.seen.intent && view.seen.holdsReadAgain && !isHeld(view))) ||
        (step.do === 'write' && step.seen.intent && (isHeld(view) || view.row.state === 'WAITING')) ||
        (step.do === 'writeHead' && view.row.state === 'WAITING') ||
        (step.do === 'write' && step.change.dueAt === null && !isFinal(view.row.state));
      if (isWrong) wrong.push({ view, step });
    }
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(count).toBeGreaterThan(100_000);
  }, 60_000);

  it('comes to rest or ends within 30 steps, with any answers of AWS', () => {
    const endless: unknown[] = [];
    let runs = 0;
    const all = [...worlds()];
    // A third of the worlds for each situation, another third for its neighbours. Of those that gates change, a ninth: they are many.
    const shared = [...[...situations()].map((one) => ({ one, share: 3 })), ...[...steered()].map((one) => ({ one, share: 9 }))];
    for (const [index, { one: situation, share }] of shared.entries()) {
      for (const world of all.filter((_, place) => place % share === index % share)) {
        runs += 1;
        const { end, trail } = drive({ ...situation, seen: nothingSeen, afterJobEvent: runs % 4 === 0 }, world);
        if (end === undefined) endless.push({ state: situation.row.state, world, trail });
      }
    }
    expect(endless.slice(0, 3)).toEqual([]);
    expect(runs).toBeGreaterThan(10_000);
  }, 60_000);
});
