import type { World } from '../world.ts';

export type Counts = { queued: number; inProgress: number; succeeded: number; failed: number; canceled: number };
export type JobStatus = 'SCHEDULED' | 'IN_PROGRESS' | 'CANCELED' | 'COMPLETED' | 'DELETION_IN_PROGRESS';

/** A job, be it of an OTA update or one of its own, or a task. Its state is a function of time. */
export type Job = {
  readonly id: string;
  readonly rolloutId: string;
  readonly attempt: number;
  readonly service: 'iot' | 'mi';
  readonly startsAt: number;
  /** `undefined` if it is continuous and its schedule has no end: it never completes. */
  readonly completesAt: number | undefined;
  /** Every other ten minutes are outside of its maintenance windows. */
  readonly hasWindows: boolean;
  /** Until then, DescribeJob does not show it. */
  readonly visibleAt: number;
  /** A device that failed is queued again for some time, so the counts fall. */
  readonly isRetried: boolean;
  /** Somebody has changed it with UpdateJob. */
  isChanged: boolean;
  readonly devices: number;
  readonly failing: number;
  /** The devices that fail are the last to end. So an update looks healthy until then. */
  readonly failsLate: boolean;
  canceledAt: number | undefined;
  /** When it was canceled by force, which also ends what had started. */
  forcedAt: number | undefined;
  deletedAt: number | undefined;
  deletionAt: number | undefined;
  reasonCode: string | undefined;
  comment: string | undefined;
};

type About = Pick<Job, 'id' | 'rolloutId' | 'attempt' | 'service'> &
  Partial<Pick<Job, 'hasWindows' | 'isRetried' | 'visibleAt'>> & { readonly continuous: boolean; readonly endsAt?: number };

/** A job whose devices and times are drawn by chance. */
export function newJob(world: World, about: About): Job {
  const { chance } = world;
  const { continuous, endsAt, ...rest } = about;
  return {
    hasWindows: false,
    visibleAt: 0,
    isRetried: false,
    ...rest,
    isChanged: false,
    startsAt: world.now(),
    completesAt: continuous ? endsAt : world.now() + chance.number('job lasts', 60_000, 30 * 60_000),
    devices: chance.whole('devices', 1, 6),
    failing: chance.is('devices fail', 0.2) ? 1 : 0,
    failsLate: chance.is('devices fail late', 0.5),
    canceledAt: undefined,
    forcedAt: undefined,
    deletionAt: undefined,
    deletedAt: undefined,
    reasonCode: undefined,
    comment: undefined,
  };
}

/** How long a window is, and the time between two. */
const WINDOW = 10 * 60_000;
/** How long a device waits before it is queued again. */
const RETRY = 2 * 60_000;

export function statusOf(job: Job, now: number): JobStatus | undefined {
  if (job.deletedAt !== undefined && now >= job.deletedAt) return undefined;
  if (job.deletionAt !== undefined && now >= job.deletionAt) return 'DELETION_IN_PROGRESS';
  const canceledAt = job.canceledAt ?? Number.POSITIVE_INFINITY;
  const completesAt = job.completesAt ?? Number.POSITIVE_INFINITY;
  if (now < canceledAt && now < completesAt) {
    return job.hasWindows && Math.floor((now - job.startsAt) / WINDOW) % 2 === 1 ? 'SCHEDULED' : 'IN_PROGRESS';
  }
  return canceledAt < completesAt ? 'CANCELED' : 'COMPLETED';
}

/** Whether the update can still start on a device. */
export function isLive(job: Job, now: number): boolean {
  return ['IN_PROGRESS', 'SCHEDULED'].includes(statusOf(job, now) ?? '');
}

/**
 * Devices take the update one after the other. A cancel stops queued devices, and by force also the device that has
 * started. A deletion changes nothing for the devices.
 */
export function countsOf(job: Job, now: number): Counts {
  const until = Math.min(now, job.deletionAt ?? now);
  const canceledAt = job.canceledAt ?? Number.POSITIVE_INFINITY;
  const forcedAt = job.forcedAt ?? Number.POSITIVE_INFINITY;
  const isCanceled = until >= canceledAt && canceledAt < (job.completesAt ?? Number.POSITIVE_INFINITY);
  const reached = isCanceled ? Math.min(job.devices, endedBy(job, canceledAt) + 1) : job.devices;
  const ended = Math.min(reached, endedBy(job, isCanceled ? Math.min(until, forcedAt) : until));
  const failed = job.failsLate ? Math.max(0, ended - (job.devices - job.failing)) : Math.min(job.failing, ended);
  const rest = job.devices - ended;
  const inProgress = rest > 0 && ended < reached && !(isCanceled && until >= forcedAt) ? 1 : 0;
  const again = job.isRetried && rest > 0 && !isCanceled && Math.floor(until / RETRY) % 2 === 0 ? failed : 0;
  return {
    queued: isCanceled ? 0 : rest - inProgress + again,
    inProgress,
    succeeded: ended - failed,
    failed: failed - again,
    canceled: isCanceled ? rest - inProgress : 0,
  };
}

/** How many devices have finished at a time, if nothing stops them. */
function endedBy({ startsAt, completesAt, devices }: Job, at: number): number {
  const end = completesAt ?? startsAt + 20 * 60_000;
  const share = Math.min(1, Math.max(0, (at - startsAt) / (end - startsAt)));
  return Math.floor(share * devices);
}
