import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { supportingOptions } from '../../adapters/clients.ts';
import { type Environment, settingsOf } from '../settings.ts';
import { type FollowUpsDependencies, followUpsOf, machineTime } from './assemble.ts';
import { laterAdapters } from './later-adapters.ts';

/** The composition root of the function `follow-ups`. Throws, naming the variables, when the environment is wrong. */
export function followUpsDependencies(variables: Environment): FollowUpsDependencies {
  const settings = settingsOf(variables);
  return followUpsOf(settings, machineTime, laterAdapters(settings, new DynamoDBClient(supportingOptions)));
}
