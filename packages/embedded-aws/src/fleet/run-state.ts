import type { Clock } from '../services/service.ts';
import type { Fleet } from './fleet.ts';
import type { Job } from './job.ts';
import type { DevicePlan } from './plan.ts';
import type { Rate } from './rate.ts';
import type { Timeline } from './timeline.ts';

/** What AWS does not document and a run needs to know. */
export type RunSettings = {
  /** Things notified per minute if a rollout sets no rate. */
  readonly fallbackPerMinute: number;
  /** How long a cancellation takes. Until then the job's status does not show it. */
  readonly cancelMilliseconds: number;
  /** `reasonCode` of a job that its own abort criteria cancelled. */
  readonly abortReasonCode: string;
};

export type RunWorld = {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly nameOf: (device: number) => string;
  /** The devices behind the job's targets now. */
  readonly members: () => Iterable<number>;
  readonly settings: RunSettings;
  /** Is called when the job has come to this point. */
  readonly report: (operation: 'completed' | 'canceled' | 'cancellation_in_progress') => void;
};

export type Cancellation = { readonly force: boolean; readonly reasonCode?: string | undefined; readonly comment?: string | undefined };

/** What happens in a run at a planned time: to the whole job (`index` -1), or to one execution at one attempt. */
export type Step = {
  readonly kind: 'BEGIN' | 'END' | 'ROLLOUT' | 'NOTIFY' | 'START' | 'FINISH' | 'TIMEOUT' | 'CANCEL';
  readonly index: number;
  readonly attempt: number;
};

/** Everything about one job under way. */
export type RunState = {
  readonly job: Job;
  readonly world: RunWorld;
  readonly rate: Rate;
  readonly timeline: Timeline<Step>;
  /** The executions that were notified, but are offline or left to a real device. */
  readonly waiting: Set<number>;
  nextRolloutAt: number;
  rolloutStopped: boolean;
  cancellation: Cancellation | undefined;
};

/** Plans a step of the whole job, or of the execution `index` at its present attempt. */
export function plan({ timeline, job }: RunState, due: number, kind: Step['kind'], index = -1): void {
  timeline.add(due, { kind, index, attempt: index < 0 ? 0 : job.executions.attemptOf(index) });
}

/** When the maintenance window around `at`, or the next one, opens; `at` itself without windows. */
export function opening({ job }: RunState, at: number): number {
  return Math.max(at, job.spec.schedule?.nextOpening?.(at) ?? at);
}

/** Whether the job still notifies further things. */
export function reachesOut({ job, rolloutStopped }: RunState): boolean {
  return job.status === 'IN_PROGRESS' && !job.cancelling && !rolloutStopped;
}

/** What the simulated device of an execution does at its present attempt. */
export function devicePlanOf({ job, world }: RunState, index: number): DevicePlan {
  const { executions, spec } = job;
  return world.fleet.plan(world.nameOf(executions.deviceOf(index)), spec.id, executions.attemptOf(index));
}
