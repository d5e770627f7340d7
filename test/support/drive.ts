import { type Holds, noHolds } from '../../domain/gate/holds.ts';
import { applyChange } from '../../domain/rollout/change.ts';
import type { Upstream } from '../../domain/rollout/gate-of.ts';
import { nextStep } from '../../domain/rollout/next-step.ts';
import type { JobState, Reply, Sighting } from '../../domain/rollout/observation.ts';
import { emptyHead, type Rollout } from '../../domain/rollout/rollout.ts';
import type { Step, View } from '../../domain/rollout/step.ts';
import { aHead, aRollout, minutes, now, ownEntry, rivalOf, someCounts } from '../../proof/support/a-rollout.ts';

export const stepKinds: ReadonlySet<Step['do']> = new Set([
  'putSiblings',
  'write',
  'writeHead',
  'readRival',
  'readUpstreams',
  'lookUpstream',
  'readHolds',
  'send',
  'look',
  'cancelAtAws',
  'publish',
  'wake',
  'rest',
  'done',
]);

const jobs: readonly JobState[] = ['live', 'ending', 'completed', 'canceled', 'gone'];

/** One sighting of every kind. */
export const sightings: readonly Sighting[] = [
  { kind: 'notFound' },
  { kind: 'foreign' },
  { kind: 'pending' },
  ...(['none', ...jobs] as const).map((job) => ({ kind: 'createFailed' as const, errorInfo: { code: 'ThrottlingException' }, job })),
  { kind: 'createFailed', errorInfo: { code: 'AccessDeniedException', message: 'no' }, job: 'none' },
  ...jobs.map((job) => ({ kind: 'exists' as const, job, aws: { jobId: 'j' } })),
  { kind: 'exists', job: 'live', aws: { jobId: 'j' }, untagged: true, drift: ['description'] },
  { kind: 'exists', job: 'canceled', aws: { jobId: 'j' }, canceledAt: now, forced: false },
  {
    kind: 'exists',
    job: 'live',
    aws: {},
    counts: { queued: 1, inProgress: 1, succeeded: 0, failed: 0, rejected: 0, timedOut: 0, removed: 0, canceled: 0 },
  },
];

const beta = (changes: Partial<Rollout>) => aRollout({ state: 'CREATED', attempt: 1, sequence: 1, aws: { jobId: 'j' }, ...changes });
const healthy = someCounts({ succeeded: 10 });
const completed = { at: now - minutes(90), to: 'COMPLETED', why: '', who: '' } as const;
const alone = (row: Rollout): Upstream => ({ row, head: aHead(ownEntry(row, { sequence: 1, created: true })), newer: [] });
const besides = (row: Rollout, changes: Partial<Rollout>): Upstream => {
  const newer = aRollout({ version: '3.0.0', ...changes });
  return { row, head: aHead(ownEntry(row, { sequence: 1, created: true }), rivalOf('3.0.0', { sequence: 2 })), newer: [newer] };
};

/** One channel before of every kind. */
export const upstreams: readonly Upstream[] = [
  { row: undefined, head: emptyHead, newer: [] },
  alone(beta({ releaseDigest: 'ff'.repeat(32) })),
  ...(['WAITING', 'CLAIMED', 'CREATING', 'FAILED', 'WITHDRAWING', 'WITHDRAWN', 'SUPERSEDING', 'SUPERSEDED'] as const).map((state) =>
    alone(beta({ state, counts: healthy })),
  ),
  alone(beta({})),
  alone(beta({ counts: someCounts({ queued: 5, succeeded: 5 }) })),
  alone(beta({ counts: healthy })),
  alone(beta({ counts: healthy, state: 'COMPLETED', history: [completed] })),
  alone(beta({ counts: someCounts({ failed: 9 }), state: 'COMPLETED', history: [completed] })),
  besides(beta({ counts: healthy }), {}),
  besides(beta({ counts: healthy }), { state: 'CREATED', aws: { jobId: 'k' } }),
  besides(beta({ counts: healthy }), { state: 'FAILED', aws: { jobId: 'k' } }),
  { ...alone(beta({ counts: healthy })), head: { ...aHead(ownEntry(beta({}), { sequence: 1 })), taken: 7 } },
];

const sender = { account: '000000000000', source: 'com.acme.board' };
/** The same channel before, under another name. */
export function onChannel(channel: string, { row, head, newer }: Upstream): Upstream {
  return { row: row && { ...row, channel }, head, newer: newer.map((one) => ({ ...one, channel })) };
}

