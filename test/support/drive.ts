import { applyChange } from '../../domain/rollout/change.ts';
import { nextStep } from '../../domain/rollout/next-step.ts';
import type { JobState, Reply, Sighting } from '../../domain/rollout/observation.ts';
import type { Step, View } from '../../domain/rollout/step.ts';

export const stepKinds: ReadonlySet<Step['do']> = new Set([
  'putSiblings',
  'write',
  'writeHead',
  'readRival',
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
  {
    kind: 'exists',
    job: 'live',
    aws: {},
    counts: { queued: 1, inProgress: 1, succeeded: 0, failed: 0, rejected: 0, timedOut: 0, removed: 0, canceled: 0 },
  },
];

/** A world that always gives the same answers. `failing`: neither looks nor the bus work. */
export type World = { readonly reply: Reply; readonly sighting: Sighting; readonly rivalCounts: boolean; readonly failing: boolean };

/** Worlds with every sighting, and with replies and rivals of each kind. */
export function* worlds(): Generator<World> {
  const replies: readonly Reply[] = [
    { kind: 'accepted', aws: {} },
    { kind: 'created', aws: { taskId: 't1' } },
    { kind: 'alreadyExists' },
    { kind: 'refused', retryable: true, code: 'ThrottlingException', message: '' },
    { kind: 'refused', retryable: false, code: 'UnauthorizedException', message: '' },
    { kind: 'unknown', message: '' },
  ];
  for (const [index, sighting] of sightings.entries()) {
    for (const reply of replies) yield { reply, sighting, rivalCounts: index % 2 === 0, failing: false };
    yield { reply: { kind: 'unknown', message: '' }, sighting, rivalCounts: true, failing: index % 3 === 0 };
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
    case 'send': {
      const { intent: _intent, ...rest } = seen;
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
