import { createRealClock, type RealClock } from './clock.ts';
import { createFaults, type Faults } from './faults.ts';
import { startGateway } from './gateway.ts';
import { createDynamoDb } from './services/dynamodb.ts';
import { createEventBridge } from './services/eventbridge.ts';
import { createS3 } from './services/s3.ts';
import type { Clock, ObjectStore, Service } from './services/service.ts';
import { createSqs } from './services/sqs.ts';

export const ACCOUNT_ID = '000000000000';
export const REGION = 'us-east-1';

/** What a further stand-in is given when the services start. */
export type Neighbours = {
  readonly clock: Clock;
  readonly objects: ObjectStore;
  readonly faults: Faults;
  readonly accountId: string;
  readonly region: string;
};

export type ServicesOptions = {
  /** 0 picks a free one. */
  readonly port: number;
  /** The clock of everything asynchronous; real time unless given. */
  readonly clock?: Clock;
  readonly accountId?: string;
  readonly region?: string;
  /** Stand-ins besides SQS, DynamoDB, EventBridge and S3. */
  readonly services?: readonly ((neighbours: Neighbours) => Service)[];
};

export type RunningServices = {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly faults: Faults;
  /** What is in S3, without going over the wire. */
  readonly objects: ObjectStore;
  stop(): Promise<void>;
};

/** The embedded AWS without functions and with nothing in it. Everything is in memory and gone when it stops. */
export async function startServices(options: ServicesOptions): Promise<RunningServices> {
  const { accountId = ACCOUNT_ID, region = REGION } = options;
  const own: RealClock | undefined = options.clock === undefined ? createRealClock() : undefined;
  const clock = options.clock ?? own ?? createRealClock();
  const faults = createFaults({ clock });
  const sqs = createSqs({ clock, accountId, region });
  const s3 = createS3({ clock });
  const shared = { clock, accountId, region };
  const neighbours: Neighbours = { ...shared, objects: s3.objects, faults };
  const services = [
    sqs,
    createDynamoDb(shared),
    createEventBridge({ ...shared, queues: sqs }),
    s3,
    ...(options.services ?? []).map((create) => create(neighbours)),
  ];
  const gateway = await startGateway({ port: options.port, accountId, services, faults });
  return {
    endpoint: gateway.endpoint,
    accountId,
    region,
    clock,
    faults,
    objects: s3.objects,
    async stop() {
      await gateway.stop();
      own?.stop();
    },
  };
}
