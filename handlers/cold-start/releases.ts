import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { supportingOptions } from '../../adapters/clients.ts';
import { lock } from '../../adapters/lock.ts';
import type { Channels } from '../../domain/release/channels.ts';
import { validateChannels } from '../../domain/request/validate-channels.ts';
import type { Services } from '../ports.ts';
import { type Settings, settingsOf, type Variables } from '../settings.ts';
import { machineTime, placeOf, type ReleasesDependencies, releasesOf } from './assemble.ts';
import { later, laterAdapters } from './later.ts';

/**
 * The composition root of the function `releases`. Throws, naming the variables or the places in channels.yml, when
 * either is wrong.
 */
export function releasesDependencies(variables: Variables): ReleasesDependencies {
  const settings = settingsOf(variables);
  const channels = readChannels(new URL('./channels.json', import.meta.url), settings);
  const dynamodb = new DynamoDBClient(supportingOptions);
  const locks = lock(dynamodb, settings.OTA_LOCK_TABLE);
  const adapters = { ...laterAdapters(settings, dynamodb), ...laterS3(), lock: locks };
  return releasesOf(settings, channels, machineTime, adapters, (context) => locks.registerContext(context));
}

function laterS3(): Pick<Services, 'artifacts' | 'documents'> {
  const made = later(async () => {
    const [{ artifacts, S3Client }, { documents }] = await Promise.all([
      import('../../adapters/artifacts.ts'),
      import('../../adapters/documents.ts'),
    ]);
    const client = new S3Client(supportingOptions);
    return { artifacts: artifacts(client), documents: documents(client) };
  });
  return {
    artifacts: { facts: async (location, maxBytes) => (await made()).artifacts.facts(location, maxBytes) },
    documents: { write: async (document) => (await made()).documents.write(document) },
  };
}

function readChannels(file: URL, settings: Settings): Channels {
  const parsed = validateChannels(JSON.parse(readFileSync(file, 'utf8')), placeOf(settings));
  if (parsed.ok) return parsed.channels;
  throw new Error(`channels.yml: ${parsed.errors.map(({ path, message }) => `${path}: ${message}`).join('; ')}`);
}
