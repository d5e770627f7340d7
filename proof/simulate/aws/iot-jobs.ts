import type { FaultMix } from '../fault-mix.ts';
import { AwsError, type Input } from '../transport.ts';
import type { World } from '../world.ts';
import { countsOf, type Job, newJob, statusOf } from './fleet.ts';
import type { JobEvents } from './job-events.ts';

/** A job of CreateJob, with what AWS keeps of it beside its devices. */
type CreatedJob = {
  readonly job: Job;
  readonly input: Input;
  /** From these times on reads see the job, and its tags. */
  readonly visibleAt: number;
  readonly taggedAt: number;
};

/** Members of the request that DescribeJob returns. */
const DESCRIBED = [
  ...['description', 'targets', 'targetSelection', 'destinationPackageVersions', 'presignedUrlConfig'],
  ...['abortConfig', 'timeoutConfig', 'jobExecutionsRetryConfig', 'jobExecutionsRolloutConfig'],
];

/**
 * What a person makes of a job's timeout: the longest that AWS takes. A shorter one ends devices that start later, and the simulated
 * fleet has no timeouts.
 */
export const CHANGED_TIMEOUT = { inProgressTimeoutInMinutes: 10_080 };

/** A job ends at least half an hour after its creation. */
const SHORTEST = 30 * 60_000;

export type IotJobs = {
  readonly create: (input: Input) => unknown;
  readonly describe: (id: string) => unknown;
  readonly document: (id: string) => unknown;
  readonly tags: (arn: string) => unknown;
  readonly cancel: (input: Input) => unknown;
  /** Somebody else created a job with an id of the service. */
  readonly foreign: (id: string) => void;
};

