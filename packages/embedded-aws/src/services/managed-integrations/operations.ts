import type { Shape } from 'aws-ota-models';
import { createOtaTaskInput } from 'aws-ota-models';
import type { Model } from '../rest-json/rest-json.ts';

type Structure = Extract<Shape, { type: 'structure' }>;

const taskId: Shape = { type: 'string', min: 1, max: 200, pattern: /[A-Za-z0-9]+/ };
const taskConfigurationId: Shape = { type: 'string', min: 1, max: 64, pattern: /[a-zA-Z0-9]*/ };
const description: Shape = { type: 'string', min: 1, max: 256, pattern: /[0-9A-Za-z_\- ]+/ };
const clientToken: Shape = { type: 'string', min: 1, max: 64, pattern: /[a-zA-Z0-9=_-]+/ };
const maxResults: Shape = { type: 'integer', min: 1, max: 1000 };
const otaNextToken: Shape = { type: 'string', min: 1, max: 65_535, pattern: /[a-zA-Z0-9=_+/-]+/ };
const configurationNextToken: Shape = { type: 'string', min: 1, max: 65_535, pattern: /[a-zA-Z0-9=_-]+/ };
const pagingQuery = { NextToken: 'NextToken', MaxResults: 'MaxResults' };
/** The model has the partition `aws` only. Others are accepted for a stand-in that runs in one of them. */
const resourceArn: Shape = {
  type: 'string',
  min: 1,
  max: 200,
  pattern:
    /arn:aws[a-z-]*:iotmanagedintegrations:[0-9a-zA-Z-]+:[0-9]+:(managed-thing|provisioning-profile|ota-task|credential-locker|account-association)\/[0-9a-zA-Z]+/,
};
const tagKey: Shape = { type: 'string', min: 1, max: 128 };
const byTaskId: Structure = { type: 'structure', required: ['Identifier'], members: { Identifier: taskId } };
const byConfigurationId: Structure = { type: 'structure', required: ['Identifier'], members: { Identifier: taskConfigurationId } };

const pushConfig: Structure = {
  type: 'structure',
  members: {
    AbortConfig: {
      type: 'structure',
      members: {
        AbortConfigCriteriaList: {
          type: 'list',
          of: {
            type: 'structure',
            members: {
              Action: { type: 'enum', values: ['CANCEL'] },
              FailureType: { type: 'enum', values: ['FAILED', 'REJECTED', 'TIMED_OUT', 'ALL'] },
              MinNumberOfExecutedThings: { type: 'integer', min: 1, max: 100 },
              ThresholdPercentage: { type: 'double', max: 100 },
            },
          },
        },
      },
    },
    RolloutConfig: {
      type: 'structure',
      members: {
        ExponentialRolloutRate: {
          type: 'structure',
          members: {
            BaseRatePerMinute: { type: 'integer', min: 1, max: 100 },
            IncrementFactor: { type: 'double', min: 1.1, max: 5 },
            RateIncreaseCriteria: {
              type: 'structure',
              members: {
                numberOfNotifiedThings: { type: 'integer', min: 1, max: 100 },
                numberOfSucceededThings: { type: 'integer', min: 1, max: 100 },
              },
            },
          },
        },
        MaximumPerMinute: { type: 'integer', min: 1 },
      },
    },
    TimeoutConfig: { type: 'structure', members: { InProgressTimeoutInMinutes: { type: 'integer', min: 1, max: 10_080 } } },
  },
};

/** The OTA and tag operations of AWS IoT managed integrations (API model 2025-03-03). */
export const managedIntegrationsModel: Model = {
  CreateOtaTask: { method: 'POST', path: '/ota-tasks', status: 201, input: createOtaTaskInput },
  GetOtaTask: { method: 'GET', path: '/ota-tasks/{Identifier}', input: byTaskId },
  DeleteOtaTask: { method: 'DELETE', path: '/ota-tasks/{Identifier}', input: byTaskId },
  UpdateOtaTask: {
    method: 'PUT',
    path: '/ota-tasks/{Identifier}',
    status: 204,
    input: {
      type: 'structure',
      required: ['Identifier'],
      members: { Identifier: taskId, Description: description, TaskConfigurationId: taskConfigurationId },
    },
  },
  ListOtaTasks: {
    method: 'GET',
    path: '/ota-tasks',
    query: pagingQuery,
    input: { type: 'structure', members: { NextToken: otaNextToken, MaxResults: maxResults } },
  },
  ListOtaTaskExecutions: {
    method: 'GET',
    path: '/ota-tasks/{Identifier}/devices',
    query: pagingQuery,
    input: {
      type: 'structure',
      required: ['Identifier'],
      members: { Identifier: taskId, NextToken: otaNextToken, MaxResults: maxResults },
    },
  },
  CreateOtaTaskConfiguration: {
    method: 'POST',
    path: '/ota-task-configurations',
    status: 201,
    input: {
      type: 'structure',
      members: {
        Description: description,
        Name: { type: 'string', min: 1, max: 128, pattern: /[A-Za-z0-9-_ ]+/ },
        PushConfig: pushConfig,
        ClientToken: clientToken,
      },
    },
  },
  GetOtaTaskConfiguration: { method: 'GET', path: '/ota-task-configurations/{Identifier}', input: byConfigurationId },
  DeleteOtaTaskConfiguration: {
    method: 'DELETE',
    path: '/ota-task-configurations/{Identifier}',
    status: 204,
    input: byConfigurationId,
  },
  ListOtaTaskConfigurations: {
    method: 'GET',
    path: '/ota-task-configurations',
    query: pagingQuery,
    input: { type: 'structure', members: { NextToken: configurationNextToken, MaxResults: maxResults } },
  },
  TagResource: {
    method: 'POST',
    path: '/tags/{ResourceArn}',
    invalid: 'InvalidRequestException',
    input: {
      type: 'structure',
      required: ['ResourceArn', 'Tags'],
      members: {
        ResourceArn: resourceArn,
        Tags: { type: 'map', min: 1, max: 50, key: tagKey, value: { type: 'string', min: 0, max: 256 } },
      },
    },
  },
  UntagResource: {
    method: 'DELETE',
    path: '/tags/{ResourceArn}',
    invalid: 'InvalidRequestException',
    query: { tagKeys: 'TagKeys' },
    input: {
      type: 'structure',
      required: ['ResourceArn', 'TagKeys'],
      members: { ResourceArn: resourceArn, TagKeys: { type: 'list', min: 1, max: 50, of: tagKey } },
    },
  },
  ListTagsForResource: {
    method: 'GET',
    path: '/tags/{ResourceArn}',
    invalid: 'InvalidRequestException',
    input: { type: 'structure', required: ['ResourceArn'], members: { ResourceArn: resourceArn } },
  },
};
