import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Approval } from '../../../domain/gate/approvals.ts';
import type { Gate } from '../../../domain/gate/gate.ts';
import { holdsOn, noHolds } from '../../../domain/gate/holds.ts';
import { applyChange } from '../../../domain/rollout/change.ts';
import { nextStep } from '../../../domain/rollout/next-step.ts';
import type { UpstreamLook } from '../../../domain/rollout/observation.ts';
import { createdOutcome } from '../../../domain/rollout/outcome.ts';
import { holdsItsChannel, isFinal, type Rollout, type State, type Waits } from '../../../domain/rollout/rollout.ts';
import type { Seen, Step, View } from '../../../domain/rollout/step.ts';
import {
  aHead,
  anApproval,
  aRecordedWithdrawal,
  aRollout,
  aRule,
  minutes,
  now,
  ownEntry,
  rivalOf,
  timing,
} from '../../../proof/support/a-rollout.ts';
import { drive, holdings, sightings, upstreams, worlds } from '../../support/drive.ts';

const states: readonly State[] = [
  'WAITING',
  'WAITING',
  'CLAIMED',
  'CREATING',
  'CREATED',
  'SUPERSEDING',
  'WITHDRAWING',
  'COMPLETED',
  'SUPERSEDED',
  'WITHDRAWN',
  'FAILED',
];
const sibling = aRollout({ channel: 'stable' });

/** Rows that the loop can write: `unansweredCreates.count` fits its times, and no create was sent before CREATING. */
const rows: fc.Arbitrary<Rollout> = fc
  .record({
    state: fc.constantFrom(...states),
    operation: fc.constantFrom('CreateOTAUpdate' as const, 'CreateOtaTask' as const),
    whenSuperseded: fc.constantFrom('keep' as const, 'cancel' as const),
    count: fc.integer({ min: 0, max: 3 }),
    ago: fc.integer({ min: 0, max: minutes(60) }),
    attempt: fc.integer({ min: 1, max: 3 }),
    restsWithoutNews: fc.integer({ min: 0, max: 30 }),
    code: fc.constantFrom('UNCERTAIN' as const, 'GONE' as const),
    isFull: fc.boolean(),
    isCarrier: fc.boolean(),
    downgrade: fc.boolean(),
    gate: fc.constantFrom<Gate | undefined>(
      undefined,
      {},
      { after: [aRule()] },
      { after: [aRule({ soakMinutes: 30 })], approval: { required: 1, skip: ['after', 'soakMinutes'] } },
      { after: [aRule(), aRule({ channel: 'lab' })], approval: { required: 2, skip: [] } },
    ),
    openedAgo: fc.constantFrom(0, minutes(9), minutes(11)),
    waits: fc.constantFrom<Waits | undefined>(
      undefined,
      { since: { HELD: now - 9 }, told: ['HELD'], upstreams: {} },
      { since: { SOAKING: 1 }, told: ['SOAKING'], upstreams: { beta: { metAt: now - minutes(60) } } },
      { since: { APPROVAL: 1 }, told: ['APPROVAL'], upstreams: { beta: { metAt: now - minutes(60), soakedAt: now - minutes(9) } } },
    ),
    notAfter: fc.option(fc.integer({ min: now - minutes(9), max: now + minutes(9) }), { nil: undefined }),
  })
  .map(({ count, ago, code, isFull, isCarrier, notAfter, attempt, state, gate, openedAgo, waits, ...rest }) => {
    const isUnsent = state === 'WAITING' || state === 'CLAIMED';
    const mayWait = isUnsent || state === 'CREATING';
    const sent = {
      unansweredCreates: {
        count,
        firstSentAt: now - ago - count,
        lastSentAt: now - ago,
        beforeLast: { count: count - 1, ...(count > 1 && { firstSentAt: now - ago - count, lastSentAt: now - ago - 1 }) },
      },
    };
    return aRollout({
      ...rest,
      state,
      supersededBy: { rolloutId: 'fw-x', version: '3.0.0', revision: 1 },
      ...(!isUnsent && { attempt, ...(count > 0 && sent) }),
      ...(gate && { gate }),
      ...(gate && !(state === 'WAITING') && { opened: { at: now - openedAgo, after: [], approvals: [], skipped: [] } }),
      ...(waits && mayWait && { waits }),
      ...(state === 'FAILED' && { code }),
      ...(isFull && { outbox: [createdOutcome(sibling, false, now)] }),
      ...(isCarrier && isUnsent && { siblings: [sibling] }),
      ...(notAfter !== undefined && { notAfter }),
    });
  });

