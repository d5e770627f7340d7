import type { Shape } from 'aws-ota-models';

/** Members that many operations of AWS IoT (API model 2015-05-28) share. */
export const text: Shape = { type: 'string' };
export const flag: Shape = { type: 'boolean' };
export const whole: Shape = { type: 'integer' };
export const jobId: Shape = { type: 'string', min: 1, max: 64, pattern: /[a-zA-Z0-9_-]+/ };
export const otaUpdateId: Shape = { type: 'string', min: 1, max: 128, pattern: /[a-zA-Z0-9_-]+/ };
export const streamId: Shape = { type: 'string', min: 1, max: 128, pattern: /[a-zA-Z0-9_-]+/ };
/** Names of things, thing groups, thing types and billing groups. */
export const registryName: Shape = { type: 'string', min: 1, max: 128, pattern: /[a-zA-Z0-9:_-]+/ };
export const description: Shape = { type: 'string', max: 2028, pattern: /[^\p{C}]+/u };
/** The model's `\p{Upper}` and `\p{Digit}` are Java's, which mean ASCII. */
export const reasonCode: Shape = { type: 'string', max: 128, pattern: /[A-Z0-9_]+/ };
export const roleArn: Shape = { type: 'string', min: 20, max: 2048 };
export const namespaceId: Shape = { type: 'string', pattern: /[a-zA-Z0-9_-]+/ };
export const pageSize: Shape = { type: 'integer', min: 1, max: 250 };
export const arnText: Shape = { type: 'string', min: 1, max: 1600, pattern: /arn:[!-~]+/ };
export const targetSelection: Shape = { type: 'enum', values: ['CONTINUOUS', 'SNAPSHOT'] };
export const jobStatus: Shape = { type: 'enum', values: ['IN_PROGRESS', 'CANCELED', 'COMPLETED', 'DELETION_IN_PROGRESS', 'SCHEDULED'] };
export const executionStatus: Shape = {
  type: 'enum',
  values: ['QUEUED', 'IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'REJECTED', 'REMOVED', 'CANCELED'],
};
export const statusDetails: Shape = {
  type: 'map',
  key: { type: 'string', min: 1, max: 128, pattern: /[a-zA-Z0-9:_-]+/ },
  value: { type: 'string', min: 1, max: 1024, pattern: /[^\p{C}]+/u },
};
export const tagList: Shape = {
  type: 'list',
  of: {
    type: 'structure',
    required: ['Key'],
    members: {
      Key: { type: 'string', min: 1, max: 128, pattern: /([\p{L}\p{Z}\p{N}_.:/=+\-@]*)/u },
      Value: { type: 'string', min: 0, max: 256 },
    },
  },
};
export const paging = { maxResults: pageSize, nextToken: text };
export const pagingQuery = { maxResults: 'maxResults', nextToken: 'nextToken' };
