import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { addressing, objectOptions } from '../../adapters/clients.ts';
import type { Lock } from '../../adapters/lock.ts';
import { type ReportSlowCall, reportingSlowCalls } from '../../adapters/slow-calls.ts';
import type { Operation } from '../../domain/request/control-planes.ts';
import type { Ports } from '../../domain/rollout/ports.ts';
import type { ReleasesDependencies } from './functions.ts';
import type { Environment, Settings } from './settings.ts';
import { ahead, type Loadable, whenFirstNeeded } from './when-first-needed.ts';

/** The lock is loaded in the middle of an invocation. It must know that one too, so it is registered when the lock is loaded. */
export function lockOf(
  settings: Settings,
  dynamodb: DynamoDBClient,
): Pick<ReleasesDependencies, 'lockContext'> & { readonly lock: Ports['lock'] & Loadable } {
  let loaded: Lock | undefined;
  let current: Context | undefined;
  const locks = whenFirstNeeded(async () => {
    const { lock } = await import('./parts-of-new-release.ts');
    loaded = lock(dynamodb, settings.OTA_LOCK_TABLE);
    if (current) loaded.registerContext(current);
    return loaded;
  });
  return {
    lockContext: (context) => {
      current = context;
      loaded?.registerContext(context);
    },
    lock: { loadAhead: ahead(locks), once: async (key, work) => (await locks()).once(key, work) },
  };
}

/** The artifacts and the job documents in S3. */
export function storageOf(
  environment: Environment,
  report: ReportSlowCall,
): Pick<Ports, 'documents'> & { readonly artifacts: Ports['artifacts'] & Loadable } {
  const storage = whenFirstNeeded(async () => {
    const { artifacts, documents, S3Client } = await import('./parts-of-new-release.ts');
    const client = reportingSlowCalls(new S3Client({ ...objectOptions, ...addressing(environment) }), report);
    return { artifacts: artifacts(client), documents: documents(client) };
  });
  return {
    artifacts: {
      loadAhead: ahead(storage),
      facts: async (location) => (await storage()).artifacts.facts(location),
      read: async (location, sizeBytes, time) => (await storage()).artifacts.read(location, sizeBytes, time),
    },
    documents: { write: async (document) => (await storage()).documents.write(document) },
  };
}

/**
 * The ledger, which begins to load what comes next while it waits for an answer: the checks of a new release during the look-up, and its
 * control plane and the queues during the claim. A look-up that finds a duplicate loads the checks for nothing, once in an
 * execution environment.
 */
export function loadingAhead(
  ledger: Ports['ledger'],
  {
    lock,
    artifacts,
    controlPlanes,
    queues,
  }: Readonly<Record<'lock' | 'artifacts' | 'queues', Loadable>> & {
    readonly controlPlanes: Readonly<Record<Operation, Loadable>>;
  },
): Ports['ledger'] {
  return {
    ...ledger,
    lookUp: (release) => {
      const known = ledger.lookUp(release);
      artifacts.loadAhead();
      lock.loadAhead();
      return known;
    },
    accept: (row, release) => {
      const put = ledger.accept(row, release);
      controlPlanes[row.operation].loadAhead();
      queues.loadAhead();
      return put;
    },
  };
}
