import { namespace } from './errors.ts';

/**
 * Operations of the API model of managed integrations (2025-03-03), in the notation of the SDK's runtime.
 * A structure is `[3, namespace, name, traits, members, their schemas, number of leading required members]`.
 * An operation is `[9, namespace, name, traits, input, output]`. 0 is a string, 1 a number and 4 a timestamp.
 * `64 | type` is a list and `128 | type` a map of that type.
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
/** Bit 1 of the traits of a member means that it is part of the path. */
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

/** The members that CreateOtaTask takes and GetOtaTask returns. */
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
const executionSummaries = structure('OtaTaskExecutionSummaries', {
  TaskExecutionSummary: () => executionSummary,
  ManagedThingId: text,
});

const identified = (name: string) => structure(name, { Identifier: inPath }, 1);
const page = { NextToken: inQuery(text, 'NextToken'), MaxResults: inQuery(number, 'MaxResults') };

/** The operations that the service and its commands call, by name, with their HTTP bindings. */
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
      ExecutionSummaries: listOf('OtaTaskExecutionSummariesListDefinition', () => executionSummaries),
      NextToken: text,
    }),
  ),
  GetOtaTaskConfiguration: operation(
    'GetOtaTaskConfiguration',
    ['GET', '/ota-task-configurations/{Identifier}', 200],
    identified('GetOtaTaskConfigurationRequest'),
    structure('GetOtaTaskConfigurationResponse', { TaskConfigurationId: text, Name: text }),
  ),
  ListTagsForResource: operation(
    'ListTagsForResource',
    ['GET', '/tags/{ResourceArn}', 200],
    structure('ListTagsForResourceRequest', { ResourceArn: inPath }, 1),
    structure('ListTagsForResourceResponse', { tags: textMap }),
  ),
} as const;
