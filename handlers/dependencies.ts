import { readFileSync } from 'node:fs';
import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IoTClient } from '@aws-sdk/client-iot';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { artifacts } from '../adapters/artifacts.ts';
import { bus } from '../adapters/bus.ts';
import { controlPlaneOptions, supportingOptions } from '../adapters/clients.ts';
import { documents } from '../adapters/documents.ts';
import { iotCore } from '../adapters/iot-core.ts';
import { ledger, WORK_SHARDS } from '../adapters/ledger.ts';
import { limiter } from '../adapters/limiter.ts';
import { lock } from '../adapters/lock.ts';
import { managedIntegrations } from '../adapters/managed-integrations.ts';
import { IoTManagedIntegrationsClient } from '../adapters/managed-integrations-client.ts';
import { queues } from '../adapters/queues.ts';
import { telemetry } from '../adapters/telemetry.ts';
import type { Channels } from '../domain/release/channels.ts';
import { validateChannels } from '../domain/request/validate-channels.ts';
import type { Timing } from '../domain/rollout/step.ts';
import type { Services } from './ports.ts';

/** What a handler is made of. */
export type Dependencies = {
  readonly services: Services;
  readonly lockContext: (context: Context) => void;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly sweep: {
    readonly shards: number;
    readonly spreadSeconds: number;
    readonly due: ReturnType<typeof ledger>['due'];
  };
};

/** The SDK clients, or anything that answers their commands: a simulation brings its own. */
export type Clients = {
  readonly dynamodb: DynamoDBClient;
  readonly eventbridge: EventBridgeClient;
  readonly iot: IoTClient;
  readonly managedIntegrations: IoTManagedIntegrationsClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
};

/** Time and waiting: the machine's own unless a simulation brings another. */
export type Time = { readonly now: () => number; readonly sleep: (milliseconds: number) => Promise<void> };

const minutes = (count: number): number => count * 60_000;

const environment = z.object({
  OTA_STAGE: z.string(),
  OTA_ACCOUNT_ID: z.string(),
  AWS_REGION: z.string(),
  OTA_ALLOWED_ACCOUNTS: z.string().transform((list) => list.split(',')),
  OTA_LEDGER_TABLE: z.string(),
  OTA_LOCK_TABLE: z.string(),
  OTA_BUS_NAME: z.string(),
  OTA_FOLLOW_UPS_QUEUE_URL: z.string(),
  OTA_REJECTED_QUEUE_URL: z.string(),
  OTA_DOCUMENTS_BUCKET: z.string(),
  OTA_CREATES_PER_SECOND: z.coerce.number().positive(),
  OTA_UNANSWERED_MI_MINUTES: z.coerce.number().min(20).default(20),
  OTA_TIME_FACTOR: z.coerce.number().min(1).default(1),
});

export type Settings = z.infer<typeof environment>;

/**
 * The composition root, run at cold start only: the one place that reads the environment and knows the
 * adapters. Throws, naming the variable or the place in channels.yml, when either is wrong.
 */
export function dependencies(variables: Readonly<Record<string, string | undefined>>): Dependencies {
  const settings = environment.parse(variables);
  const channels = readChannels(new URL('./channels.json', import.meta.url), settings);
  const clients: Clients = {
    dynamodb: new DynamoDBClient(supportingOptions),
    eventbridge: new EventBridgeClient(supportingOptions),
    iot: new IoTClient(controlPlaneOptions),
    managedIntegrations: new IoTManagedIntegrationsClient(controlPlaneOptions),
    s3: new S3Client(supportingOptions),
    sqs: new SQSClient(supportingOptions),
  };
  const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  return compose(settings, channels, clients, { now: Date.now, sleep });
}

/** The same from parts. */
export function compose(settings: Settings, channels: Channels, clients: Clients, time: Time): Dependencies {
  const { now, sleep } = time;
  const table = ledger(clients.dynamodb, settings.OTA_LEDGER_TABLE);
  const locks = lock(clients.dynamodb, settings.OTA_LOCK_TABLE);
  const told = telemetry({ stage: settings.OTA_STAGE, now });
  const services: Services = {
    now,
    timing: timingOf(settings),
    place: placeOf(settings),
    allowedAccounts: settings.OTA_ALLOWED_ACCOUNTS,
    channels,
    ledger: table,
    pause: sleep,
    lock: locks,
    controlPlanes: {
      iot: iotCore(clients.iot),
      iotmanagedintegrations: managedIntegrations(clients.managedIntegrations),
    },
    limiter: limiter({ perSecond: settings.OTA_CREATES_PER_SECOND, now, sleep }),
    artifacts: artifacts(clients.s3),
    documents: documents(clients.s3),
    bus: bus(clients.eventbridge, { name: settings.OTA_BUS_NAME }),
    queues: queues(clients.sqs, { followUpsUrl: settings.OTA_FOLLOW_UPS_QUEUE_URL, rejectedUrl: settings.OTA_REJECTED_QUEUE_URL }),
    telemetry: told,
  };
  return {
    services,
    lockContext: (context) => locks.registerContext(context),
    logger: told.logger,
    metrics: told.metrics,
    sweep: { shards: WORK_SHARDS, spreadSeconds: Math.floor(240 / settings.OTA_TIME_FACTOR), due: table.due },
  };
}

/** Delays and their slack shrink with the time factor of a local run; what AWS may still do late does not. */
function timingOf(settings: Settings): Timing {
  const factor = settings.OTA_TIME_FACTOR;
  return {
    firstDelay: 15_000 / factor,
    longestDelay: minutes(15) / factor,
    slack: minutes(2) / factor,
    unanswered: { iot: minutes(20), iotmanagedintegrations: minutes(settings.OTA_UNANSWERED_MI_MINUTES) },
  };
}

function placeOf(settings: Settings) {
  return {
    accountId: settings.OTA_ACCOUNT_ID,
    region: settings.AWS_REGION,
    stage: settings.OTA_STAGE,
    documentsBucket: settings.OTA_DOCUMENTS_BUCKET,
  };
}

function readChannels(file: URL, settings: Settings): Channels {
  const parsed = validateChannels(JSON.parse(readFileSync(file, 'utf8')), placeOf(settings));
  if (parsed.ok) return parsed.channels;
  throw new Error(`channels.yml: ${parsed.errors.map(({ path, message }) => `${path}: ${message}`).join('; ')}`);
}
