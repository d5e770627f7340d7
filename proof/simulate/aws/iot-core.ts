import type { FaultMix } from '../fault-mix.ts';
import { AwsError, type Input, type SimulatedService } from '../transport.ts';
import type { World } from '../world.ts';
import { type Job, newJob } from './fleet.ts';
import { iotJobs } from './iot-jobs.ts';
import type { JobEvents } from './job-events.ts';

type Update = {
  readonly id: string;
  readonly input: Input;
  /** From this time on reads see it. */
  readonly visibleAt: number;
  readonly inProgressAt: number;
  readonly endsAt: number;
  readonly fate: 'complete' | 'fails for now' | 'fails for ever';
  job: Job | undefined;
};

export type IotCore = SimulatedService & {
  readonly jobs: ReadonlyMap<string, Job>;
  readonly updates: ReadonlyMap<string, Update>;
  /** Somebody else created an OTA update, or a job, with an id of the service. */
  readonly foreign: (id: string, what: 'update' | 'job') => void;
};

const transient = ['InternalFailure', 'ThrottlingException', 'LimitExceededException'];
export const finalCauses: readonly string[] = ['AccessDeniedException', 'InvalidRequestException'];

/** IoT Core creates OTA updates asynchronously, each with a job named after it. An id is never free again. */
export function iotCore(world: World, mix: FaultMix, events: JobEvents, onJob: (job: Job) => void): IotCore {
  const updates = new Map<string, Update>();
  const jobs = new Map<string, Job>();
  const ofJobs = iotJobs(world, mix, jobs, events, onJob);
  const { chance } = world;

  const create = (input: Input): unknown => {
    const id = String(input['otaUpdateId']);
    if (updates.has(id)) throw new AwsError('ResourceAlreadyExistsException', 'is there');
    const failsForNow = world.deviates('create failed', 'iot', mix.createFailed);
    const failsForEver = !failsForNow && world.deviates('create failed finally', 'iot', mix.createFailedFinally);
    const lag = world.deviates('read lag', 'iot', mix.readLag) ? chance.number('read lag', 100, 120_000) : 0;
    const inProgressAt = world.now() + chance.number('pending', 200, 20_000);
    const update: Update = {
      id,
      input,
      visibleAt: world.now() + lag,
      inProgressAt,
      endsAt: inProgressAt + chance.number('in progress', 200, world.isCalm() ? 30_000 : 180_000),
      fate: failsForNow ? 'fails for now' : failsForEver ? 'fails for ever' : 'complete',
      job: undefined,
    };
    updates.set(id, update);
    const leavesJob = update.fate === 'complete' || world.deviates('job left behind', 'iot', mix.jobLeftBehind);
    if (leavesJob) world.after(update.endsAt - world.now(), () => startJob(update));
    return { otaUpdateId: id, otaUpdateArn: arnOf('otaupdate', id), otaUpdateStatus: 'CREATE_PENDING' };
  };
  const startJob = (update: Update): void => {
    const parameters = (update.input['additionalParameters'] ?? {}) as Record<string, string>;
    const isLate = update.fate === 'complete' && world.deviates('read lag', 'iot', mix.readLag);
    const job = newJob(world, {
      visibleAt: world.now() + (isLate ? chance.number('read lag', 100, 120_000) : 0),
      id: `AFR_OTA-${update.id}`,
      rolloutId: parameters['ota-dispatch.rolloutId'] ?? 'foreign',
      attempt: Number(update.id.split('-').at(-1)),
      service: 'iot',
      continuous: update.input['targetSelection'] === 'CONTINUOUS',
    });
    update.job = job;
    jobs.set(job.id, job);
    world.log(`job ${job.id} starts${update.fate === 'complete' ? '' : ', left behind by a creation that failed'}`);
    onJob(job);
    events.watch(job);
  };
  const get = (id: string): unknown => {
    const update = updates.get(id);
    if (!update || world.now() < update.visibleAt) throw new AwsError('ResourceNotFoundException', 'not there');
    const info = { otaUpdateId: id, otaUpdateArn: arnOf('otaupdate', id), additionalParameters: update.input['additionalParameters'] };
    if (world.now() < update.inProgressAt) return { otaUpdateInfo: { ...info, otaUpdateStatus: 'CREATE_PENDING' } };
    if (world.now() < update.endsAt) return { otaUpdateInfo: { ...info, otaUpdateStatus: 'CREATE_IN_PROGRESS' } };
    if (update.fate === 'complete') {
      const job = { awsIotJobId: `AFR_OTA-${id}`, awsIotJobArn: arnOf('job', `AFR_OTA-${id}`) };
      return { otaUpdateInfo: { ...info, ...job, otaUpdateStatus: 'CREATE_COMPLETE' } };
    }
    const code = (update.fate === 'fails for now' ? transient : finalCauses)[id.length % 2] ?? 'InternalFailure';
    return { otaUpdateInfo: { ...info, otaUpdateStatus: 'CREATE_FAILED', errorInfo: { code, message: `creation failed: ${code}` } } };
  };

  return {
    name: 'iot',
    jobs,
    updates,
    foreign: (id, what) => {
      if (what === 'job') return ofJobs.foreign(id);
      if (updates.has(id)) return;
      const ends = world.now();
      const input = { otaUpdateId: id, additionalParameters: { owner: 'somebody else' } };
      updates.set(id, { id, input, visibleAt: 0, inProgressAt: ends, endsAt: ends, fate: 'complete', job: undefined });
    },
    handle: (operation, input) => {
      if (operation === 'CreateOTAUpdate') return create(input);
      if (operation === 'GetOTAUpdate') return get(String(input['otaUpdateId']));
      if (operation === 'CreateJob') return ofJobs.create(input);
      if (operation === 'DescribeJob') return ofJobs.describe(String(input['jobId']));
      if (operation === 'GetJobDocument') return ofJobs.document(String(input['jobId']));
      if (operation === 'ListTagsForResource') return ofJobs.tags(String(input['resourceArn']));
      if (operation === 'CancelJob') return ofJobs.cancel(input);
      throw new Error(`IoT Core is not simulated for ${operation}`);
    },
  };
}

function arnOf(type: string, id: string): string {
  return `arn:aws:iot:us-east-1:000000000000:${type}/${id}`;
}