const entry = fc.record({
  sequence: fc.integer({ min: 1, max: 9 }),
  kind: fc.constantFrom({}, { created: true as const }, { done: true as const }),
});
const seens: fc.Arbitrary<Partial<Seen>> = fc.record(
  {
    intent: fc.constant(true as const),
    reply: fc.constantFrom(...[...worlds()].slice(0, 6).map((world) => world.reply)),
    sighting: fc.constantFrom(...sightings),
    stopSent: fc.constant(true as const),
    justCreated: fc.constant(true as const),
    published: fc.constant(true as const),
    unpublished: fc.constant(true as const),
    wrote: fc.constant(true as const),
    resting: fc.constant(true as const),
    siblingsPut: fc.constant(true as const),
    holdsReadAgain: fc.constant(true as const),
    upstreams: fc.record({ beta: fc.constantFrom(...upstreams), lab: fc.constantFrom(...upstreams) }),
    looks: fc.record({ beta: fc.constantFrom<UpstreamLook>(...sightings, { kind: 'unread' }) }),
  },
  { requiredKeys: [] },
);

const views: fc.Arbitrary<View> = fc
  .record({
    row: rows,
    own: fc.option(entry, { nil: undefined }),
    rivals: fc.array(
      fc.tuple(fc.constantFrom('0.9.0', '1.0.0', '2.0.0+b', '3.0.0', '4.0.0'), entry, fc.constantFrom(true, false, undefined)),
      { maxLength: 3 },
    ),
    approvals: fc.constantFrom<readonly Approval[]>(
      [],
      [anApproval({ channels: ['beta'] })],
      [anApproval({ channels: ['beta'], skip: ['after'] })],
    ),
    holdings: fc.constantFrom(noHolds, noHolds, ...holdings),
    withdrawals: fc.constantFrom([], [], [aRecordedWithdrawal()], [aRecordedWithdrawal({ revision: 7 })]),
    seen: seens,
  })
  .map(({ row, own, rivals, withdrawals, approvals, holdings, seen }) => {
    const others = rivals.map(([version, { sequence, kind }]) => rivalOf(version, { sequence: sequence * 2, ...kind }));
    const read = rivals.flatMap(([version, , counts]) =>
      counts === undefined ? [] : [[rivalOf(version, { sequence: 1 }).rolloutId, counts] as const],
    );
    const head = aHead(
      ...others,
      ...(own && row.state !== 'WAITING' ? [ownEntry(row, { sequence: own.sequence * 2 - 1, ...own.kind })] : []),
    );
    return { row, head, withdrawals, approvals, holds: holdings, seen: { ...seen, rivals: Object.fromEntries(read) }, now, timing };
  });

/** Checks that the property holds for the next step of any view. */
function holds(property: (step: Step, view: View) => unknown): void {
  fc.assert(
    fc.property(views, (view) => {
      property(nextStep(view), view);
    }),
    { numRuns: 1_500 },
  );
}

const intends = (step: Step) =>
  step.do === 'write' && step.seen.intent === true && typeof step.change.unansweredCreates?.lastSentAt === 'number';
const isHeld = ({ row, holds: all }: View) => holdsOn(row.channel, all, now).length > 0;
const isSettled = ({ row }: View) => row.unansweredCreates.lastSentAt === undefined || now > row.unansweredCreates.lastSentAt + minutes(20);
const outcomesLost = (step: Extract<Step, { do: 'write' }>, { row }: View) =>
  row.outbox.filter((event) => !(step.change.outbox ?? row.outbox).includes(event));

