import type { Shape } from 'aws-ota-models';
import type { Model } from '../../rest-json/rest-json.ts';
import {
  arnText,
  description,
  executionStatus,
  flag,
  jobId,
  jobStatus,
  namespaceId,
  paging,
  pagingQuery,
  reasonCode,
  registryName,
  roleArn,
  statusDetails,
  tagList,
  targetSelection,
  whole,
} from './scalars.ts';

type Structure = Extract<Shape, { type: 'structure' }>;

const exponentialRate: Structure = {
  type: 'structure',
  required: ['baseRatePerMinute', 'incrementFactor', 'rateIncreaseCriteria'],
  members: {
    baseRatePerMinute: { type: 'integer', min: 1, max: 1000 },
    incrementFactor: { type: 'double', min: 1.1, max: 5 },
    rateIncreaseCriteria: {
      type: 'structure',
      members: { numberOfNotifiedThings: { type: 'integer', min: 1 }, numberOfSucceededThings: { type: 'integer', min: 1 } },
    },
  },
};

const abortConfig: Structure = {
  type: 'structure',
  required: ['criteriaList'],
  members: {
    criteriaList: {
      type: 'list',
      min: 1,
      of: {
        type: 'structure',
        required: ['failureType', 'action', 'thresholdPercentage', 'minNumberOfExecutedThings'],
        members: {
          failureType: { type: 'enum', values: ['FAILED', 'REJECTED', 'TIMED_OUT', 'ALL'] },
          action: { type: 'enum', values: ['CANCEL'] },
          thresholdPercentage: { type: 'double', max: 100 },
          minNumberOfExecutedThings: { type: 'integer', min: 1 },
        },
      },
    },
  },
};

const retryConfig: Structure = {
  type: 'structure',
  required: ['criteriaList'],
  members: {
    criteriaList: {
      type: 'list',
      min: 1,
      max: 2,
      of: {
        type: 'structure',
        required: ['failureType', 'numberOfRetries'],
        members: {
          failureType: { type: 'enum', values: ['FAILED', 'TIMED_OUT', 'ALL'] },
          numberOfRetries: { type: 'integer', min: 0, max: 10 },
        },
      },
    },
  },
};

const schedulingConfig: Structure = {
  type: 'structure',
  members: {
    startTime: { type: 'string', min: 1, max: 64 },
    endTime: { type: 'string', min: 1, max: 64 },
    endBehavior: { type: 'enum', values: ['STOP_ROLLOUT', 'CANCEL', 'FORCE_CANCEL'] },
    maintenanceWindows: {
      type: 'list',
      of: {
        type: 'structure',
        required: ['startTime', 'durationInMinutes'],
        members: { startTime: { type: 'string', min: 1, max: 256 }, durationInMinutes: { type: 'integer', min: 1, max: 1430 } },
      },
    },
  },
};

const createJobInput: Structure = {
  type: 'structure',
  required: ['jobId', 'targets'],
  members: {
    jobId,
    targets: { type: 'list', min: 1, of: { type: 'string', max: 2048 } },
    documentSource: { type: 'string', min: 1, max: 1350 },
    document: { type: 'string', max: 32_768 },
    description,
    presignedUrlConfig: { type: 'structure', members: { roleArn, expiresInSec: { type: 'integer', min: 60, max: 3600 } } },
    targetSelection,
    jobExecutionsRolloutConfig: { type: 'structure', members: { maximumPerMinute: { type: 'integer', min: 1 }, exponentialRate } },
    abortConfig,
    // The range is from the API reference. The model has no range for it.
    timeoutConfig: { type: 'structure', members: { inProgressTimeoutInMinutes: { type: 'integer', min: 1, max: 10_080 } } },
    tags: tagList,
    namespaceId,
    jobTemplateArn: arnText,
    jobExecutionsRetryConfig: retryConfig,
    documentParameters: {
      type: 'map',
      key: { type: 'string', min: 1, max: 128, pattern: /[a-zA-Z0-9_-]+/ },
      value: { type: 'string', min: 1, max: 30_720, pattern: /[^\p{C}]+/u },
    },
    schedulingConfig,
    destinationPackageVersions: { type: 'list', of: arnText },
  },
};

const byJobId: Structure = { type: 'structure', required: ['jobId'], members: { jobId, beforeSubstitution: flag } };

