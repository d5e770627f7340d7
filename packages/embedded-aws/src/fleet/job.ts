import type { ExecutionStatus, Executions } from './executions.ts';

export type JobStatus = 'SCHEDULED' | 'IN_PROGRESS' | 'COMPLETED' | 'CANCELED' | 'DELETION_IN_PROGRESS';

export type Rollout = {
  readonly maximumPerMinute?: number | undefined;
  readonly exponential?:
    | {
        readonly baseRatePerMinute: number;
        readonly incrementFactor: number;
        readonly numberOfNotifiedThings?: number | undefined;
        readonly numberOfSucceededThings?: number | undefined;
      }
    | undefined;
};

export type AbortCriterion = {
  readonly failureType: 'FAILED' | 'REJECTED' | 'TIMED_OUT' | 'ALL';
  readonly thresholdPercentage: number;
  readonly minNumberOfExecutedThings: number;
};

export type RetryCriterion = { readonly failureType: 'FAILED' | 'TIMED_OUT' | 'ALL'; readonly retries: number };

export type EndBehavior = 'STOP_ROLLOUT' | 'CANCEL' | 'FORCE_CANCEL';

/** When a job may notify things, in epoch milliseconds. */
export type Schedule = {
  readonly startAt?: number | undefined;
  readonly endAt?: number | undefined;
  readonly endBehavior?: EndBehavior | undefined;
  /** The maintenance windows. Absent: it is always open. */
  readonly windows?: Windows | undefined;
};

/** Maintenance windows in epoch milliseconds of the job's clock. */
export type Windows = {
  /** When the next window opens: `at` itself while one is open, Infinity if none opens within 400 days. */
  nextOpening(at: number): number;
  /** When the window that is open at `at` closes. Windows that overlap or touch are one. */
  closing(at: number): number;
  /** The next starts of windows after `at`, at most `count`. */
  nextStarts(at: number, count: number): number[];
};

/** What a job is to do, in terms that IoT jobs and OTA tasks share. */
export type JobSpec = {
  readonly id: string;
  readonly targets: readonly string[];
  readonly continuous: boolean;
  readonly document: string;
  readonly documentSource?: string | undefined;
  readonly description?: string | undefined;
  readonly rollout?: Rollout | undefined;
  readonly abort?: readonly AbortCriterion[] | undefined;
  readonly retries?: readonly RetryCriterion[] | undefined;
  readonly inProgressTimeoutMinutes?: number | undefined;
  readonly schedule?: Schedule | undefined;
  /** A job in a namespace is for devices that listen on the topics of the namespace. */
  readonly namespaceId?: string | undefined;
  /** The role that presigns URLs in the document, and their lifetime in seconds. */
  readonly presignedUrl?: { readonly roleArn?: string | undefined; readonly expiresInSec?: number | undefined } | undefined;
};

/** A job. Only its run changes it. */
export type Job = {
  spec: JobSpec;
  readonly sequence: number;
  readonly createdAt: number;
  readonly executions: Executions;
  status: JobStatus;
  lastUpdatedAt: number;
  completedAt: number | undefined;
  reasonCode: string | undefined;
  comment: string | undefined;
  forceCanceled: boolean;
  /** Whether it is being canceled although its status does not show it yet. */
  cancelling: boolean;
  /** Whether it has begun. Between two maintenance windows it is SCHEDULED again, although it has. */
  begun: boolean;
  /** Whether it is notifying its initial devices now. It counts as concurrent meanwhile. */
  rollingOut: boolean;
  /** The number of devices when the job started, without late joiners. */
  initialSize: number;
  /** How many of the initial devices have had their turn. Each of them was notified or was no longer QUEUED. */
  notified: number;
  /** How many things have been notified, including late joiners, without those that left or were cancelled before. */
  thingsNotified: number;
};

/** Whether the job is COMPLETED or CANCELED. */
export function isOver(job: Job): boolean {
  return job.status === 'COMPLETED' || job.status === 'CANCELED';
}

/** Whether the thing behind the execution has been notified. */
export function isNotified(job: Job, index: number): boolean {
  return index < job.notified || index >= job.initialSize;
}

/** Whether an execution has not ended. */
export function isOpen(status: ExecutionStatus): boolean {
  return status === 'QUEUED' || status === 'IN_PROGRESS';
}

/** How many retries the job allows for an execution that ended like this. */
export function retriesAfter(spec: JobSpec, status: ExecutionStatus): number {
  if (status !== 'FAILED' && status !== 'TIMED_OUT') return 0;
  const found = spec.retries?.filter((one) => one.failureType === 'ALL' || one.failureType === status) ?? [];
  return Math.max(0, ...found.map((one) => one.retries));
}

/** What the minimum and the percentage of an abort criterion count: executions that have ended, or things that were notified. */
export type AbortBase = 'ended' | 'notified';

/** The abort criterion that the job meets now; `undefined` if there is no such criterion. The first of the list that is met counts. */
export function metAbortCriterion(job: Job, base: AbortBase): AbortCriterion | undefined {
  const { executions } = job;
  const failures = { FAILED: executions.count('FAILED'), REJECTED: executions.count('REJECTED'), TIMED_OUT: executions.count('TIMED_OUT') };
  const all = failures.FAILED + failures.REJECTED + failures.TIMED_OUT;
  const executed = base === 'notified' ? job.thingsNotified : executions.count('SUCCEEDED') + all;
  return job.spec.abort?.find((one) => {
    const failed = one.failureType === 'ALL' ? all : failures[one.failureType];
    return executed >= one.minNumberOfExecutedThings && failed > 0 && (failed / executed) * 100 >= one.thresholdPercentage;
  });
}
