import type { JobSpec, Rollout, Schedule } from '../../fleet/job.ts';
import { type ReadAt, readSchedule } from '../../fleet/schedule.ts';
import type { CreateOtaTask } from './ota-task.ts';
import type { PushConfig } from './task-configuration.ts';

/** Marks a query among the targets of a job. No ARN begins with it. */
export const QUERY_TARGET = 'query:';

/** The job behind a task. Rollout, abort criteria and timeout come from the task's configuration. */
export function readJobSpec(
  id: string,
  request: CreateOtaTask,
  push: PushConfig | undefined,
  document: string,
  schedule: Schedule,
): JobSpec {
  const query = request.OtaTargetQueryString;
  return {
    id,
    targets: [...(request.Target ?? []), ...(query === undefined ? [] : [`${QUERY_TARGET}${query}`])],
    continuous: request.OtaType === 'CONTINUOUS',
    document,
    documentSource: request.S3Url,
    description: request.Description,
    rollout: readRollout(push),
    abort: push?.AbortConfig?.AbortConfigCriteriaList?.map((one) => ({
      failureType: one.FailureType ?? 'ALL',
      thresholdPercentage: one.ThresholdPercentage ?? 100,
      minNumberOfExecutedThings: one.MinNumberOfExecutedThings ?? 1,
    })),
    retries: request.OtaTaskExecutionRetryConfig?.RetryConfigCriteria?.map((one) => ({
      failureType: one.FailureType ?? 'ALL',
      retries: one.MinNumberOfRetries ?? 0,
    })),
    inProgressTimeoutMinutes: push?.TimeoutConfig?.InProgressTimeoutInMinutes,
    schedule,
  };
}

/** The task's schedule, or what is wrong with it. */
export function readTaskSchedule(request: CreateOtaTask, at: ReadAt): Schedule | string {
  const config = request.OtaSchedulingConfig;
  return readSchedule(
    {
      startTime: config?.StartTime,
      endTime: config?.EndTime,
      endBehavior: config?.EndBehavior,
      windows: config?.MaintenanceWindows?.map((one) => ({
        startTime: one.StartTime ?? '',
        durationInMinutes: one.DurationInMinutes ?? 1,
      })),
    },
    at,
  );
}

function readRollout(push: PushConfig | undefined): Rollout | undefined {
  const config = push?.RolloutConfig;
  const rate = config?.ExponentialRolloutRate;
  return (
    config && {
      maximumPerMinute: config.MaximumPerMinute,
      exponential: rate && {
        baseRatePerMinute: rate.BaseRatePerMinute ?? 1,
        incrementFactor: rate.IncrementFactor ?? 1.1,
        ...rate.RateIncreaseCriteria,
      },
    }
  );
}
