import { createFleet, type Fleet } from '../../fleet/fleet.ts';
import { createJobs } from '../../fleet/jobs.ts';
import { createRateLimit } from '../../rate-limit.ts';
import type { ObjectLocation } from '../rest-json/document-source.ts';
import { createRestJsonService, type Handlers, type RestJson } from '../rest-json/rest-json.ts';
import type { Service } from '../service.ts';
import { accountHandlers, streamHandlers } from './account.ts';
import { createArns } from './arns.ts';
import { defaultIotCoreAssumptions, type IotCoreAssumptions } from './assumptions.ts';
import { iotStatuses, throttled } from './failures.ts';
import { createJobEvents, type PublishedMessage } from './job-events.ts';
import { jobExecutionHandlers } from './job-executions.ts';
import { jobHandlers } from './jobs.ts';
import { jobsDataHandlers } from './jobs-data.ts';
import { jobsDataModel, jobsModel } from './model/jobs.ts';
import { otaUpdatesModel } from './model/ota-updates.ts';
import { accountModel, registryModel } from './model/registry.ts';
import { topicRulesModel } from './model/topic-rules.ts';
import type { IotCoreOptions } from './options.ts';
import { otaUpdateHandlers } from './ota-updates.ts';
import { createRegistry, type Registry } from './registry.ts';
import { thingGroupHandlers, thingHandlers } from './registry-operations.ts';
import { createSigning } from './signing.ts';
import { createStreams } from './streams.ts';
import { tagHandlers } from './tags.ts';
import { createTopicRules } from './topic-rules.ts';
import type { IotWorld } from './world.ts';

export type { IotCoreAssumptions } from './assumptions.ts';
export type { PublishedMessage } from './job-events.ts';
export type { IotCoreOptions } from './options.ts';

export type IotCore = Service & {
  readonly fleet: Fleet;
  readonly registry: Registry;
  /** The device's side of jobs, under both signing names that SDKs use. To be served beside the service itself. */
  readonly dataPlane: readonly Service[];
  /** The job events published so far, oldest first, at most a thousand. */
  events(): readonly PublishedMessage[];
  /** Publishes a message as any client with the permission could, such as a forged or an old job event. */
  publish(message: PublishedMessage): void;
  /** The key, in PEM, that verifies the signatures made here. */
  readonly signingPublicKey: string;
  /** From now on AWS Signer has a finished signing job, whose file is at `output`. */
  finishSigningJob(jobId: string, output: ObjectLocation): void;
};

/**
 * AWS IoT Core as far as OTA needs it: OTA updates, jobs, things and groups, streams, tags. Everything is in memory.
 * `IotCoreAssumptions` lists what is assumed.
 */
export function createIotCore(options: IotCoreOptions): IotCore {
  const assumptions: IotCoreAssumptions = { ...defaultIotCoreAssumptions, ...options };
  const fleet = options.fleet ?? createFleet();
  const arns = createArns(options.region, options.accountId);
  const registry = createRegistry(arns, options.clock, assumptions);
  const eventConfigurations: IotWorld['eventConfigurations'] = {};
  const topicRules = createTopicRules({ arns, clock: options.clock, queues: options.queues, body: assumptions.topicRuleBody });
  const events = createJobEvents({
    arns,
    registry,
    configurations: eventConfigurations,
    clock: options.clock,
    faults: options.faults,
    publish(message) {
      topicRules.publish(message);
      options.publish?.(message);
    },
  });
  const jobs = createJobs({
    clock: options.clock,
    fleet,
    nameOf: registry.devices.nameOf,
    membersOf: registry.membersOf,
    settings: assumptions.jobs,
    onEvent: events.note,
  });
  registry.onMembership((change, target, device) => jobs[change](target, device));
  const signing = createSigning();
  const world: IotWorld = {
    options,
    assumptions,
    clock: options.clock,
    arns,
    registry,
    jobs,
    streams: createStreams(assumptions.streamQuota),
    signing,
    tags: new Map(),
    otaUpdates: new Map(),
    eventConfigurations,
  };
  const service = createRestJsonService({
    ...wire,
    region: options.region,
    name: 'iot',
    model: { ...otaUpdatesModel, ...jobsModel, ...registryModel, ...accountModel, ...topicRulesModel },
    handlers: {
      ...otaUpdateHandlers(world),
      ...limited(world, { ...jobHandlers(world), ...jobExecutionHandlers(world) }),
      ...thingHandlers(world),
      ...thingGroupHandlers(world),
      ...streamHandlers(world),
      ...tagHandlers(world),
      ...accountHandlers(world),
      ...topicRules.handlers,
    },
  });
  const data = { ...dataWire, region: options.region, model: jobsDataModel, handlers: jobsDataHandlers(world, fleet) };
  const dataPlane = ['iot-jobs-data', 'iotjobsdata'].map((name) => createRestJsonService({ ...data, name }));
  return {
    ...service,
    fleet,
    registry,
    dataPlane,
    events: events.all,
    publish: events.send,
    signingPublicKey: signing.publicKeyPem,
    finishSigningJob: signing.finish,
  };
}

/** The operations with the rates that are assumed for them. */
function limited({ clock, assumptions }: IotWorld, handlers: Handlers): Handlers {
  const { describeJobPerSecond, jobCallsPerSecond } = assumptions;
  const rates: Readonly<Record<string, number>> = {
    ...(describeJobPerSecond === 'any' ? {} : { DescribeJob: describeJobPerSecond }),
    ...jobCallsPerSecond,
  };
  return Object.fromEntries(
    Object.entries(handlers).map(([operation, handle]) => {
      const perSecond = Object.hasOwn(rates, operation) ? rates[operation] : undefined;
      if (perSecond === undefined) return [operation, handle];
      const rate = createRateLimit(clock.now, perSecond);
      return [operation, (input: never, request) => (rate.take() ? handle(input, request) : throttled)] satisfies [
        string,
        Handlers[string],
      ];
    }),
  );
}

const wire: Pick<RestJson, 'statuses' | 'invalid' | 'messageKey'> = {
  statuses: { ...iotStatuses, ConflictException: 409 },
  invalid: 'InvalidRequestException',
  messageKey: 'message',
};

/** The data plane throttles with a 429 (API model 2017-09-29), the control plane with a 400. */
const dataWire = { ...wire, statuses: { ...wire.statuses, ThrottlingException: 429 } };
