import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { endingCalls, repeatableOptions } from '../../adapters/clients.ts';
import { reportingSlowCalls } from '../../adapters/slow-calls.ts';
import { advanceAdapters } from './adapters-of-advance.ts';
import { type FollowUpsDependencies, followUpsOf, machineTime, reportsOf } from './functions.ts';
import { type Environment, settingsOf } from './settings.ts';

/** The composition root of the function `follow-ups`. Throws an error that names the variables if the environment is wrong. */
export function followUpsDependencies(environment: Environment): FollowUpsDependencies {
  const settings = settingsOf(environment);
  const reports = reportsOf(settings, machineTime);
  const dynamodb = endingCalls(reportingSlowCalls(new DynamoDBClient(repeatableOptions), reports.slowCall));
  return followUpsOf(settings, machineTime, advanceAdapters(settings, dynamodb, reports.slowCall), reports);
}