/** The job operations of AWS IoT (API model 2015-05-28). */
export const jobsModel: Model = {
  CreateJob: { method: 'PUT', path: '/jobs/{jobId}', input: createJobInput },
  DescribeJob: { method: 'GET', path: '/jobs/{jobId}', query: { beforeSubstitution: 'beforeSubstitution' }, input: byJobId },
  GetJobDocument: {
    method: 'GET',
    path: '/jobs/{jobId}/job-document',
    query: { beforeSubstitution: 'beforeSubstitution' },
    input: byJobId,
  },
  CancelJob: {
    method: 'PUT',
    path: '/jobs/{jobId}/cancel',
    query: { force: 'force' },
    input: { type: 'structure', required: ['jobId'], members: { jobId, reasonCode, comment: description, force: flag } },
  },
  DeleteJob: {
    method: 'DELETE',
    path: '/jobs/{jobId}',
    query: { force: 'force', namespaceId: 'namespaceId' },
    input: { type: 'structure', required: ['jobId'], members: { jobId, force: flag, namespaceId } },
  },
  ListJobs: {
    method: 'GET',
    path: '/jobs',
    query: {
      ...pagingQuery,
      status: 'status',
      targetSelection: 'targetSelection',
      thingGroupName: 'thingGroupName',
      thingGroupId: 'thingGroupId',
      namespaceId: 'namespaceId',
    },
    input: {
      type: 'structure',
      members: {
        ...paging,
        status: jobStatus,
        targetSelection,
        thingGroupName: registryName,
        thingGroupId: { type: 'string', min: 1, max: 128, pattern: /[a-zA-Z0-9-]+/ },
        namespaceId,
      },
    },
  },
  ListJobExecutionsForJob: {
    method: 'GET',
    path: '/jobs/{jobId}/things',
    query: { ...pagingQuery, status: 'status' },
    input: { type: 'structure', required: ['jobId'], members: { jobId, status: executionStatus, ...paging } },
  },
  ListJobExecutionsForThing: {
    method: 'GET',
    path: '/things/{thingName}/jobs',
    query: { ...pagingQuery, status: 'status', namespaceId: 'namespaceId', jobId: 'jobId' },
    input: {
      type: 'structure',
      required: ['thingName'],
      members: { thingName: registryName, status: executionStatus, namespaceId, jobId, ...paging },
    },
  },
  DescribeJobExecution: {
    method: 'GET',
    path: '/things/{thingName}/jobs/{jobId}',
    query: { executionNumber: 'executionNumber' },
    input: { type: 'structure', required: ['jobId', 'thingName'], members: { jobId, thingName: registryName, executionNumber: whole } },
  },
  CancelJobExecution: {
    method: 'PUT',
    path: '/things/{thingName}/jobs/{jobId}/cancel',
    query: { force: 'force' },
    input: {
      type: 'structure',
      required: ['jobId', 'thingName'],
      members: { jobId, thingName: registryName, force: flag, expectedVersion: whole, statusDetails },
    },
  },
};

const stepTimeout: Shape = { type: 'integer' };

/** The device's side of jobs (IoT Jobs data plane, API model 2017-09-29). */
export const jobsDataModel: Model = {
  GetPendingJobExecutions: {
    method: 'GET',
    path: '/things/{thingName}/jobs',
    input: { type: 'structure', required: ['thingName'], members: { thingName: registryName } },
  },
  StartNextPendingJobExecution: {
    method: 'PUT',
    path: '/things/{thingName}/jobs/$next',
    input: {
      type: 'structure',
      required: ['thingName'],
      members: { thingName: registryName, statusDetails, stepTimeoutInMinutes: stepTimeout },
    },
  },
  DescribeJobExecution: {
    method: 'GET',
    path: '/things/{thingName}/jobs/{jobId}',
    query: { includeJobDocument: 'includeJobDocument', executionNumber: 'executionNumber' },
    input: {
      type: 'structure',
      required: ['jobId', 'thingName'],
      members: {
        jobId: { type: 'string', pattern: /[a-zA-Z0-9_-]+|^\$next/ },
        thingName: registryName,
        includeJobDocument: flag,
        executionNumber: whole,
      },
    },
  },
  UpdateJobExecution: {
    method: 'POST',
    path: '/things/{thingName}/jobs/{jobId}',
    input: {
      type: 'structure',
      required: ['jobId', 'thingName', 'status'],
      members: {
        jobId,
        thingName: registryName,
        status: executionStatus,
        statusDetails,
        expectedVersion: whole,
        includeJobExecutionState: flag,
        includeJobDocument: flag,
        stepTimeoutInMinutes: stepTimeout,
        executionNumber: whole,
      },
    },
  },
};
