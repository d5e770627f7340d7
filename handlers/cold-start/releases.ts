import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { supportingOptions } from '../../adapters/clients.ts';
import type { Lock } from '../../adapters/lock.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import { validateChannels } from '../../domain/channels/validate.ts';
import type { Services } from '../ports.ts';
import { type Environment, type Settings, settingsOf } from '../settings.ts';
import { machineTime, placeOf, type ReleasesDependencies, releasesOf } from './assemble.ts';
import { later } from './later.ts';
import { laterAdapters } from './later-adapters.ts';

/**
 * The composition root of the function `releases`. Throws, naming the variables or the places in channels.yml, when
 * either is wrong.
 */
export function releasesDependencies(variables: Environment): ReleasesDependencies {
  const settings = settingsOf(variables);
  const channels = readChannels(new URL('./channels.json', import.meta.url), settings);
  const dynamodb = new DynamoDBClient(supportingOptions);
  const { lock, lockContext } = laterLock(settings, dynamodb);
  const adapters = { ...laterAdapters(settings, dynamodb), ...laterS3(), lock };
  return releasesOf(settings, channels, machineTime, adapters, lockContext);
}

/** Loaded with the first release that is new. It must know the invocation that it first runs in, too. */
function laterLock(settings: Settings, dynamodb: DynamoDBClient): Pick<ReleasesDependencies, 'lockContext'> & Pick<Services, 'lock'> {
  let locks: Lock | undefined;
  let current: Context | undefined;
  const made = later(async () => {
    const { lock } = await import('../../adapters/lock.ts');
    locks = lock(dynamodb, settings.OTA_LOCK_TABLE);
    if (current) locks.registerContext(current);
    return locks;
  });
  return {
    lockContext: (context) => {
      current = context;
      locks?.registerContext(context);
    },
    lock: { once: async (key, work) => (await made()).once(key, work) },
  };
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
