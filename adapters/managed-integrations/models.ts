/** Members of the public API model of managed integrations (2025-03-03), in its own spelling and case. */

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
  /** The SDK makes one up if it is missing. The service always sets it. */
  ClientToken?: string;
  OtaSchedulingConfig?: OtaTaskSchedulingConfig;
  OtaTaskExecutionRetryConfig?: OtaTaskExecutionRetryConfig;
  Tags?: Record<string, string>;
};

export type CreateOtaTaskResponse = { TaskId?: string; TaskArn?: string; Description?: string };

/** The mixed case is that of the API model. */
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

export type OtaTaskExecutionStatus = 'QUEUED' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'REJECTED' | 'REMOVED' | 'CANCELED';

export type OtaTaskExecutionSummaries = {
  TaskExecutionSummary?: {
    ExecutionNumber?: number;
    LastUpdatedAt?: Date;
    QueuedAt?: Date;
    RetryAttempt?: number;
    StartedAt?: Date;
    Status?: OtaTaskExecutionStatus;
  };
  ManagedThingId?: string;
};

export type Page = { NextToken?: string; MaxResults?: number };
export type Identified = { Identifier: string };
