import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { formatPath } from 'aws-ota-models';
import { endingCalls, repeatableOptions } from '../../adapters/clients.ts';
import { reportingSlowCalls } from '../../adapters/slow-calls.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import { validateChannels } from '../../domain/channels/validate.ts';
import { advanceAdapters } from './adapters-of-advance.ts';
import { lockOf, storageOf } from './adapters-of-releases.ts';
import { machineTime, placeOf, type ReleasesDependencies, releasesOf, reportsOf } from './functions.ts';
import { type Environment, type Settings, settingsOf } from './settings.ts';

/**
 * The composition root of the function `releases`. Throws if the environment or channels.yml is wrong. The error names the
 * variables or the places in the file.
 */
export function releasesDependencies(environment: Environment): ReleasesDependencies {
  const settings = settingsOf(environment);
  const channels = readChannels(new URL('./channels.json', import.meta.url), settings);
  const reports = reportsOf(settings, machineTime);
  const dynamodb = endingCalls(reportingSlowCalls(new DynamoDBClient(repeatableOptions), reports.slowCall));
  const { lock, lockContext } = lockOf(settings, dynamodb);
  const adapters = { ...advanceAdapters(settings, dynamodb, reports.slowCall), ...storageOf(environment, reports.slowCall), lock };
  return releasesOf(settings, channels, machineTime, adapters, lockContext, reports);
}

function readChannels(file: URL, settings: Settings): Channels {
  const parsed = validateChannels(JSON.parse(readFileSync(file, 'utf8')), placeOf(settings), 'warn');
  if (parsed.ok) return parsed.channels;
  throw new Error(`channels.yml: ${parsed.errors.map(({ path, message }) => `${formatPath(path)}: ${message}`).join('; ')}`);
}