describe('the next step of any view', () => {
  it('is the same for the same view', () => {
    holds((step, view) => expect(nextStep(structuredClone(view))).toEqual(step));
  });

  it('does not change the view', () => {
    holds((_, view) => {
      const before = structuredClone(view);
      nextStep(view);
      expect(view).toEqual(before);
    });
  });

  it('sends a create only in CREATING, and only after an intent of this loop and another look at the holds', () => {
    holds((step, view) => {
      const { row, seen } = view;
      if (step.do === 'send') expect([row.state, seen.intent, seen.holdsReadAgain, isHeld(view)]).toEqual(['CREATING', true, true, false]);
    });
  });

  it('writes no intent under a hold, nor for a rollout whose gate has not opened', () => {
    holds((step, view) => {
      if (intends(step)) expect([isHeld(view), view.row.gate !== undefined && view.row.opened === undefined]).toEqual([false, false]);
    });
  });

  it('forgets the intent of this loop with every write but the intent itself, so that nothing is sent for an intent that was undone', () => {
    holds((step, { row, seen }) => {
      // The loop goes on from an intent until it has sent or undone it: it never rests before.
      if (step.do === 'write' && row.state === 'CREATING' && !seen.resting && !intends(step)) expect(step.seen.intent).toBeUndefined();
    });
  });

  it('keeps a WAITING rollout out of the order of its channel', () => {
    holds((step, { row }) => {
      if (row.state === 'WAITING') expect(['writeHead', 'send', 'look', 'cancelAtAws']).not.toContain(step.do);
    });
  });

  it('opens a gate once, with the outcome, and never leads back to WAITING', () => {
    holds((step, { row }) => {
      if (step.do !== 'write') return;
      if (step.change.opened) {
        expect([row.state, step.change.state, row.opened]).toEqual(['WAITING', 'CLAIMED', undefined]);
        expect(step.change.outbox?.at(-1)?.detailType).toBe('OTA Rollout Promoted');
      }
      if (step.change.state === 'WAITING') expect(row.state).toBe('WAITING');
    });
  });

  it('never lowers `taken` in the head', () => {
    holds((step, { head }) => {
      if (step.do === 'writeHead') expect(step.head.taken).toBeGreaterThanOrEqual(head.taken);
    });
  });

  it('reports each set of reasons that it writes for the first time', () => {
    holds((step, { row }) => {
      if (step.do !== 'write' || !step.change.waits || row.waits) return;
      expect(step.change.outbox?.at(-1)?.detailType).toBe('OTA Rollout Waiting');
      expect([...step.change.waits.told]).toEqual(Object.keys(step.change.waits.since).sort());
    });
  });

  it('writes no intent for a release that is withdrawn or expired', () => {
    holds((step, view) => {
      if (!intends(step)) return;
      expect(view.withdrawals.some((one) => one.revision === undefined)).toBe(false);
      expect(view.row.notAfter ?? now).toBeGreaterThanOrEqual(now);
    });
  });

  it('writes no intent at managed integrations while a create is unanswered', () => {
    holds((step, { row }) => {
      if (intends(step) && row.operation === 'CreateOtaTask') expect(row.unansweredCreates.count).toBe(0);
    });
  });

  it('is UNCERTAIN only at managed integrations, and only after the wait', () => {
    holds((step, view) => {
      if (step.do !== 'write' || step.change.code !== 'UNCERTAIN') return;
      expect(view.row.operation).toBe('CreateOtaTask');
      expect(isSettled(view)).toBe(true);
    });
  });

  it('trusts "not found" only if no create can still take effect', () => {
    holds((step, view) => {
      const ends = step.do === 'write' && step.change.state && isFinal(step.change.state);
      if (ends && view.seen.sighting?.kind === 'notFound' && view.row.state !== 'CLAIMED' && !view.seen.reply && !isFinal(view.row.state)) {
        expect(isSettled(view)).toBe(true);
      }
    });
  });

  it('leaves a final state only for a withdrawal', () => {
    holds((step, { row, withdrawals }) => {
      if (!isFinal(row.state) || step.do !== 'write' || !step.change.state || step.change.state === row.state) return;
      expect(withdrawals).not.toEqual([]);
      const from = row.state === 'FAILED' ? `FAILED(${row.code})` : row.state;
      expect(['COMPLETED to WITHDRAWN', 'SUPERSEDED to WITHDRAWN', 'FAILED(UNCERTAIN) to WITHDRAWING']).toContain(
        `${from} to ${step.change.state}`,
      );
    });
  });

  it('removes `due` only if the state is final, the head is up to date and the outbox is published', () => {
    holds((step, { row, head, seen }) => {
      if (step.do !== 'write' || step.change.dueAt !== null) return;
      const own = head.entries[row.rolloutId];
      expect(isFinal(row.state)).toBe(true);
      expect(own === undefined || (own.done && ['COMPLETED', 'SUPERSEDED'].includes(row.state))).toBe(true);
      expect(row.outbox.length === 0 || seen.published).toBe(true);
      expect(step.change.outbox).toEqual([]);
    });
  });

  it('removes only published outcomes from the outbox', () => {
    holds((step, view) => {
      if (step.do === 'write' && outcomesLost(step, view).length > 0) expect(view.seen.published).toBe(true);
    });
  });

  it('gives way only to a rollout whose row was read and which holds the channel', () => {
    holds((step, { seen, row }) => {
      if (step.do !== 'write' || !step.change.supersededBy || row.state === 'SUPERSEDING') return;
      const { rolloutId } = step.change.supersededBy;
      // A waiting rollout also gives way to one that took the channel before. The row of that one was read with the channel.
      const before = row.state === 'WAITING' ? Object.values(seen.upstreams ?? {}).flatMap(({ newer }) => newer) : [];
      // A drawn view may have it as a rival, too, read at another time.
      const isOvertaking = before.some((one) => one.rolloutId === rolloutId && holdsItsChannel(one.state));
      expect(isOvertaking || seen.rivals[rolloutId]).toBe(true);
    });
  });

  it('gives its own entry in the head one number and never changes that', () => {
    holds((step, { head, row }) => {
      if (step.do !== 'writeHead') return;
      const [was, is] = [head.entries[row.rolloutId], step.head.entries[row.rolloutId]];
      if (was && is) expect(is.sequence).toBe(was.sequence);
      if (!was) expect(is?.sequence).toBe(head.lastSequence + 1);
      expect(step.head.itemRevision).toBe(head.itemRevision);
    });
  });

  it('adds an outcome for every end, and keeps the outcomes that are not published yet', () => {
    holds((step, view) => {
      if (step.do !== 'write' || !step.change.state || step.change.state === view.row.state) return;
      if (isFinal(step.change.state)) expect((step.change.outbox ?? []).length).toBeGreaterThan(view.row.outbox.length);
      expect(outcomesLost(step, view)).toEqual([]);
    });
  });

  it('writes the next revision and follow-up number, and stays due unless nothing is left', () => {
    holds((step, { row }) => {
      if (step.do !== 'write') return;
      const after = applyChange(row, step.change, { why: step.why, who: 'a test', now, timing });
      expect([after.itemRevision, after.followUpNumber, after.dueAt === undefined]).toEqual([
        row.itemRevision + 1,
        row.followUpNumber + 1,
        step.change.dueAt === null,
      ]);
    });
  });

  it('brings every rollout to rest within 30 steps, either due or finished, with nothing left to publish unless the bus refuses it', () => {
    fc.assert(
      fc.property(views, fc.constantFrom(...worlds()), (view, world) => {
        const { end, view: last } = drive({ ...view, seen: { rivals: {} } }, world);
        expect(end).toBeDefined();
        if (!world.failing) expect(last.row.outbox).toEqual([]);
        if (last.row.dueAt === undefined) expect([isFinal(last.row.state), last.row.outbox]).toEqual([true, []]);
      }),
      { numRuns: 2_000 },
    );
  });
});
