import { isOver, type Job, type JobSpec } from '../../fleet/job.ts';
import { type MaintenanceWindow, readSchedule } from '../../fleet/schedule.ts';
import { createRateLimit } from '../../rate-limit.ts';
import { readDocumentSource } from '../rest-json/document-source.ts';
import { badToken, takePage } from '../rest-json/page.ts';
import { type Failure, type Handlers, nothing } from '../rest-json/rest-json.ts';
import { alreadyExists, invalid, notFound, throttled } from './failures.ts';
import type { AbortCriteria, RolloutConfig, Tag } from './ota-update.ts';
import { putTags } from './tags.ts';
import type { IotWorld } from './world.ts';

const DEFAULT_PAGE = 100;
const TARGETS_MAX = 100;
const DELETIONS_AT_ONCE_MAX = 10;

/** The input of CreateJob in wire form, as far as it is used or returned here. */
type CreateJob = {
  readonly jobId: string;
  readonly targets: readonly string[];
  readonly document?: string;
  readonly documentSource?: string;
  readonly description?: string;
  readonly targetSelection?: 'CONTINUOUS' | 'SNAPSHOT';
  readonly presignedUrlConfig?: NonNullable<JobSpec['presignedUrl']>;
  readonly jobExecutionsRolloutConfig?: RolloutConfig;
  readonly abortConfig?: { readonly criteriaList: readonly AbortCriteria[] };
  readonly timeoutConfig?: { readonly inProgressTimeoutInMinutes?: number };
  readonly jobExecutionsRetryConfig?: {
    readonly criteriaList: readonly { readonly failureType: 'FAILED' | 'TIMED_OUT' | 'ALL'; readonly numberOfRetries: number }[];
  };
  readonly schedulingConfig?: {
    readonly startTime?: string;
    readonly endTime?: string;
    readonly endBehavior?: 'STOP_ROLLOUT' | 'CANCEL' | 'FORCE_CANCEL';
    readonly maintenanceWindows?: readonly MaintenanceWindow[];
  };
  readonly tags?: readonly Tag[];
};

/** CreateJob, DescribeJob, GetJobDocument, CancelJob, DeleteJob, ListJobs. */
export function jobHandlers(world: IotWorld): Handlers {
  const { arns, jobs } = world;
  const { describeJobPerSecond } = world.assumptions;
  const describeJobRate = describeJobPerSecond === 'any' ? undefined : createRateLimit(world.clock.now, describeJobPerSecond);
  /** The members of CreateJob that DescribeJob returns as they came. */
  const unchanged = new Map<string, Partial<CreateJob>>();

  return {
    CreateJob: (input: CreateJob) => {
      const refused = checkCreate(world, input);
      if (refused !== undefined) return refused;
      const document = input.document ?? readDocumentSource(world.options.objects, input.documentSource ?? '');
      if (document === undefined) return invalid(`The document source ${input.documentSource ?? ''} cannot be read`);
      const schedule = readSchedule({ ...input.schedulingConfig, windows: input.schedulingConfig?.maintenanceWindows });
      if (typeof schedule === 'string') return invalid(schedule);
      const arn = arns.job(input.jobId);
      const tagged = putTags(world.tags, arn, input.tags ?? []);
      if (tagged !== undefined) return tagged;
      const { jobExecutionsRolloutConfig, jobExecutionsRetryConfig, schedulingConfig } = input;
      unchanged.set(input.jobId, {
        jobExecutionsRolloutConfig,
        jobExecutionsRetryConfig,
        schedulingConfig,
      } as Partial<CreateJob>);
      jobs.create({ ...readSpec(input), document, schedule });
      return { output: { jobArn: arn, jobId: input.jobId, description: input.description } };
    },

    DescribeJob: ({ jobId }: { jobId: string }) => {
      if (describeJobRate?.take() === false) return throttled;
      const job = jobs.get(jobId);
      if (job === undefined) return notFound('Job', jobId);
      return { output: { documentSource: job.spec.documentSource, job: { ...describeJob(world, job), ...unchanged.get(jobId) } } };
    },

    GetJobDocument: ({ jobId }: { jobId: string }) => {
      const job = jobs.get(jobId);
      return job === undefined ? notFound('Job', jobId) : { output: { document: job.spec.document } };
    },

    CancelJob: (input: { jobId: string; reasonCode?: string; comment?: string; force?: boolean }) => {
      const run = jobs.run(input.jobId);
      if (run === undefined) return notFound('Job', input.jobId);
      const { job } = run;
      const force = input.force === true;
      const forcesAfterwards = force && job.status === 'CANCELED' && job.executions.count('IN_PROGRESS') > 0;
      if (job.status === 'DELETION_IN_PROGRESS' || (isOver(job) && !forcesAfterwards)) {
        return invalid(`Job ${input.jobId} is ${job.status} and cannot be canceled`);
      }
      run.cancel({ force, reasonCode: input.reasonCode, comment: input.comment });
      return { output: { jobArn: arns.job(input.jobId), jobId: input.jobId, description: job.spec.description } };
    },

    DeleteJob: (input: { jobId: string; force?: boolean }) => {
      const job = jobs.get(input.jobId);
      if (job === undefined) return notFound('Job', input.jobId);
      if (job.status === 'DELETION_IN_PROGRESS') return invalid(`Job ${input.jobId} is ${job.status} and cannot be deleted again`);
      if (!isOver(job) && input.force !== true) {
        const message = `Job ${input.jobId} is ${job.status}. Cancel it first, or set force`;
        return { exception: 'InvalidStateTransitionException', message };
      }
      if (jobs.deleting() >= DELETIONS_AT_ONCE_MAX) {
        return { exception: 'LimitExceededException', message: `At most ${DELETIONS_AT_ONCE_MAX} jobs may be deleted at once` };
      }
      jobs.remove(input.jobId, () => {
        unchanged.delete(input.jobId);
        world.tags.delete(arns.job(input.jobId));
      });
      return nothing;
    },

    ListJobs: (input: {
      status?: string;
      targetSelection?: string;
      thingGroupName?: string;
      thingGroupId?: string;
      maxResults?: number;
      nextToken?: string;
    }) => {
      const group =
        input.thingGroupName ??
        [...world.registry.groups.values()].find((one) => one.id === input.thingGroupId)?.name ??
        input.thingGroupId;
      const wanted = [...jobs.all()].reverse().filter((job) => {
        if (input.status !== undefined && job.status !== input.status) return false;
        if (input.targetSelection !== undefined && job.spec.continuous !== (input.targetSelection === 'CONTINUOUS')) return false;
        return group === undefined || job.spec.targets.includes(arns.thingGroup(group));
      });
      const page = takePage(wanted, (job) => -job.sequence, input.maxResults ?? DEFAULT_PAGE, input.nextToken);
      if (page === undefined) return badToken('InvalidRequestException');
      return { output: { jobs: page.items.map((job) => summarizeJob(world, job)), nextToken: page.nextToken } };
    },
  };
}

