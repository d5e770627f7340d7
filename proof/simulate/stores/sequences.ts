import type { Chance } from '../../random.ts';
import { dynamodb } from './dynamodb.ts';
import { eventbridge } from './eventbridge.ts';
import { iot } from './iot-core.ts';
import { jobs } from './iot-jobs.ts';
import { managedIntegrations } from './managed-integrations.ts';
import { s3 } from './s3.ts';
import type { Sequence } from './side.ts';
import { sqs } from './sqs.ts';

export const serviceNames = ['dynamodb', 'sqs', 'eventbridge', 's3', 'iot', 'jobs', 'managedIntegrations'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The sequence of a seed for each service. */
export const sequences: Readonly<Record<ServiceName, (chance: Chance) => Sequence>> = {
  dynamodb,
  sqs,
  eventbridge,
  s3,
  iot,
  jobs,
  managedIntegrations,
};
