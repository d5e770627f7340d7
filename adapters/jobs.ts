import { CancelJobCommand, DescribeJobCommand, type IoTClient, type Job } from '@aws-sdk/client-iot';
import { compact } from '../domain/json/compact.ts';
import type { JobState, Sighting, StopOrder } from '../domain/rollout/observation.ts';
import type { AwsIds, Counts } from '../domain/rollout/outcome-schema.ts';
import { causeOf } from './aws-errors.ts';
import type { SendOptions } from './time-left.ts';

/** A client of AWS IoT, with the options of each call. */
export type Reads = { readonly client: Pick<IoTClient, 'send'>; readonly options: SendOptions };

/** What AWS reports about how a job ended. */
type End = Pick<Extract<Sighting, { kind: 'exists' }>, 'reasonCode' | 'comment' | 'forced' | 'canceledAt'>;

/** A job, be it of an OTA update or one of its own. */
export type DescribedJob = {
  readonly state: JobState;
  readonly counts: Counts;
  readonly aws: AwsIds;
  readonly end: End;
  readonly job: Job;
};

/**
 * The job with this id, or `undefined` if there is none. Its ARNs are as they were written in the request, before any substitution. Throws
 * if AWS fails or returns an unknown status.
 */
export async function describeJob({ client, options }: Reads, jobId: string): Promise<DescribedJob | undefined> {
  try {
    const { job } = await client.send(new DescribeJobCommand({ jobId, beforeSubstitution: true }), options);
    if (job === undefined) throw new Error(`DescribeJob of ${jobId} returned no job`);
    const counts = countsOf(job);
    const end: End = compact({ reasonCode: job.reasonCode, comment: job.comment, ...(job.status === 'CANCELED' && cancelOf(job)) });
    return { state: stateOf(job, counts), counts, aws: compact({ jobId, jobArn: job.jobArn }), end, job };
  } catch (error) {
    if (causeOf(error) === 'notFound') return undefined;
    throw error;
  }
}

function cancelOf({ forceCanceled, completedAt, lastUpdatedAt }: Job): Pick<End, 'forced' | 'canceledAt'> {
  // AWS documents `completedAt` for completed jobs only. Nobody can update a canceled one, so its last update is its cancel.
  return compact({ forced: forceCanceled === true, canceledAt: (completedAt ?? lastUpdatedAt)?.getTime() });
}

/**
 * CancelJob returns before the cancel is complete. The job is `ending` while AWS still cancels executions (`isConcurrent`), and until no
 * device is queued or, with force, in progress. A job between two maintenance windows is SCHEDULED again, so that is `live`.
 */
function stateOf(job: Job, counts: Counts): JobState {
  switch (job.status) {
    case 'SCHEDULED':
    case 'IN_PROGRESS':
      return 'live';
    case 'COMPLETED':
      return 'completed';
    case 'CANCELED':
      return job.isConcurrent === true || counts.queued > 0 || (job.forceCanceled === true && counts.inProgress > 0)
        ? 'ending'
        : 'canceled';
    case 'DELETION_IN_PROGRESS':
      return 'ending';
    default:
      throw new Error(`DescribeJob of ${job.jobId} returned the unknown status ${job.status}`);
  }
}

function countsOf({ jobProcessDetails: details }: Job): Counts {
  return {
    queued: details?.numberOfQueuedThings ?? 0,
    inProgress: details?.numberOfInProgressThings ?? 0,
    succeeded: details?.numberOfSucceededThings ?? 0,
    failed: details?.numberOfFailedThings ?? 0,
    rejected: details?.numberOfRejectedThings ?? 0,
    timedOut: details?.numberOfTimedOutThings ?? 0,
    removed: details?.numberOfRemovedThings ?? 0,
    canceled: details?.numberOfCanceledThings ?? 0,
  };
}

/** What a look found, if the job is this one. `otherwise` is the state where there is no job. */
export function existing(job: DescribedJob | undefined, aws: AwsIds, otherwise: JobState): Extract<Sighting, { kind: 'exists' }> {
  if (job === undefined) return { kind: 'exists', job: otherwise, aws };
  return { kind: 'exists', job: job.state, aws: { ...aws, ...job.aws }, counts: job.counts, ...job.end };
}

/**
 * Asks AWS to cancel a job. One that has ended or does not exist cannot be canceled. The next look sees what became of it. Throws if AWS
 * fails in any other way.
 */
export async function cancelJob({ client, options }: Reads, jobId: string, order: StopOrder): Promise<void> {
  try {
    await client.send(new CancelJobCommand({ jobId, force: order.force, ...reasonsOf(order) }), options);
  } catch (error) {
    if (!['notFound', 'invalid'].includes(causeOf(error))) throw error;
  }
}

/**
 * What a person wrote, in the form that CancelJob accepts, so that the stop does not fail. A reason code has at most 128 of
 * `[\p{Upper}\p{Digit}_]`, which means ASCII in Java. A comment has at most 2,028 characters, and no control characters.
 */
function reasonsOf({ reasonCode, comment }: StopOrder): Pick<End, 'reasonCode' | 'comment'> {
  const code = reasonCode
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, '_')
    .slice(0, 128);
  const text = [...comment.replace(/\p{C}/gu, ' ')].slice(0, 2028).join('');
  return compact({ reasonCode: code || undefined, comment: text || undefined });
}
