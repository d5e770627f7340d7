import { createJobInput, type Shape, tighten } from 'aws-ota-models';
import type { Model } from '../../rest-json/rest-json.ts';
import {
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
  statusDetails,
  targetSelection,
  whole,
} from './scalars.ts';

type Structure = Extract<Shape, { type: 'structure' }>;

/** The range of the timeout is from the API reference. The model has no range for it. */
const createInput: Structure = tighten(createJobInput, {
  'timeoutConfig.inProgressTimeoutInMinutes': { type: 'integer', min: 1, max: 10_080 },
});

/** What UpdateJob can change, with the rules of CreateJob. */
const changeable = Object.fromEntries(
  ['presignedUrlConfig', 'jobExecutionsRolloutConfig', 'abortConfig', 'timeoutConfig', 'jobExecutionsRetryConfig'].map((name) => [
    name,
    createInput.members[name] as Shape,
  ]),
);

const byJobId: Structure = { type: 'structure', required: ['jobId'], members: { jobId, beforeSubstitution: flag } };

/** The job operations of AWS IoT (API model 2015-05-28). */
export const jobsModel: Model = {
  CreateJob: { method: 'PUT', path: '/jobs/{jobId}', input: createInput },
  UpdateJob: {
    method: 'PATCH',
    path: '/jobs/{jobId}',
    query: { namespaceId: 'namespaceId' },
    input: { type: 'structure', required: ['jobId'], members: { jobId, description, namespaceId, ...changeable } },
  },
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