/** No hold, a hold, one that has ended, one that is yet to begin, and one of another channel. */
export const holdings: readonly Holds[] = [
  noHolds,
  { held: [{ holdId: 'h', reason: 'holidays', by: sender, at: now }], ended: [] },
  { held: [{ holdId: 'h', reason: 'holidays', by: sender, at: now }], ended: [{ holdId: 'h', by: sender, at: now }] },
  { held: [{ holdId: 'h', reason: 'later', from: now + minutes(9), until: now + minutes(10), by: sender, at: now }], ended: [] },
  { held: [{ holdId: 'h', reason: 'elsewhere', channels: ['nowhere'], by: sender, at: now }], ended: [] },
];

/**
 * A world that always gives the same answers. `failing`: neither looks nor the bus work. `holds` are those that are there when the holds
 * are read again.
 */
export type World = {
  readonly reply: Reply;
  readonly sighting: Sighting;
  readonly rivalCounts: boolean;
  readonly upstream: Upstream;
  readonly holds: Holds;
  readonly failing: boolean;
};

/** Worlds with every sighting, and with replies, rivals, holds and channels before of each kind. */
export function* worlds(): Generator<World> {
  const replies: readonly Reply[] = [
    { kind: 'accepted', aws: {} },
    { kind: 'created', aws: { taskId: 't1' } },
    { kind: 'alreadyExists' },
    { kind: 'refused', retryable: true, code: 'ThrottlingException', message: '' },
    { kind: 'refused', retryable: false, code: 'UnauthorizedException', message: '' },
    { kind: 'unknown', message: '' },
  ];
  let count = 0;
  const nextOf = <T>(list: readonly T[]): T => list[count % list.length] as T;
  const beside = () => {
    count += 1;
    return { upstream: nextOf(upstreams), holds: nextOf(holdings) };
  };
  for (const [index, sighting] of sightings.entries()) {
    for (const reply of replies) yield { reply, sighting, rivalCounts: index % 2 === 0, failing: false, ...beside() };
    yield { reply: { kind: 'unknown', message: '' }, sighting, rivalCounts: true, failing: index % 3 === 0, ...beside() };
  }
  // Every channel before, each with a job that is live and one that is not.
  for (const upstream of upstreams) {
    for (const job of jobs) {
      const sighting: Sighting = { kind: 'exists', job, aws: {}, counts: healthy };
      yield { reply: { kind: 'accepted', aws: {} }, sighting, rivalCounts: false, failing: false, upstream, holds: noHolds };
    }
  }
}

/**
 * Carries out steps in a world that does not change, like the loop of the handlers without any race. `end` is undefined if
 * the rollout did not come to rest within `most` steps.
 */
export function drive(
  start: View,
  world: World,
  most = 30,
): { readonly end?: 'rest' | 'done'; readonly view: View; readonly trail: Step[] } {
  let view = start;
  const trail: Step[] = [];
  for (let count = 0; count < most; count += 1) {
    const step = nextStep(view);
    trail.push(step);
    if (step.do === 'rest' || step.do === 'done') return { end: step.do, view, trail };
    view = { ...view, ...after(step, view, world) };
  }
  return { view, trail };
}

function after(step: Step, view: View, world: World): Partial<View> {
  const { row, seen } = view;
  switch (step.do) {
    case 'putSiblings':
      return { seen: { ...seen, siblingsPut: true } };
    case 'write':
      return { row: applyChange(row, step.change, { why: step.why, who: 'a test', now: view.now, timing: view.timing }), seen: step.seen };
    case 'writeHead':
      return { head: { ...step.head, itemRevision: view.head.itemRevision + 1 }, seen: step.seen };
    case 'readRival':
      return { seen: { ...seen, rivals: { ...seen.rivals, [step.rolloutId]: world.rivalCounts } } };
    case 'readUpstreams':
      return {
        seen: { ...seen, upstreams: Object.fromEntries(step.channels.map((channel) => [channel, onChannel(channel, world.upstream)])) },
      };
    case 'lookUpstream':
      return { seen: { ...seen, looks: { ...seen.looks, [step.channel]: world.failing ? { kind: 'unread' } : world.sighting } } };
    case 'readHolds':
      return { holds: world.holds, seen: { ...seen, holdsReadAgain: true } };
    case 'send': {
      const { intent: _intent, holdsReadAgain: _read, ...rest } = seen;
      return { seen: { ...rest, reply: world.reply } };
    }
    case 'look':
      return { seen: world.failing ? { ...seen, resting: true } : { ...seen, sighting: world.sighting } };
    case 'cancelAtAws':
      return { seen: world.failing ? { ...seen, resting: true } : step.seen };
    case 'publish':
      return { seen: world.failing ? { ...seen, unpublished: true } : { ...seen, published: true } };
    case 'wake':
      return { seen: { ...seen, toWake: [] } };
    default:
      return {};
  }
}
