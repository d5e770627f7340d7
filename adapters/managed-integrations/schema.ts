import { namespace } from './errors.ts';

/**
 * The API model of managed integrations (2025-03-03) in the notation of the SDK's own runtime: structures as
 * `[3, namespace, name, traits, members, their schemas, number of leading required ones]`, operations as
 * `[9, namespace, name, traits, input, output]`. 0 is a string, 1 a number, 4 a timestamp, `64 |` a list and
 * `128 |` a map of.
 */
type Traits = { http?: [string, string, number]; httpQuery?: string; idempotencyToken?: 1 };
type Member = number | (() => Structure | ListOf) | [number, number | Traits];
type Structure = [3, string, string, number, string[], Member[], number?];
type ListOf = [1, string, string, number, Member];
type Operation = [9, string, string, Traits, () => Structure | 'unit', () => Structure | 'unit'];

const text = 0;
const number = 1;
const time = 4;
const texts = 64;
const textMap = 128;
/** Bit 1 of the traits of a member: part of the path. */
const inPath: Member = [text, 1];
const inQuery = (type: number, name: string): Member => [type, { httpQuery: name }];
const token: Member = [text, { idempotencyToken: 1 }];

function structure(name: string, members: Readonly<Record<string, Member>>, required = 0): Structure {
  return [3, namespace, name, 0, Object.keys(members), Object.values(members), required];
}

function listOf(name: string, member: () => Structure): Member {
  return () => [1, namespace, name, 0, member];
}

function operation(name: string, http: [string, string, number], input: Structure, output?: Structure): Operation {
  return [9, namespace, name, { http }, () => input, () => output ?? 'unit'];
}

const retryCriteria = structure('RetryConfigCriteria', { FailureType: text, MinNumberOfRetries: number });
const retryConfig = structure('OtaTaskExecutionRetryConfig', {
  RetryConfigCriteria: listOf('RetryConfigCriteriaList', () => retryCriteria),
});
const maintenanceWindow = structure('ScheduleMaintenanceWindow', { DurationInMinutes: number, StartTime: text });
const schedulingConfig = structure('OtaTaskSchedulingConfig', {
  EndBehavior: text,
  EndTime: text,
  MaintenanceWindows: listOf('ScheduleMaintenanceWindowList', () => maintenanceWindow),
  StartTime: text,
});
const processingDetails = structure('TaskProcessingDetails', {
  NumberOfCanceledThings: number,
  NumberOfFailedThings: number,
  NumberOfInProgressThings: number,
  numberOfQueuedThings: number,
  numberOfRejectedThings: number,
  numberOfRemovedThings: number,
  numberOfSucceededThings: number,
  numberOfTimedOutThings: number,
  processingTargets: texts,
});

/** What a request and the answer to a look have in common. */
const task = {
  Description: text,
  Protocol: text,
  Target: texts,
  TaskConfigurationId: text,
  OtaMechanism: text,
  OtaTargetQueryString: text,
  OtaSchedulingConfig: () => schedulingConfig,
  OtaTaskExecutionRetryConfig: () => retryConfig,
  Tags: textMap,
} satisfies Record<string, Member>;

const taskSummary = structure('OtaTaskSummary', {
  TaskId: text,
  TaskArn: text,
  CreatedAt: time,
  LastUpdatedAt: time,
  TaskConfigurationId: text,
  Status: text,
});
const executionSummary = structure('OtaTaskExecutionSummary', {
  ExecutionNumber: number,
  LastUpdatedAt: time,
  QueuedAt: time,
  RetryAttempt: number,
  StartedAt: time,
  Status: text,
});
const execution = structure('OtaTaskExecutionSummaries', { TaskExecutionSummary: () => executionSummary, ManagedThingId: text });

const abortCriteria = structure('AbortConfigCriteria', {
  Action: text,
  FailureType: text,
  MinNumberOfExecutedThings: number,
  ThresholdPercentage: number,
});
const abortConfig = structure('OtaTaskAbortConfig', { AbortConfigCriteriaList: listOf('AbortConfigCriteriaList', () => abortCriteria) });
const rateCriteria = structure('RolloutRateIncreaseCriteria', { numberOfNotifiedThings: number, numberOfSucceededThings: number });
const exponentialRate = structure('ExponentialRolloutRate', {
  BaseRatePerMinute: number,
  IncrementFactor: number,
  RateIncreaseCriteria: () => rateCriteria,
});
const rolloutConfig = structure('OtaTaskExecutionRolloutConfig', {
  ExponentialRolloutRate: () => exponentialRate,
  MaximumPerMinute: number,
});
const timeoutConfig = structure('OtaTaskTimeoutConfig', { InProgressTimeoutInMinutes: number });
const pushConfig = structure('PushConfig', {
  AbortConfig: () => abortConfig,
  RolloutConfig: () => rolloutConfig,
  TimeoutConfig: () => timeoutConfig,
});
const configurationSummary = structure('OtaTaskConfigurationSummary', { TaskConfigurationId: text, Name: text, CreatedAt: time });

