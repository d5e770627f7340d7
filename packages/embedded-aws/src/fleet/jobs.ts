import type { Clock } from '../services/service.ts';
import { createExecutions, type ExecutionStatus } from './executions.ts';
import type { Fleet } from './fleet.ts';
import { isOver, type Job, type JobSpec } from './job.ts';
import { createRun, type Run } from './run.ts';
import type { RunSettings } from './run-state.ts';
import { createSlots } from './slots.ts';

export type JobsSettings = RunSettings & {
  /** How long a job stays DELETION_IN_PROGRESS. */
  readonly deletionMilliseconds: number;
  /** How many jobs roll out at the same time. The documented quota is 500. Others wait, and scheduled ones are canceled. */
  readonly concurrentMax: number;
  /** What becomes of the execution of a thing that leaves the group of a snapshot job. */
  readonly leavingSnapshot: 'kept' | 'removed';
};

/** A job that is over is kept for 730 days (General Reference, Device Management quotas). */
const RETENTION_MILLISECONDS = 730 * 24 * 60 * 60_000;

/** What is assumed where AWS documents nothing. */
export const defaultJobsSettings: JobsSettings = {
  fallbackPerMinute: 1_000,
  cancelMilliseconds: 0,
  abortReasonCode: 'ABORT_CRITERIA_MET',
  abortComment: 'Abort criteria of the job were met',
  abortBase: 'ended',
  emptySnapshot: 'COMPLETED',
  eventsOfRetried: 'each',
  concurrentMax: 500,
  leavingSnapshot: 'kept',
  deletionMilliseconds: 500,
};

/** A change of a job or of one of its executions, in the terms of AWS IoT's job events. */
export type JobEvent =
  | { readonly job: Job; readonly operation: 'completed' | 'canceled' | 'cancellation_in_progress' | 'deletion_in_progress' | 'deleted' }
  | { readonly job: Job; readonly index: number; readonly status: ExecutionStatus };

/** All jobs of one service. */
export type Jobs = {
  /** Starts a job; its id must be free. */
  create(spec: JobSpec): Job;
  run(id: string): Run | undefined;
  get(id: string): Job | undefined;
  /** Oldest first. */
  all(): Iterable<Job>;
  runs(): Iterable<Run>;
  /** Makes the job DELETION_IN_PROGRESS and deletes it later. `gone` is called then. */
  remove(id: string, gone?: () => void): void;
  deleting(): number;
  /** A device has joined `target`. */
  join(target: string, device: number): void;
  /** Whether as many jobs as `most` are neither over nor being deleted. */
  isFull(most: number): boolean;
  /** A device has left `target`. It stays in a job that has another target with it. */
  leave(target: string, device: number): void;
};

export type JobsWorld = {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly nameOf: (device: number) => string;
  /** The devices behind a target, each once. */
  readonly membersOf: (target: string) => Iterable<number>;
  readonly settings?: Partial<JobsSettings> | undefined;
  readonly onEvent?: ((event: JobEvent) => void) | undefined;
};

/** No jobs yet. */
export function createJobs(world: JobsWorld): Jobs {
  const settings: JobsSettings = { ...defaultJobsSettings, ...world.settings };
  const runs = new Map<string, Run>();
  let sequence = 0;
  let deleting = 0;
  const slots = createSlots(settings.concurrentMax);
  const report = world.onEvent ?? (() => undefined);

  const membersOf = (targets: readonly string[]): Iterable<number> => {
    const [only] = targets;
    if (targets.length === 1 && only !== undefined) return world.membersOf(only);
    return new Set(targets.flatMap((target) => [...world.membersOf(target)]));
  };
  const activeAt = function* (target: string): Generator<Run> {
    for (const run of runs.values()) {
      if (!isOver(run.job) && run.job.spec.targets.includes(target)) yield run;
    }
  };

  /** The run of a job, unless its retention is over. */
  const kept = (id: string): Run | undefined => {
    const run = runs.get(id);
    if (run?.job.completedAt === undefined || world.clock.now() < run.job.completedAt + RETENTION_MILLISECONDS) return run;
    runs.delete(id);
    return undefined;
  };
  const keptRuns = function* (): Generator<Run> {
    for (const id of runs.keys()) {
      const run = kept(id);
      if (run !== undefined) yield run;
    }
  };

  world.fleet.onChange(() => {
    for (const run of runs.values()) run.reconsider();
  });

  return {
    create(spec) {
      const now = world.clock.now();
      const job: Job = newJob(spec, sequence++, now, (index, status) => report({ job, index, status }));
      const run = createRun(job, {
        clock: world.clock,
        fleet: world.fleet,
        nameOf: world.nameOf,
        members: () => membersOf(spec.targets),
        slots,
        settings,
        report: (operation) => report({ job, operation }),
      });
      runs.set(spec.id, run);
      run.begin();
      return run.job;
    },
    run: kept,
    get: (id) => kept(id)?.job,
    *all() {
      for (const run of keptRuns()) yield run.job;
    },
    runs: keptRuns,
    isFull(most) {
      if (runs.size < most) return false;
      let count = 0;
      for (const { job } of runs.values()) if (!isOver(job) && job.status !== 'DELETION_IN_PROGRESS') count++;
      return count >= most;
    },
    remove(id, gone) {
      const run = runs.get(id);
      if (run === undefined || run.job.status === 'DELETION_IN_PROGRESS') return;
      run.stop();
      run.job.status = 'DELETION_IN_PROGRESS';
      run.job.lastUpdatedAt = world.clock.now();
      deleting++;
      report({ job: run.job, operation: 'deletion_in_progress' });
      world.clock.after(settings.deletionMilliseconds, () => {
        deleting--;
        if (runs.get(id) === run) runs.delete(id);
        report({ job: run.job, operation: 'deleted' });
        gone?.();
      });
    },
    deleting: () => deleting,
    join(target, device) {
      for (const run of activeAt(target)) run.join(device);
    },
    leave(target, device) {
      for (const run of activeAt(target)) {
        if (!run.job.spec.continuous && settings.leavingSnapshot === 'kept') continue;
        if (run.job.spec.targets.some((other) => includes(world.membersOf(other), device))) continue;
        run.leave(device);
      }
    },
  };
}

function newJob(spec: JobSpec, sequence: number, now: number, onMove: (index: number, status: ExecutionStatus) => void): Job {
  return {
    spec,
    sequence,
    createdAt: now,
    executions: createExecutions(8, onMove),
    status: 'SCHEDULED',
    lastUpdatedAt: now,
    completedAt: undefined,
    reasonCode: undefined,
    comment: undefined,
    forceCanceled: false,
    cancelling: false,
    begun: false,
    rollingOut: false,
    initialSize: 0,
    notified: 0,
    thingsNotified: 0,
  };
}

function includes(devices: Iterable<number>, wanted: number): boolean {
  for (const device of devices) if (device === wanted) return true;
  return false;
}