function checkCreate(world: IotWorld, input: CreateJob): Failure | undefined {
  if (world.jobs.get(input.jobId) !== undefined) return alreadyExists('Job', input.jobId, world.arns.job(input.jobId));
  if ((input.document === undefined) === (input.documentSource === undefined)) {
    return invalid('Exactly one of document and documentSource is required');
  }
  if (input.targets.length > TARGETS_MAX) {
    const message = `The total number of targets associated with a job must not exceed ${TARGETS_MAX}`;
    return { exception: 'LimitExceededException', message };
  }
  const unknown = input.targets.find((target) => !world.registry.isTarget(target));
  return unknown === undefined ? undefined : notFound('Target', unknown);
}

function readSpec(input: CreateJob): Omit<JobSpec, 'document'> {
  const rate = input.jobExecutionsRolloutConfig?.exponentialRate;
  return {
    id: input.jobId,
    targets: input.targets,
    continuous: input.targetSelection === 'CONTINUOUS',
    documentSource: input.documentSource,
    description: input.description,
    rollout: {
      maximumPerMinute: input.jobExecutionsRolloutConfig?.maximumPerMinute,
      exponential: rate && {
        baseRatePerMinute: rate.baseRatePerMinute,
        incrementFactor: rate.incrementFactor,
        ...rate.rateIncreaseCriteria,
      },
    },
    abort: input.abortConfig?.criteriaList,
    retries: input.jobExecutionsRetryConfig?.criteriaList.map((one) => ({ failureType: one.failureType, retries: one.numberOfRetries })),
    inProgressTimeoutMinutes: input.timeoutConfig?.inProgressTimeoutInMinutes,
    presignedUrl: input.presignedUrlConfig,
  };
}

function summarizeJob(world: IotWorld, job: Job): Record<string, unknown> {
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

/** A job counts as concurrent while it rolls out or is being cancelled. */
function isConcurrent(job: Job): boolean {
  return job.cancelling || (job.status === 'IN_PROGRESS' && job.notified < job.initialSize);
}

function describeJob(world: IotWorld, job: Job): Record<string, unknown> {
  const { spec, executions } = job;
  const rollout = spec.rollout;
  return {
    ...summarizeJob(world, job),
    description: spec.description,
    targets: spec.targets,
    reasonCode: job.reasonCode,
    comment: job.comment,
    forceCanceled: job.status === 'CANCELED' ? job.forceCanceled : undefined,
    presignedUrlConfig: spec.presignedUrl ?? {},
    jobExecutionsRolloutConfig: {
      maximumPerMinute: rollout?.maximumPerMinute,
      exponentialRate: rollout?.exponential && {
        baseRatePerMinute: rollout.exponential.baseRatePerMinute,
        incrementFactor: rollout.exponential.incrementFactor,
        rateIncreaseCriteria: {
          numberOfNotifiedThings: rollout.exponential.numberOfNotifiedThings,
          numberOfSucceededThings: rollout.exponential.numberOfSucceededThings,
        },
      },
    },
    abortConfig: spec.abort && { criteriaList: spec.abort },
    timeoutConfig: spec.inProgressTimeoutMinutes === undefined ? {} : { inProgressTimeoutInMinutes: spec.inProgressTimeoutMinutes },
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