const identified = (name: string) => structure(name, { Identifier: inPath }, 1);
const page = { NextToken: inQuery(text, 'NextToken'), MaxResults: inQuery(number, 'MaxResults') };

/** The operations by name, with their HTTP bindings. */
export const operations = {
  CreateOtaTask: operation(
    'CreateOtaTask',
    ['POST', '/ota-tasks', 201],
    structure('CreateOtaTaskRequest', { S3Url: text, OtaType: text, ...task, ClientToken: token }, 2),
    structure('CreateOtaTaskResponse', { TaskId: text, TaskArn: text, Description: text }),
  ),
  GetOtaTask: operation(
    'GetOtaTask',
    ['GET', '/ota-tasks/{Identifier}', 200],
    identified('GetOtaTaskRequest'),
    structure('GetOtaTaskResponse', {
      TaskId: text,
      TaskArn: text,
      S3Url: text,
      OtaType: text,
      ...task,
      CreatedAt: time,
      LastUpdatedAt: time,
      TaskProcessingDetails: () => processingDetails,
      Status: text,
    }),
  ),
  UpdateOtaTask: operation(
    'UpdateOtaTask',
    ['PUT', '/ota-tasks/{Identifier}', 204],
    structure('UpdateOtaTaskRequest', { Identifier: inPath, Description: text, TaskConfigurationId: text }, 1),
  ),
  DeleteOtaTask: operation('DeleteOtaTask', ['DELETE', '/ota-tasks/{Identifier}', 200], identified('DeleteOtaTaskRequest')),
  ListOtaTasks: operation(
    'ListOtaTasks',
    ['GET', '/ota-tasks', 200],
    structure('ListOtaTasksRequest', page),
    structure('ListOtaTasksResponse', { Tasks: listOf('OtaTaskListDefinition', () => taskSummary), NextToken: text }),
  ),
  ListOtaTaskExecutions: operation(
    'ListOtaTaskExecutions',
    ['GET', '/ota-tasks/{Identifier}/devices', 200],
    structure('ListOtaTaskExecutionsRequest', { Identifier: inPath, ...page }, 1),
    structure('ListOtaTaskExecutionsResponse', {
      ExecutionSummaries: listOf('OtaTaskExecutionSummariesListDefinition', () => execution),
      NextToken: text,
    }),
  ),
  CreateOtaTaskConfiguration: operation(
    'CreateOtaTaskConfiguration',
    ['POST', '/ota-task-configurations', 201],
    structure('CreateOtaTaskConfigurationRequest', { Description: text, Name: text, PushConfig: () => pushConfig, ClientToken: token }),
    structure('CreateOtaTaskConfigurationResponse', { TaskConfigurationId: text }),
  ),
  GetOtaTaskConfiguration: operation(
    'GetOtaTaskConfiguration',
    ['GET', '/ota-task-configurations/{Identifier}', 200],
    identified('GetOtaTaskConfigurationRequest'),
    structure('GetOtaTaskConfigurationResponse', {
      TaskConfigurationId: text,
      Name: text,
      PushConfig: () => pushConfig,
      Description: text,
      CreatedAt: time,
    }),
  ),
  ListOtaTaskConfigurations: operation(
    'ListOtaTaskConfigurations',
    ['GET', '/ota-task-configurations', 200],
    structure('ListOtaTaskConfigurationsRequest', page),
    structure('ListOtaTaskConfigurationsResponse', {
      Items: listOf('OtaTaskConfigurationListDefinition', () => configurationSummary),
      NextToken: text,
    }),
  ),
  DeleteOtaTaskConfiguration: operation(
    'DeleteOtaTaskConfiguration',
    ['DELETE', '/ota-task-configurations/{Identifier}', 204],
    identified('DeleteOtaTaskConfigurationRequest'),
  ),
  TagResource: operation(
    'TagResource',
    ['POST', '/tags/{ResourceArn}', 200],
    structure('TagResourceRequest', { ResourceArn: inPath, Tags: textMap }, 2),
  ),
  ListTagsForResource: operation(
    'ListTagsForResource',
    ['GET', '/tags/{ResourceArn}', 200],
    structure('ListTagsForResourceRequest', { ResourceArn: inPath }, 1),
    structure('ListTagsForResourceResponse', { tags: textMap }),
  ),
} as const;
