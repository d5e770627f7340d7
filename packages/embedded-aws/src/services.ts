import { type Account, answerAccountAdmin, createAccount, withAccount } from './account.ts';
import { defaultAccount } from './account-default.ts';
import { createTableServices } from './account-services.ts';
import { createRealClock } from './clock.ts';
import { createFaults, type Faults } from './faults.ts';
import { answerOtaAdmin } from './fleet/admin.ts';
import { createFleet, type Fleet } from './fleet/fleet.ts';
import { type GatewayOptions, startGateway } from './gateway.ts';
import { createDynamoDb } from './services/dynamodb/dynamodb.ts';
import type { EventBridgeAssumptions } from './services/eventbridge/assumptions.ts';
import { createEventBridge } from './services/eventbridge/eventbridge.ts';
import type { BusEvent } from './services/eventbridge/events.ts';
import { createIotCore, type IotCore } from './services/iot-core/iot-core.ts';
import { createManagedIntegrations, type ManagedIntegrations } from './services/managed-integrations/managed-integrations.ts';
import { createAnotherS3 } from './services/s3/another-s3.ts';
import { createS3 } from './services/s3/s3.ts';
import type { Clock, ObjectStore, Service } from './services/service.ts';
import { answerQueueAdmin } from './services/sqs/admin.ts';
import { createSqs } from './services/sqs/sqs.ts';
import { createSts } from './services/sts.ts';

export const ACCOUNT_ID = '000000000000';
export const REGION = 'us-east-1';

/** What a further service gets when the services start. */
export type Neighbours = {
  readonly clock: Clock;
  readonly objects: ObjectStore;
  readonly faults: Faults;
  readonly accountId: string;
  readonly region: string;
};

export type ServicesOptions = {
  /** 0 takes any free port. */
  readonly port: number;
  /** The clock of SQS, DynamoDB, EventBridge, S3 and faults. Default: real time, because their clients have no other. */
  readonly clock?: Clock;
  /** The clock of the IoT control planes and their fleet. Default: the same as `clock`. */
  readonly worldClock?: Clock;
  readonly accountId?: string;
  readonly region?: string;
  /** Another S3, from which the control planes read objects that the embedded S3 does not have. Default: none. */
  readonly artifactsEndpoint?: string;
  /** The simulated devices of both control planes. Default: all succeed. */
  readonly fleet?: Fleet;
  /** Further options of IoT Core. */
  readonly iotCore?: Partial<Parameters<typeof createIotCore>[0]>;
  /** Further options of managed integrations. */
  readonly managedIntegrations?: Partial<Parameters<typeof createManagedIntegrations>[0]>;
  /** Further options of EventBridge. */
  readonly eventBridge?: Partial<EventBridgeAssumptions>;
  /** Gets each event that a bus has accepted, whether or not a rule matches it. No request is made for it. */
  readonly onEvent?: (event: BusEvent) => void;
  /** Further services. */
  readonly services?: readonly ((neighbours: Neighbours) => Service)[];
};

export type RunningServices = {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly worldClock: Clock;
  readonly faults: Faults;
  /** What is in S3, without a request. */
  readonly objects: ObjectStore;
  readonly fleet: Fleet;
  readonly iotCore: IotCore;
  readonly managedIntegrations: ManagedIntegrations;
  /** What reads of the account answer, see the table of `PUT /_ota/account`. */
  readonly account: Account;
  /** Ends every long poll without a message and lets no new one begin. To be called before consumers are stopped. */
  endLongPolls(): void;
  stop(): Promise<void>;
};

/** The embedded AWS without functions and with nothing in it. Everything is in memory and gone when it stops. */
export async function startServices(options: ServicesOptions): Promise<RunningServices> {
  const { accountId = ACCOUNT_ID, region = REGION } = options;
  const own = options.clock === undefined ? createRealClock() : undefined;
  const clock = options.clock ?? own ?? createRealClock();
  const worldClock = options.worldClock ?? clock;
  const faults = createFaults({ clock });
  const shared = { clock, accountId, region };
  const sqs = createSqs(shared);
  const s3 = createS3({ clock });
  const another = options.artifactsEndpoint === undefined ? undefined : createAnotherS3(options.artifactsEndpoint, region, s3.objects);
  const reading = (service: Service) => another?.reading(service) ?? service;
  const neighbours: Neighbours = { clock: worldClock, objects: another?.objects ?? s3.objects, faults, accountId, region };
  const fleet = options.fleet ?? createFleet();
  const iotCore = createIotCore({ ...neighbours, fleet, queues: sqs, writeObject: s3.writeObject, ...options.iotCore });
  const managedIntegrations = createManagedIntegrations({ ...neighbours, fleet, ...options.managedIntegrations });
  const account = createAccount(defaultAccount(shared));
  const standIns: Service[] = [
    sqs,
    createDynamoDb(shared),
    createEventBridge({ ...shared, queues: sqs, onEvent: options.onEvent, ...options.eventBridge }),
    s3,
    reading(iotCore),
    ...iotCore.dataPlane,
    reading(managedIntegrations),
    createSts({ accountId, region }),
    ...(options.services ?? []).map((create) => create(neighbours)),
  ];
  const services = [...standIns.map((service) => withAccount(service, account)), ...createTableServices(account)];
  const admin: GatewayOptions['admin'] = (request) =>
    answerAccountAdmin(request, account) ??
    answerQueueAdmin(request, sqs.queues()) ??
    answerOtaAdmin(request, { clock: worldClock, fleet, iotCore, managedIntegrations });
  const gateway = await startGateway({ port: options.port, accountId, region, services, faults, admin });
  return {
    endpoint: gateway.endpoint,
    accountId,
    region,
    clock,
    worldClock,
    faults,
    objects: s3.objects,
    fleet,
    iotCore,
    managedIntegrations,
    account,
    endLongPolls: sqs.endLongPolls,
    async stop() {
      await gateway.stop();
      another?.close();
      own?.stop();
    },
  };
}
