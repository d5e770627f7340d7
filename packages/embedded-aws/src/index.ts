import { createRealClock, type RealClock } from './clock.ts';
import type { CloudFormationAssumptions } from './cloudformation-assumptions.ts';
import type { Faults } from './faults.ts';
import { createFleet, type Fleet } from './fleet/fleet.ts';
import type { FleetSettings } from './fleet/plan.ts';
import type { LambdaAssumptions } from './lambda/assumptions.ts';
import type { Invocation, LogLine } from './lambda/lambda-process.ts';
import type { EventBridgeAssumptions } from './services/eventbridge/assumptions.ts';
import type { IotCoreAssumptions } from './services/iot-core/assumptions.ts';
import type { PublishedMessage } from './services/iot-core/job-events.ts';
import type { ManagedIntegrationsAssumptions } from './services/managed-integrations/options.ts';
import type { Clock, ObjectStore } from './services/service.ts';
import { type RunningServices, startServices } from './services.ts';

export { createManualClock, createRealClock, type ManualClock, type RealClock } from './clock.ts';
export type { CloudFormationAssumptions } from './cloudformation-assumptions.ts';
export type { Fault, FaultKind, FaultReport, Faults } from './faults.ts';
export type { Fleet } from './fleet/fleet.ts';
export type { FleetSettings, Outcome } from './fleet/plan.ts';
export type { LambdaAssumptions } from './lambda/assumptions.ts';
export type { Invocation, LogLine } from './lambda/lambda-process.ts';
export type { EventBridgeAssumptions } from './services/eventbridge/assumptions.ts';
export type { IotCoreAssumptions } from './services/iot-core/assumptions.ts';
export type { PublishedMessage } from './services/iot-core/job-events.ts';
export type { ManagedIntegrationsAssumptions } from './services/managed-integrations/options.ts';
export type { Clock, ObjectStore } from './services/service.ts';

/** A stack to start with: the resources of a compiled CloudFormation template, its functions in processes of their own. */
export type StackOptions = {
  /** The file of the compiled template (JSON), such as `serverless package` writes. */
  readonly templateFile: string;
  /** The folder that the handlers are relative to: `dist/app.handler` is `app.mjs`, `app.js` or `app.cjs` in its `dist`. */
  readonly codeDirectory: string;
  /** Default: `embedded`. Resources without a name of their own are named after it. */
  readonly stackName?: string;
  /** Values of the template's parameters, over their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Environment variables that every function gets, over its own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Assumptions about Lambda, where AWS does not document it. */
  readonly lambda?: Partial<LambdaAssumptions>;
  /** Assumptions about CloudFormation, where AWS does not document it. */
  readonly cloudFormation?: Partial<CloudFormationAssumptions>;
  /** Is called with every line that a function writes. */
  readonly onLog?: (line: LogLine) => void;
};

/** How to start the embedded AWS. Every option has a default. */
export type EmbeddedAwsOptions<C extends Clock = RealClock> = {
  /** The port on 127.0.0.1. Default: 0, any free one. */
  readonly port?: number;
  /** Twelve digits. Default: `000000000000`. */
  readonly accountId?: string;
  /** Default: `us-east-1`. */
  readonly region?: string;
  /**
   * The clock of the IoT control planes, the fleet and schedules. Default: real time. `createRealClock({ factor: 60 })`
   * lets a minute pass in a second; `createManualClock()` stands still until the test moves it. The other services
   * always run on real time, because their clients do.
   */
  readonly clock?: C;
  /**
   * The endpoint of another S3. The control planes read artifacts and job documents there if the embedded S3 does not have
   * them. Then the embedded AWS connects to that endpoint, with made-up credentials. Default: none.
   */
  readonly artifactsEndpoint?: string;
  /** What the simulated devices do. Default: all succeed within seconds. */
  readonly fleet?: Partial<FleetSettings>;
  /** Assumptions about AWS IoT Core, where AWS does not document it. */
  readonly iotCore?: Partial<IotCoreAssumptions>;
  /** Assumptions about IoT managed integrations, where AWS does not document it. */
  readonly managedIntegrations?: Partial<ManagedIntegrationsAssumptions>;
  /** Assumptions about EventBridge, where AWS does not document it. */
  readonly eventBridge?: Partial<EventBridgeAssumptions>;
  /** A stack to start with. Default: nothing is there; queues, tables, buckets and buses are made through their APIs. */
  readonly stack?: StackOptions;
};

