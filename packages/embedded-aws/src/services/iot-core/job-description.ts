import type { Job } from '../../fleet/job.ts';
import type { CreateJob } from './job-creation.ts';
import { resolvePackage, resolveVersionArn } from './job-packages.ts';
import { placeholdersIn } from './job-placeholders.ts';
import type { IotWorld } from './world.ts';

/** How many maintenance windows DescribeJob announces (API reference, `scheduledJobRollouts`: "the next seven"). */
const ROLLOUTS_SHOWN = 7;

/** A job in the form of ListJobs. */
export function summarizeJob(world: IotWorld, job: Job): Record<string, unknown> {
  return {
    jobArn: world.arns.job(job.spec.id),
    jobId: job.spec.id,
    targetSelection: job.spec.continuous ? 'CONTINUOUS' : 'SNAPSHOT',
    status: job.status,
    createdAt: job.createdAt / 1000,
    lastUpdatedAt: job.lastUpdatedAt / 1000,
    completedAt: job.completedAt === undefined ? undefined : job.completedAt / 1000,
    isConcurrent: isConcurrent(job),
  };
}

/** A job counts as concurrent while it rolls out or is being canceled. */
function isConcurrent(job: Job): boolean {
  return job.cancelling || job.rollingOut;
}

/** A job in the form of DescribeJob. `request` is what CreateJob was given, if the job is not that of an OTA update. */
export function describeJob(world: IotWorld, job: Job, request: Partial<CreateJob> = {}, before = false): Record<string, unknown> {
  const { spec, executions } = job;
  const { namespaceId, schedulingConfig, jobExecutionsRetryConfig, destinationPackageVersions } = request;
  const defaults = world.assumptions.defaultPackageVersions;
  return {
    ...summarizeJob(world, job),
    description: spec.description,
    targets: spec.targets,
    reasonCode: job.reasonCode,
    comment: job.comment,
    forceCanceled: job.status === 'CANCELED' ? job.forceCanceled : undefined,
    presignedUrlConfig: spec.presignedUrl ?? {},
    jobExecutionsRolloutConfig: request.jobExecutionsRolloutConfig ?? describeRollout(job),
    abortConfig: spec.abort && { criteriaList: spec.abort },
    timeoutConfig: spec.inProgressTimeoutMinutes === undefined ? {} : { inProgressTimeoutInMinutes: spec.inProgressTimeoutMinutes },
    namespaceId,
    jobExecutionsRetryConfig,
    schedulingConfig,
    scheduledJobRollouts: scheduledRollouts(world, job),
    destinationPackageVersions: before
      ? destinationPackageVersions
      : destinationPackageVersions?.map((arn) => resolveVersionArn(arn, defaults)),
    jobProcessDetails: {
      processingTargets: isConcurrent(job) ? spec.targets : undefined,
      numberOfCanceledThings: executions.count('CANCELED'),
      numberOfSucceededThings: executions.count('SUCCEEDED'),
      numberOfFailedThings: executions.count('FAILED'),
      numberOfRejectedThings: executions.count('REJECTED'),
      numberOfQueuedThings: executions.count('QUEUED'),
      numberOfInProgressThings: executions.count('IN_PROGRESS'),
      numberOfRemovedThings: executions.count('REMOVED'),
      numberOfTimedOutThings: executions.count('TIMED_OUT'),
    },
  };
}

/** The document as GetJobDocument has it. Placeholders for URLs stay in both views. Only devices get URLs. */
export function documentOf(world: IotWorld, job: Job, request: Partial<CreateJob> = {}, before = false): string {
  const { document } = job.spec;
  if (before) return document;
  let resolved = '';
  let done = 0;
  for (const { start, end, inner } of placeholdersIn(document) ?? []) {
    const named = resolvePackage(inner, request.destinationPackageVersions ?? [], world.assumptions.defaultPackageVersions);
    resolved += `${document.slice(done, start)}\${aws:${named}}`;
    done = end;
  }
  return resolved + document.slice(done);
}

function describeRollout({ spec: { rollout } }: Job): object {
  return {
    maximumPerMinute: rollout?.maximumPerMinute,
    exponentialRate: rollout?.exponential && {
      baseRatePerMinute: rollout.exponential.baseRatePerMinute,
      incrementFactor: rollout.exponential.incrementFactor,
      rateIncreaseCriteria: {
        numberOfNotifiedThings: rollout.exponential.numberOfNotifiedThings,
        numberOfSucceededThings: rollout.exponential.numberOfSucceededThings,
      },
    },
  };
}

/** The next maintenance windows, as wall time in UTC. */
function scheduledRollouts({ clock }: IotWorld, job: Job): object[] | undefined {
  const { windows } = job.spec.schedule ?? {};
  if (windows === undefined || job.completedAt !== undefined) return undefined;
  const ahead = clock.now() - (clock.wall?.() ?? clock.now());
  return windows.nextStarts(clock.now(), ROLLOUTS_SHOWN).map((at) => ({ startTime: new Date(at - ahead).toISOString().slice(0, 16) }));
}
