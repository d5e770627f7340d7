import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { endingCalls, repeatableOptions } from '../../adapters/clients.ts';
import { ledger } from '../../adapters/ledger/ledger.ts';
import { reportingSlowCalls } from '../../adapters/slow-calls.ts';
import { machineTime, reportsOf, type SweepDependencies, sweepOf } from './functions.ts';
import { type Environment, settingsOf } from './settings.ts';
import { queuesOf } from './when-first-needed.ts';

/** The composition root of the function `sweep`. Throws an error that names the variables if the environment is wrong. */
export function sweepDependencies(environment: Environment): SweepDependencies {
  const settings = settingsOf(environment);
  const reports = reportsOf(settings, machineTime);
  const dynamodb = endingCalls(reportingSlowCalls(new DynamoDBClient(repeatableOptions), reports.slowCall));
  const table = ledger(dynamodb, settings.OTA_LEDGER_TABLE);
  return sweepOf(settings, machineTime, { ledger: table, queues: queuesOf(settings, reports.slowCall) }, reports);
}
