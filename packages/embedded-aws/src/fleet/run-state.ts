import type { Clock } from '../services/service.ts';
import type { Fleet } from './fleet.ts';
import type { AbortBase, Job } from './job.ts';
import type { DevicePlan } from './plan.ts';
import type { Rate } from './rate.ts';
import type { Slots } from './slots.ts';
import type { Timeline } from './timeline.ts';

/** What AWS does not document and a run needs to know. */
export type RunSettings = {
  /** Things notified per minute if a rollout sets no rate. */
  readonly fallbackPerMinute: number;
  /** How long a cancellation takes. Until then the job's status does not show it. */
  readonly cancelMilliseconds: number;
  /** `reasonCode` of a job that its own abort criteria canceled. */
  readonly abortReasonCode: string;
  /** `comment` of such a job. */
  readonly abortComment: string;
  /**
   * What the minimum and the percentage of an abort criterion count. `ended`: executions that have ended (developer guide, "Job
   * configurations"). `notified`: things that were notified (API reference, AbortCriteria).
   */
  readonly abortBase: AbortBase;
  /** What becomes of a snapshot job whose targets have no devices. */
  readonly emptySnapshot: 'COMPLETED' | 'CANCELED' | 'IN_PROGRESS';
  /** Whether an execution that is retried is reported as FAILED or TIMED_OUT each time, or only after its last attempt. */
  readonly eventsOfRetried: 'each' | 'last';
};

export type RunWorld = {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly nameOf: (device: number) => string;
  /** The devices behind the job's targets now. */
  readonly members: () => Iterable<number>;
  /** The places of jobs that roll out at the same time. */
  readonly slots: Slots;
  readonly settings: RunSettings;
  /** Is called when the job has come to this point. */
  readonly report: (operation: 'completed' | 'canceled' | 'cancellation_in_progress') => void;
};

export type Cancellation = { readonly force: boolean; readonly reasonCode?: string | undefined; readonly comment?: string | undefined };

/** What happens in a run at a planned time: to the whole job (`index` -1), or to one execution at one attempt. */
export type Step = {
  readonly kind: 'OPEN' | 'CLOSE' | 'END' | 'ROLLOUT' | 'NOTIFY' | 'START' | 'FINISH' | 'TIMEOUT' | 'CANCEL';
  readonly index: number;
  readonly attempt: number;
};

/** Everything about one job under way. */
export type RunState = {
  readonly job: Job;
  readonly world: RunWorld;
  rate: Rate;
  readonly timeline: Timeline<Step>;
  /** The executions that were notified, but are offline or left to a real device. */
  readonly waiting: Set<number>;
  /** The executions whose turn has come while no maintenance window is open. */
  readonly held: Map<number, 'NOTIFY' | 'START'>;
  nextRolloutAt: number;
  rolloutStopped: boolean;
  cancellation: Cancellation | undefined;
};

/** Plans a step of the whole job, or of the execution `index` at its present attempt. */
export function plan({ timeline, job }: RunState, due: number, kind: Step['kind'], index = -1): void {
  timeline.add(due, { kind, index, attempt: index < 0 ? 0 : job.executions.attemptOf(index) });
}

/** Whether the job can still notify further things, now or in a later maintenance window. */
export function isLive({ job, rolloutStopped }: RunState): boolean {
  return (job.status === 'IN_PROGRESS' || job.status === 'SCHEDULED') && !job.cancelling && !rolloutStopped;
}

/** Whether the job notifies further things now. */
export function reachesOut(state: RunState): boolean {
  return state.job.status === 'IN_PROGRESS' && isLive(state);
}

/** Takes a place among the jobs that roll out, or waits for one. Returns whether it has one. */
export function takeSlot(state: RunState): boolean {
  const { job, world, timeline } = state;
  job.rollingOut = world.slots.take(job, () => {
    plan(state, world.clock.now(), 'ROLLOUT');
    timeline.arm();
  });
  return job.rollingOut;
}

/** Gives the place back: the job has notified all its initial devices, or notifies none now. */
export function releaseSlot({ job, world }: RunState): void {
  job.rollingOut = false;
  world.slots.release(job);
}

/** What the simulated device of an execution does at its present attempt. */
export function devicePlanOf({ job, world }: RunState, index: number): DevicePlan {
  const { executions, spec } = job;
  return world.fleet.plan(world.nameOf(executions.deviceOf(index)), spec.id, executions.attemptOf(index));
}
