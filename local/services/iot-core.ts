import { createFleet, type Fleet } from '../fleet/fleet.ts';
import { createJobs } from '../fleet/jobs.ts';
import { accountHandlers, streamHandlers } from './iot-core/account.ts';
import { createArns } from './iot-core/arns.ts';
import { iotStatuses } from './iot-core/failures.ts';
import { createJobEvents, type PublishedMessage } from './iot-core/job-events.ts';
import { jobExecutionHandlers } from './iot-core/job-executions.ts';
import { jobHandlers } from './iot-core/jobs.ts';
import { jobsDataHandlers } from './iot-core/jobs-data.ts';
import { defaultIotCoreAssumptions, type IotCoreAssumptions, type IotCoreOptions } from './iot-core/options.ts';
import { otaUpdateHandlers } from './iot-core/ota-updates.ts';
import { createRegistry, type Registry } from './iot-core/registry.ts';
import { thingGroupHandlers, thingHandlers } from './iot-core/registry-operations.ts';
import { createSigning } from './iot-core/signing.ts';
import { createStreams } from './iot-core/streams.ts';
import { tagHandlers } from './iot-core/tags.ts';
import type { IotWorld } from './iot-core/world.ts';
import { jobsDataModel, jobsModel } from './model/iot-jobs.ts';
import { otaUpdatesModel } from './model/iot-ota-updates.ts';
import { accountModel, registryModel } from './model/iot-registry.ts';
import { createRestJsonService, type RestJson } from './model/rest-json.ts';
import type { Service } from './service.ts';

export type { PublishedMessage } from './iot-core/job-events.ts';
export type { IotCoreAssumptions, IotCoreOptions } from './iot-core/options.ts';

export type IotCore = Service & {
  readonly fleet: Fleet;
  readonly registry: Registry;
  /** The device's side of jobs under the signing names its SDKs use; mount beside the service itself. */
  readonly dataPlane: readonly Service[];
  /** The job events published so far, oldest first, a thousand at most. */
  events(): readonly PublishedMessage[];
  /** PEM of the key that verifies signatures the stand-in made. */
  readonly signingPublicKey: string;
};

/**
 * AWS IoT Core as far as OTA needs it: OTA updates, jobs, things and groups, streams, tags. Everything in memory, on
 * the clock given; `IotCoreAssumptions` tells what is assumed and can be set.
 */
export function createIotCore(options: IotCoreOptions): IotCore {
  const assumptions: IotCoreAssumptions = { ...defaultIotCoreAssumptions, ...options };
  const fleet = options.fleet ?? createFleet();
  const arns = createArns(options.region, options.accountId);
  const registry = createRegistry(arns, assumptions);
  const eventConfigurations: IotWorld['eventConfigurations'] = {};
  const events = createJobEvents({ arns, registry, configurations: eventConfigurations, clock: options.clock, publish: options.publish });
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
    name: 'iot',
    model: { ...otaUpdatesModel, ...jobsModel, ...registryModel, ...accountModel },
    handlers: {
      ...otaUpdateHandlers(world),
      ...jobHandlers(world),
      ...jobExecutionHandlers(world),
      ...thingHandlers(world),
      ...thingGroupHandlers(world),
      ...streamHandlers(world),
      ...tagHandlers(world),
      ...accountHandlers(world),
    },
  });
  const data = { ...dataWire, model: jobsDataModel, handlers: jobsDataHandlers(world, fleet) };
  const dataPlane = ['iot-jobs-data', 'iotjobsdata'].map((name) => createRestJsonService({ ...data, name }));
  return { ...service, fleet, registry, dataPlane, events: events.all, signingPublicKey: signing.publicKeyPem };
}

const wire: Pick<RestJson, 'statuses' | 'invalid' | 'messageKey'> = {
  statuses: { ...iotStatuses, ConflictException: 409 },
  invalid: 'InvalidRequestException',
  messageKey: 'message',
};

/** The data plane throttles with a 429 (API model 2017-09-29), the control plane with a 400. */
const dataWire = { ...wire, statuses: { ...wire.statuses, ThrottlingException: 429 } };
