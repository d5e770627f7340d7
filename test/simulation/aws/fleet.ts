import type { World } from '../world.ts';

export type Counts = { queued: number; inProgress: number; succeeded: number; failed: number; canceled: number };
export type JobStatus = 'IN_PROGRESS' | 'CANCELED' | 'COMPLETED' | 'DELETION_IN_PROGRESS';

/** What reaches devices: the job of an OTA update, or a task. Its state is a function of time. */
export type Job = {
  readonly id: string;
  readonly rolloutId: string;
  readonly attempt: number;
  readonly service: 'iot' | 'mi';
  readonly startsAt: number;
  /** `undefined`: continuous, it never completes. */
  readonly completesAt: number | undefined;
  readonly devices: number;
  readonly failing: number;
  canceledAt: number | undefined;
  deletedAt: number | undefined;
  deletionAt: number | undefined;
  reasonCode: string | undefined;
  comment: string | undefined;
};

export function newJob(world: World, about: Pick<Job, 'id' | 'rolloutId' | 'attempt' | 'service'> & { readonly continuous: boolean }): Job {
  const { chance } = world;
  const { continuous, ...rest } = about;
  return {
    ...rest,
    startsAt: world.now(),
    completesAt: continuous ? undefined : world.now() + chance.number('job lasts', 60_000, 30 * 60_000),
    devices: chance.whole('devices', 1, 6),
    failing: chance.is('devices fail', 0.2) ? 1 : 0,
    canceledAt: undefined,
    deletionAt: undefined,
    deletedAt: undefined,
    reasonCode: undefined,
    comment: undefined,
  };
}

export function statusOf(job: Job, now: number): JobStatus | undefined {
  if (job.deletedAt !== undefined && now >= job.deletedAt) return undefined;
  if (job.deletionAt !== undefined && now >= job.deletionAt) return 'DELETION_IN_PROGRESS';
  const canceledAt = job.canceledAt ?? Number.POSITIVE_INFINITY;
  const completesAt = job.completesAt ?? Number.POSITIVE_INFINITY;
  if (now < canceledAt && now < completesAt) return 'IN_PROGRESS';
  return canceledAt < completesAt ? 'CANCELED' : 'COMPLETED';
}

/** Whether it can still start on a device. */
export function isLive(job: Job, now: number): boolean {
  return statusOf(job, now) === 'IN_PROGRESS';
}

export function countsOf(job: Job, now: number): Counts {
  const status = statusOf(job, now);
  const end = job.completesAt ?? job.startsAt + 20 * 60_000;
  const until = Math.min(now, job.canceledAt ?? now, job.deletionAt ?? now);
  const share = Math.min(1, Math.max(0, (until - job.startsAt) / (end - job.startsAt)));
  const ended = status === 'COMPLETED' ? job.devices : Math.min(job.devices, Math.floor(share * job.devices));
  const failed = Math.min(job.failing, ended);
  const rest = job.devices - ended;
  const stopped = status === 'CANCELED' || status === 'DELETION_IN_PROGRESS';
  const inProgress = rest > 0 ? 1 : 0;
  return {
    queued: stopped ? 0 : rest - inProgress,
    inProgress,
    succeeded: ended - failed,
    failed,
    canceled: stopped ? rest - inProgress : 0,
  };
}
