import type { EndBehavior, Job } from '../../fleet/job.ts';

/** The input of CreateOtaTask in wire form, already validated by the model. */
export type CreateOtaTask = {
  readonly Description?: string;
  readonly S3Url: string;
  readonly Protocol?: 'HTTP';
  readonly Target?: readonly string[];
  readonly TaskConfigurationId?: string;
  readonly OtaMechanism?: 'PUSH';
  readonly OtaType: 'ONE_TIME' | 'CONTINUOUS';
  readonly OtaTargetQueryString?: string;
  readonly ClientToken?: string;
  readonly OtaSchedulingConfig?: {
    readonly EndBehavior?: EndBehavior;
    readonly EndTime?: string;
    readonly MaintenanceWindows?: readonly { readonly DurationInMinutes?: number; readonly StartTime?: string }[];
    readonly StartTime?: string;
  };
  readonly OtaTaskExecutionRetryConfig?: {
    readonly RetryConfigCriteria?: readonly {
      readonly FailureType?: 'FAILED' | 'TIMED_OUT' | 'ALL';
      readonly MinNumberOfRetries?: number;
    }[];
  };
  readonly Tags?: Readonly<Record<string, string>>;
};

/** One OTA task. Its job has the progress. */
export type OtaTask = {
  readonly id: string;
  readonly arn: string;
  readonly sequence: number;
  readonly request: CreateOtaTask;
  readonly job: Job;
  readonly createdAt: number;
  description: string | undefined;
  taskConfigurationId: string | undefined;
  updatedAt: number;
  readonly tags: Map<string, string>;
};

/** What GetOtaTask returns. Dates are epoch seconds. TaskProcessingDetails mixes upper and lower case, as in the model. */
export function describeOtaTask(task: OtaTask): Record<string, unknown> {
  const { request, job } = task;
  const { executions } = job;
  return {
    TaskId: task.id,
    TaskArn: task.arn,
    Description: task.description,
    S3Url: request.S3Url,
    Protocol: request.Protocol,
    OtaType: request.OtaType,
    OtaTargetQueryString: request.OtaTargetQueryString,
    OtaMechanism: request.OtaMechanism,
    Target: request.Target,
    CreatedAt: task.createdAt / 1000,
    LastUpdatedAt: lastUpdatedAt(task) / 1000,
    TaskConfigurationId: task.taskConfigurationId,
    TaskProcessingDetails: {
      NumberOfCanceledThings: executions.count('CANCELED'),
      NumberOfFailedThings: executions.count('FAILED'),
      NumberOfInProgressThings: executions.count('IN_PROGRESS'),
      numberOfQueuedThings: executions.count('QUEUED'),
      numberOfRejectedThings: executions.count('REJECTED'),
      numberOfRemovedThings: executions.count('REMOVED'),
      numberOfSucceededThings: executions.count('SUCCEEDED'),
      numberOfTimedOutThings: executions.count('TIMED_OUT'),
      processingTargets: job.status === 'IN_PROGRESS' && job.notified < job.initialSize ? request.Target : undefined,
    },
    OtaSchedulingConfig: request.OtaSchedulingConfig,
    OtaTaskExecutionRetryConfig: request.OtaTaskExecutionRetryConfig,
    Status: job.status,
    Tags: task.tags.size === 0 ? undefined : Object.fromEntries(task.tags),
  };
}

/** What ListOtaTasks returns: neither description nor tags. */
export function summarizeOtaTask(task: OtaTask): Record<string, unknown> {
  return {
    TaskId: task.id,
    TaskArn: task.arn,
    CreatedAt: task.createdAt / 1000,
    LastUpdatedAt: lastUpdatedAt(task) / 1000,
    TaskConfigurationId: task.taskConfigurationId,
    Status: task.job.status,
  };
}

function lastUpdatedAt(task: OtaTask): number {
  return Math.max(task.updatedAt, task.job.lastUpdatedAt);
}
