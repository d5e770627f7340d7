import { createFleet, type Fleet } from '../../fleet/fleet.ts';
import { createJobs } from '../../fleet/jobs.ts';
import type { ObjectLocation } from '../rest-json/document-source.ts';
import { createRestJsonService, type RestJson } from '../rest-json/rest-json.ts';
import type { Service } from '../service.ts';
import { accountHandlers, streamHandlers } from './account.ts';
import { createArns } from './arns.ts';
import { defaultIotCoreAssumptions, type IotCoreAssumptions } from './assumptions.ts';
import { iotStatuses } from './failures.ts';
import { createJobEvents, type PublishedMessage } from './job-events.ts';
import { jobExecutionHandlers } from './job-executions.ts';
import { jobHandlers } from './jobs.ts';
import { jobsDataHandlers } from './jobs-data.ts';
import { jobsDataModel, jobsModel } from './model/jobs.ts';
import { otaUpdatesModel } from './model/ota-updates.ts';
import { accountModel, registryModel } from './model/registry.ts';
import type { IotCoreOptions } from './options.ts';
import { otaUpdateHandlers } from './ota-updates.ts';
import { createRegistry, type Registry } from './registry.ts';
import { thingGroupHandlers, thingHandlers } from './registry-operations.ts';
import { createSigning } from './signing.ts';
import { createStreams } from './streams.ts';
import { tagHandlers } from './tags.ts';
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
    region: options.region,
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
  const data = { ...dataWire, region: options.region, model: jobsDataModel, handlers: jobsDataHandlers(world, fleet) };
  const dataPlane = ['iot-jobs-data', 'iotjobsdata'].map((name) => createRestJsonService({ ...data, name }));
  return {
    ...service,
    fleet,
    registry,
    dataPlane,
    events: events.all,
    signingPublicKey: signing.publicKeyPem,
    finishSigningJob: signing.finish,
  };
}

const wire: Pick<RestJson, 'statuses' | 'invalid' | 'messageKey'> = {
  statuses: { ...iotStatuses, ConflictException: 409 },
  invalid: 'InvalidRequestException',
  messageKey: 'message',
};

/** The data plane throttles with a 429 (API model 2017-09-29), the control plane with a 400. */
const dataWire = { ...wire, statuses: { ...wire.statuses, ThrottlingException: 429 } };