/** The stack that was started with. */
export type Stack = {
  /** What `Ref` gives for each resource, by logical id: a queue's URL, a table's name. */
  readonly resources: Readonly<Record<string, string>>;
  /** Runs a function by its name, as Lambda's Invoke would. Rejects if there is no function of that name. */
  invoke(functionName: string, event: unknown): Promise<Invocation>;
};

/** A running embedded AWS. `C` is the type of its clock. */
export type EmbeddedAws<C extends Clock = RealClock> = {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** What an SDK client needs: `new SQSClient(aws.client)`. No credentials are checked. Only S3 clients use `forcePathStyle`. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly forcePathStyle: true;
  };
  /** The clock of the IoT control planes, the fleet and schedules. */
  readonly clock: C;
  /** Injects throttles, errors, lost replies and outages. */
  readonly faults: Faults;
  /** The simulated devices; `change` acts on whatever has not started yet. */
  readonly fleet: Fleet;
  /** What is in S3, without a request. */
  readonly objects: ObjectStore;
  /** The job events that AWS IoT would have published over MQTT, oldest first; the last thousand. */
  jobEvents(): readonly PublishedMessage[];
  /** Publishes a message as any client with the permission could, such as a forged or an old job event. */
  publish(message: PublishedMessage): void;
  /** From now on a managed thing matches a query of a continuous OTA task, or no longer does. */
  matchManagedThing(query: string, managedThingId: string, matches?: boolean): void;
  /** From now on AWS Signer has a finished signing job, and the file that it signed is this object. Without a version, the newest. */
  finishSigningJob(jobId: string, output: { readonly bucket: string; readonly key: string; readonly version?: string | undefined }): void;
  /** The stack of the options; `undefined` without one. */
  readonly stack: Stack | undefined;
  /** Ends everything. What was in memory is gone. */
  stop(): Promise<void>;
};

/**
 * Starts an AWS in this process, on one endpoint of the loopback interface: SQS, DynamoDB, EventBridge, S3, STS, AWS
 * IoT Core and IoT managed integrations. Everything is in memory, and nothing outside this machine is reached,
 * but for `artifactsEndpoint`.
 * @throws if the port is taken, if the fleet's settings are wrong, or if the stack cannot be made
 */
export async function startEmbeddedAws<C extends Clock = RealClock>(options: EmbeddedAwsOptions<C> = {}): Promise<EmbeddedAws<C>> {
  const { stack: stackOptions, clock: given, fleet, port = 0, ...rest } = options;
  const ownClock = given === undefined ? createRealClock() : undefined;
  // Without a clock of the caller's, C is RealClock.
  const clock = given ?? (ownClock as Clock as C);
  const services = { ...rest, port, worldClock: clock, fleet: createFleet(fleet) };
  const { running, stack } =
    stackOptions === undefined
      ? { running: await startServices(services), stack: undefined }
      : await startStack({ ...services, stackName: 'embedded', ...stackOptions });
  const { endpoint, region, accountId } = running;
  return {
    endpoint,
    region,
    accountId,
    client: { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, forcePathStyle: true },
    clock,
    faults: running.faults,
    fleet: running.fleet,
    objects: running.objects,
    jobEvents: running.iotCore.events,
    publish: running.iotCore.publish,
    matchManagedThing(query, managedThingId, matches = true) {
      if (matches) running.managedIntegrations.match(query, managedThingId);
      else running.managedIntegrations.unmatch(query, managedThingId);
    },
    finishSigningJob: running.iotCore.finishSigningJob,
    stack,
    async stop() {
      await running.stop();
      ownClock?.stop();
    },
  };
}

async function startStack(
  options: Parameters<typeof import('./cloud.ts').startCloud>[0],
): Promise<{ readonly running: RunningServices; readonly stack: Stack }> {
  // Loaded only here: the SDK clients that make the resources take longer to load than everything else.
  const { startCloud } = await import('./cloud.ts');
  const cloud = await startCloud(options);
  return { running: cloud, stack: { resources: cloud.provisioned.created, invoke: cloud.invoke } };
}
