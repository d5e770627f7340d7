import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { endingCalls, repeatableOptions } from '../../adapters/clients.ts';
import { reportingSlowCalls } from '../../adapters/slow-calls.ts';
import { readCheckedChannels } from '../../domain/channels/checked.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import { advanceAdapters } from './adapters-of-advance.ts';
import { loadingAhead, lockOf, storageOf } from './adapters-of-releases.ts';
import { machineTime, placeOf, type ReleasesDependencies, releasesOf, reportsOf } from './functions.ts';
import { type Environment, type Settings, settingsOf } from './settings.ts';

/**
 * The composition root of the function `releases`. Throws if the environment is wrong, and then names the variables. Throws if
 * packaging has not checked the channels.json beside the bundle.
 */
export function releasesDependencies(environment: Environment): ReleasesDependencies {
  const settings = settingsOf(environment);
  const channels = readChannels(import.meta.url, settings);
  const reports = reportsOf(settings, machineTime);
  const dynamodb = endingCalls(reportingSlowCalls(new DynamoDBClient(repeatableOptions), reports.slowCall));
  const { lock, lockContext } = lockOf(settings, dynamodb);
  const parts = { ...advanceAdapters(settings, dynamodb, reports.slowCall), ...storageOf(environment, reports.slowCall), lock };
  const adapters = { ...parts, ledger: loadingAhead(parts.ledger, parts) };
  return releasesOf(settings, channels, machineTime, adapters, lockContext, reports);
}

function readChannels(beside: string, settings: Settings): Channels {
  const [text, checked] = ['channels.json', 'channels.checked.json'].map((name) => readFileSync(new URL(name, beside), 'utf8'));
  return readCheckedChannels(String(text), JSON.parse(String(checked)), placeOf(settings));
}
