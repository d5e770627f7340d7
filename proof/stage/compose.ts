import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { IoTClient } from '@aws-sdk/client-iot';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { artifacts } from '../../adapters/artifacts.ts';
import { bus } from '../../adapters/bus.ts';
import { documents } from '../../adapters/documents.ts';
import { iotCore } from '../../adapters/iot-core.ts';
import { iotJobs } from '../../adapters/iot-jobs.ts';
import { ledger } from '../../adapters/ledger/ledger.ts';
import { lock } from '../../adapters/lock.ts';
import type { IoTManagedIntegrationsClient } from '../../adapters/managed-integrations/client.ts';
import { managedIntegrations } from '../../adapters/managed-integrations/managed-integrations.ts';
import { queues } from '../../adapters/queues.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import {
  type FollowUpsDependencies,
  followUpsOf,
  type ReleasesDependencies,
  releasesOf,
  type SweepDependencies,
  sweepOf,
  type Time,
  urlsOf,
} from '../../handlers/dependencies/functions.ts';
import type { Settings } from '../../handlers/dependencies/settings.ts';

export type { Time } from '../../handlers/dependencies/functions.ts';
export type { Settings } from '../../handlers/dependencies/settings.ts';

/** What each of the three functions is made of, put together when it is asked for: once for a sandbox. */
export type Compositions = {
  readonly releases: () => ReleasesDependencies;
  readonly 'follow-ups': () => FollowUpsDependencies;
  readonly sweep: () => SweepDependencies;
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

/**
 * All three functions over the same clients. The deployed ones are composed in handlers/dependencies/ from the same parts,
 * each from what it uses. `creating` has the clients for creates, if they are others.
 */
export function compose(
  settings: Settings,
  channels: Channels,
  clients: Clients,
  time: Time,
  creating: Pick<Clients, 'iot' | 'managedIntegrations'> = clients,
): Compositions {
  const locks = lock(clients.dynamodb, settings.OTA_LOCK_TABLE);
  const adapters = {
    ledger: ledger(clients.dynamodb, settings.OTA_LEDGER_TABLE),
    lock: locks,
    controlPlanes: {
      CreateOTAUpdate: iotCore({ creates: creating.iot, others: clients.iot }),
      CreateJob: iotJobs({ creates: creating.iot, others: clients.iot }),
      CreateOtaTask: managedIntegrations({ creates: creating.managedIntegrations, others: clients.managedIntegrations }),
    },
    artifacts: artifacts(clients.s3),
    documents: documents(clients.s3),
    bus: bus(clients.eventbridge, { name: settings.OTA_BUS_NAME }),
    queues: queues(clients.sqs, urlsOf(settings)),
  };
  return {
    releases: () => releasesOf(settings, channels, time, adapters, (context) => locks.registerContext(context)),
    'follow-ups': () => followUpsOf(settings, time, adapters),
    sweep: () => sweepOf(settings, time, adapters),
  };
}
