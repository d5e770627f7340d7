import { describe, expect, it } from 'vitest';
import { nextStep } from '../../../domain/rollout/next-step.ts';
import { createdOutcome } from '../../../domain/rollout/outcome.ts';
import { isFinal, type Rollout } from '../../../domain/rollout/rollout.ts';
import { nothingSeen, type View } from '../../../domain/rollout/step.ts';
import {
  aHead,
  aRecordedWithdrawal,
  aRollout,
  minutes,
  now,
  ownEntry,
  rivalOf,
  seconds,
  sentAgo,
} from '../../../proof/support/a-rollout.ts';
import { aView } from '../../../proof/support/a-view.ts';
import { drive, sightings, stepKinds, worlds } from '../../support/drive.ts';

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
    for (const operation of ['CreateOTAUpdate', 'CreateOtaTask'] as const) {
      for (const opening of state === 'CLAIMED' ? [{}] : openings) {
        for (const changes of [
          {},
          { outbox: [createdOutcome(sibling, false, now)], notAfter: now - 1 },
          { whenSuperseded: 'keep' as const },
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
}

describe('every state with every observation', () => {
  it('has a step of a known kind: only an intent leads to a create, and only an end removes `due`', () => {
    const wrong: unknown[] = [];
    let count = 0;
    for (const view of views()) {
      count += 1;
      const step = nextStep(view);
      const isWrong =
        !stepKinds.has(step.do) ||
        (step.do === 'send' && !(view.row.state === 'CREATING' && view.seen.intent)) ||
        (step.do === 'write' && step.change.dueAt === null && !isFinal(view.row.state));
      if (isWrong) wrong.push({ view, step });
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(100_000);
  }, 60_000);

  it('comes to rest or ends within 30 steps, with any answers of AWS', () => {
    const endless: unknown[] = [];
    let runs = 0;
    const all = [...worlds()];
    for (const [index, situation] of [...situations()].entries()) {
      // A third of the worlds for each situation, another third for its neighbours.
      for (const world of all.filter((_, place) => place % 3 === index % 3)) {
        runs += 1;
        const { end, trail } = drive({ ...situation, seen: nothingSeen }, world);
        if (end === undefined) endless.push({ state: situation.row.state, world, trail });
      }
    }
    expect(endless.slice(0, 3)).toEqual([]);
    expect(runs).toBeGreaterThan(10_000);
  }, 60_000);
});
