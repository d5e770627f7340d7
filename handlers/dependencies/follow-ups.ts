import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { repeatableOptions } from '../../adapters/clients.ts';
import { advanceAdapters } from './adapters-of-advance.ts';
import { type FollowUpsDependencies, followUpsOf, machineTime } from './functions.ts';
import { type Environment, settingsOf } from './settings.ts';

/** The composition root of the function `follow-ups`. Throws an error that names the variables if the environment is wrong. */
export function followUpsDependencies(environment: Environment): FollowUpsDependencies {
  const settings = settingsOf(environment);
  return followUpsOf(settings, machineTime, advanceAdapters(settings, new DynamoDBClient(repeatableOptions)));
}