/** Jobs, be they of OTA updates or made by CreateJob. A job that was deleted frees its id. */
export function iotJobs(world: World, mix: FaultMix, jobs: Map<string, Job>, events: JobEvents, onJob: (job: Job) => void): IotJobs {
  const created = new Map<string, CreatedJob>();
  const { chance } = world;

  const find = (id: string): Job => {
    const job = jobs.get(id);
    const made = created.get(id);
    const isHidden = world.now() < (made?.visibleAt ?? job?.visibleAt ?? 0);
    if (!job || isHidden || statusOf(job, world.now()) === undefined) throw new AwsError('ResourceNotFoundException', 'not there');
    return job;
  };
  const isForced = (job: Job): boolean => job.forcedAt !== undefined && world.now() >= job.forcedAt;
  const lagOf = (name: string): number => (world.deviates(name, 'iot', mix.readLag) ? chance.number(name, 100, 120_000) : 0);

  return {
    create: (input) => {
      const id = String(input['jobId']);
      const earlier = created.get(id);
      if (earlier && statusOf(earlier.job, world.now()) !== undefined) {
        // AWS does not document whether an identical create is accepted.
        if (mix.identicalCreate > 0 && JSON.stringify(earlier.input) === JSON.stringify(input)) return { jobId: id, jobArn: arnOf(id) };
        throw new AwsError('ResourceAlreadyExistsException', 'is there');
      }
      const tags = (input['tags'] ?? []) as readonly { readonly Key: string; readonly Value: string }[];
      const schedule = (input['schedulingConfig'] ?? {}) as { readonly endTime?: string; readonly maintenanceWindows?: unknown };
      const endsAt = schedule.endTime === undefined ? undefined : Date.parse(`${schedule.endTime}:00Z`);
      if (endsAt !== undefined && endsAt < world.now() + SHORTEST) throw new AwsError('InvalidRequestException', 'endTime');
      const job = newJob(world, {
        id,
        rolloutId: tags.find(({ Key }) => Key === 'ota-dispatch.rolloutId')?.Value ?? 'foreign',
        attempt: 1,
        service: 'iot',
        continuous: input['targetSelection'] === 'CONTINUOUS',
        hasWindows: schedule.maintenanceWindows !== undefined,
        isRetried: input['jobExecutionsRetryConfig'] !== undefined,
        ...(endsAt !== undefined && { endsAt }),
      });
      jobs.set(id, job);
      const visibleAt = world.now() + lagOf('job lag');
      created.set(id, { job, input, visibleAt, taggedAt: visibleAt + lagOf('tag lag') });
      world.log(`job ${id} starts`);
      onJob(job);
      events.watch(job);
      return { jobId: id, jobArn: arnOf(id) };
    },
    describe: (id) => {
      const job = find(id);
      const made = created.get(id);
      const status = statusOf(job, world.now());
      const counts = countsOf(job, world.now());
      const { timeoutConfig, ...described } = only(DESCRIBED, made?.input ?? {});
      return {
        job: {
          jobId: id,
          jobArn: arnOf(id),
          status,
          ...(made && {
            ...described,
            timeoutConfig: job.isChanged ? CHANGED_TIMEOUT : timeoutConfig,
          }),
          ...(job.reasonCode !== undefined && status === 'CANCELED' && { reasonCode: job.reasonCode }),
          ...(job.comment !== undefined && status === 'CANCELED' && { comment: job.comment }),
          ...(status === 'CANCELED' && { forceCanceled: isForced(job) }),
          // AWS documents completedAt for completed jobs only.
          ...(status === 'COMPLETED' && job.completesAt !== undefined && { completedAt: new Date(job.completesAt) }),
          ...(status === 'CANCELED' && job.canceledAt !== undefined && { lastUpdatedAt: new Date(job.canceledAt) }),
          jobProcessDetails: {
            numberOfQueuedThings: counts.queued,
            numberOfInProgressThings: counts.inProgress,
            numberOfSucceededThings: counts.succeeded,
            numberOfFailedThings: counts.failed,
            numberOfCanceledThings: counts.canceled,
            numberOfRejectedThings: 0,
            numberOfTimedOutThings: 0,
            numberOfRemovedThings: 0,
          },
        },
      };
    },
    document: (id) => {
      find(id);
      return { document: created.get(id)?.input['document'] };
    },
    tags: (arn) => {
      const id = arn.split('/').at(-1) ?? '';
      find(id);
      const made = created.get(id);
      return { tags: made && world.now() >= made.taggedAt ? made.input['tags'] : [] };
    },
    cancel: (input) => {
      const { reasonCode, comment } = input as Pick<Job, 'reasonCode' | 'comment'>;
      if (reasonCode !== undefined && !/^[A-Z0-9_]{1,128}$/.test(reasonCode)) throw new AwsError('InvalidRequestException', 'reasonCode');
      if (comment !== undefined && !/^\P{C}{1,2028}$/u.test(comment)) throw new AwsError('InvalidRequestException', 'comment');
      const job = find(String(input['jobId']));
      const status = statusOf(job, world.now());
      const force = input['force'] === true;
      const reachesMore = force && status === 'CANCELED' && countsOf(job, world.now()).inProgress > 0;
      if (status !== 'IN_PROGRESS' && status !== 'SCHEDULED' && !reachesMore) throw new AwsError('InvalidRequestException', `is ${status}`);
      const late = world.deviates('late cancel', 'iot', mix.lateCancel) ? chance.number('late cancel', 100, 120_000) : 0;
      const at = world.now() + late;
      job.canceledAt = Math.min(job.canceledAt ?? Number.POSITIVE_INFINITY, at);
      if (force) job.forcedAt = Math.min(job.forcedAt ?? Number.POSITIVE_INFINITY, at);
      job.reasonCode = reasonCode ?? job.reasonCode;
      job.comment = comment ?? job.comment;
      events.announce(job, 'canceled', at);
      return { jobId: job.id };
    },
    foreign: (id) => {
      if (jobs.has(id)) return;
      const job = newJob(world, { id, rolloutId: 'foreign', attempt: 1, service: 'iot', continuous: true });
      jobs.set(id, job);
      created.set(id, { job, input: { jobId: id, targets: ['somebody else'], document: '{}' }, visibleAt: 0, taggedAt: 0 });
    },
  };
}

function arnOf(id: string): string {
  return `arn:aws:iot:us-east-1:000000000000:job/${id}`;
}

function only(names: readonly string[], input: Input): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]])));
}
