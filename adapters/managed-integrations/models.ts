/** Members of the service's public API model (2025-03-03), spelled and cased as it spells them. */

export type OtaStatus = 'SCHEDULED' | 'IN_PROGRESS' | 'COMPLETED' | 'CANCELED' | 'DELETION_IN_PROGRESS';

export type OtaTaskSchedulingConfig = {
  EndBehavior?: 'STOP_ROLLOUT' | 'CANCEL' | 'FORCE_CANCEL';
  EndTime?: string;
  MaintenanceWindows?: { DurationInMinutes?: number; StartTime?: string }[];
  StartTime?: string;
};

export type OtaTaskExecutionRetryConfig = {
  RetryConfigCriteria?: { FailureType?: 'FAILED' | 'TIMED_OUT' | 'ALL'; MinNumberOfRetries?: number }[];
};

export type CreateOtaTaskRequest = {
  Description?: string;
  S3Url: string;
  Protocol?: 'HTTP';
  Target?: string[];
  TaskConfigurationId?: string;
  OtaMechanism?: 'PUSH';
  OtaType: 'ONE_TIME' | 'CONTINUOUS';
  OtaTargetQueryString?: string;
  /** The SDK invents one where it is missing; we never let it. */
  ClientToken?: string;
  OtaSchedulingConfig?: OtaTaskSchedulingConfig;
  OtaTaskExecutionRetryConfig?: OtaTaskExecutionRetryConfig;
  Tags?: Record<string, string>;
};

export type CreateOtaTaskResponse = { TaskId?: string; TaskArn?: string; Description?: string };

/** The mixed case is the service's own. */
export type TaskProcessingDetails = {
  NumberOfCanceledThings?: number;
  NumberOfFailedThings?: number;
  NumberOfInProgressThings?: number;
  numberOfQueuedThings?: number;
  numberOfRejectedThings?: number;
  numberOfRemovedThings?: number;
  numberOfSucceededThings?: number;
  numberOfTimedOutThings?: number;
  processingTargets?: string[];
};

export type GetOtaTaskResponse = Omit<CreateOtaTaskRequest, 'S3Url' | 'OtaType' | 'ClientToken'> & {
  TaskId?: string;
  TaskArn?: string;
  S3Url?: string;
  OtaType?: 'ONE_TIME' | 'CONTINUOUS';
  CreatedAt?: Date;
  LastUpdatedAt?: Date;
  TaskProcessingDetails?: TaskProcessingDetails;
  Status?: OtaStatus;
};

export type OtaTaskSummary = {
  TaskId?: string;
  TaskArn?: string;
  CreatedAt?: Date;
  LastUpdatedAt?: Date;
  TaskConfigurationId?: string;
  Status?: OtaStatus;
};

export type OtaTaskExecution = {
  ManagedThingId?: string;
  TaskExecutionSummary?: {
    ExecutionNumber?: number;
    LastUpdatedAt?: Date;
    QueuedAt?: Date;
    RetryAttempt?: number;
    StartedAt?: Date;
    Status?: 'QUEUED' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'REJECTED' | 'REMOVED' | 'CANCELED';
  };
};

export type PushConfig = {
  AbortConfig?: {
    AbortConfigCriteriaList?: {
      Action?: 'CANCEL';
      FailureType?: 'FAILED' | 'REJECTED' | 'TIMED_OUT' | 'ALL';
      MinNumberOfExecutedThings?: number;
      ThresholdPercentage?: number;
    }[];
  };
  RolloutConfig?: {
    ExponentialRolloutRate?: {
      BaseRatePerMinute?: number;
      IncrementFactor?: number;
      RateIncreaseCriteria?: { numberOfNotifiedThings?: number; numberOfSucceededThings?: number };
    };
    MaximumPerMinute?: number;
  };
  TimeoutConfig?: { InProgressTimeoutInMinutes?: number };
};

export type Page = { NextToken?: string; MaxResults?: number };
export type Identified = { Identifier: string };

export type CreateOtaTaskConfigurationRequest = { Description?: string; Name?: string; PushConfig?: PushConfig; ClientToken?: string };

export type GetOtaTaskConfigurationResponse = {
  TaskConfigurationId?: string;
  Name?: string;
  PushConfig?: PushConfig;
  Description?: string;
  CreatedAt?: Date;
};
