import {
  CancelJobCommand,
  CreateOTAUpdateCommand,
  type CreateOTAUpdateCommandInput,
  DescribeJobCommand,
  GetOTAUpdateCommand,
  type IoTClient,
  type Job,
  type OTAUpdateInfo,
} from '@aws-sdk/client-iot';
import { markerKeys } from '../domain/channels/reserved.ts';
import { attemptId } from '../domain/request/identity.ts';
import type { JobState, Sighting, StopOrder, Subject } from '../domain/rollout/observation.ts';
import type { ControlPlane } from '../domain/rollout/ports.ts';
import type { AwsIds, Counts } from '../domain/rollout/rollout.ts';
import { causeOf, replyOf } from './aws-errors.ts';

/** Handed out here so that whoever loads this when it is first needed has both. */
export { IoTClient } from '@aws-sdk/client-iot';

type Client = Pick<IoTClient, 'send'>;
type Described = { readonly state: JobState; readonly counts: Counts; readonly aws: AwsIds; readonly end: End };
/** What is told of how a job came to its end. */
type End = Pick<Extract<Sighting, { kind: 'exists' }>, 'reasonCode' | 'comment' | 'forced'>;

/** AWS IoT Core: an OTA update makes a job named after it, and the job is what reaches devices. */
export function iotCore(client: Client): ControlPlane {
  return {
    create: async (input) => {
      try {
        const { otaUpdateId, otaUpdateArn, awsIotJobId, awsIotJobArn } = await client.send(new CreateOTAUpdateCommand(fromWire(input)));
        const id = otaUpdateId ?? String(input['otaUpdateId']);
        return { kind: 'accepted', aws: idsOf({ otaUpdateId: id, otaUpdateArn, awsIotJobId, awsIotJobArn }) };
      } catch (error) {
        return replyOf(error);
      }
    },

    look: async (subject, at) => {
      if (at === 'job') return jobAsSighting(await describe(client, jobIdOf(subject)));
      const update = await getUpdate(client, subject);
      if (update === undefined) return at === 'creation' ? { kind: 'notFound' } : jobAsSighting(await describe(client, jobIdOf(subject)));
      if (!isOurs(update, subject)) return { kind: 'foreign' };
      return sightingOf(client, update, subject, at === 'both');
    },

    stop: async (subject, order) => {
      try {
        await client.send(new CancelJobCommand({ jobId: jobIdOf(subject), force: order.force, ...reasonsOf(order) }));
      } catch (error) {
        // A job that has ended or is not there cannot be canceled; what became of it is for the next look to tell.
        if (!['notFound', 'invalid'].includes(causeOf(error))) throw error;
      }
    },
  };
}

async function sightingOf(client: Client, update: OTAUpdateInfo, subject: Subject, withJob: boolean): Promise<Sighting> {
  const aws = idsOf({ ...update, otaUpdateId: attemptId(subject.rolloutId, subject.attempt) });
  const jobId = aws.jobId ?? jobIdOf(subject);
  switch (update.otaUpdateStatus) {
    case 'CREATE_PENDING':
    case 'CREATE_IN_PROGRESS':
      return { kind: 'pending' };
    case 'CREATE_COMPLETE': {
      if (!withJob) return { kind: 'exists', job: 'live', aws };
      return existing(await describe(client, jobId), aws, 'gone');
    }
    case 'CREATE_FAILED': {
      const { code, message } = update.errorInfo ?? {};
      const errorInfo = { ...(code !== undefined && { code }), ...(message !== undefined && { message }) };
      return { kind: 'createFailed', errorInfo, job: (await describe(client, jobId))?.state ?? 'none' };
    }
    // Somebody is deleting the update. While that goes on nothing is certain, also where the job is not to be seen.
    case 'DELETE_IN_PROGRESS':
      return existing(await describe(client, jobId), aws, 'ending');
    case 'DELETE_FAILED':
      return existing(await describe(client, jobId), aws, 'gone');
    default:
      throw new Error(`GetOTAUpdate of ${aws.otaUpdateId} answered the status ${update.otaUpdateStatus}, which has no known meaning`);
  }
}

function existing(job: Described | undefined, aws: AwsIds, otherwise: JobState): Sighting {
  if (job === undefined) return { kind: 'exists', job: otherwise, aws };
  return { kind: 'exists', job: job.state, aws: { ...aws, ...job.aws }, counts: job.counts, ...job.end };
}

function jobAsSighting(job: Described | undefined): Sighting {
  return job === undefined ? { kind: 'notFound' } : existing(job, {}, 'gone');
}

async function getUpdate(client: Client, subject: Subject): Promise<OTAUpdateInfo | undefined> {
  const otaUpdateId = attemptId(subject.rolloutId, subject.attempt);
  try {
    const { otaUpdateInfo } = await client.send(new GetOTAUpdateCommand({ otaUpdateId }));
    if (otaUpdateInfo === undefined) throw new Error(`GetOTAUpdate of ${otaUpdateId} answered nothing`);
    return otaUpdateInfo;
  } catch (error) {
    if (causeOf(error) === 'notFound') return undefined;
    throw error;
  }
}

async function describe(client: Client, jobId: string): Promise<Described | undefined> {
  try {
    const { job } = await client.send(new DescribeJobCommand({ jobId }));
    if (job === undefined) throw new Error(`DescribeJob of ${jobId} answered nothing`);
    const counts = countsOf(job);
    const end: End = {
      ...(job.reasonCode !== undefined && { reasonCode: job.reasonCode }),
      ...(job.comment !== undefined && { comment: job.comment }),
      ...(job.status === 'CANCELED' && { forced: job.forceCanceled === true }),
    };
    return { state: stateOf(job, counts), counts, aws: { jobId, ...(job.jobArn !== undefined && { jobArn: job.jobArn }) }, end };
  } catch (error) {
    if (causeOf(error) === 'notFound') return undefined;
    throw error;
  }
}

/** A cancel that returned is not yet a cancel that happened: what is still queued can still reach a device. */
function stateOf(job: Job, counts: Counts): JobState {
  switch (job.status) {
    case 'SCHEDULED':
    case 'IN_PROGRESS':
      return 'live';
    case 'COMPLETED':
      return 'completed';
    case 'CANCELED':
      return counts.queued > 0 || (job.forceCanceled === true && counts.inProgress > 0) ? 'ending' : 'canceled';
    case 'DELETION_IN_PROGRESS':
      return 'ending';
    default:
      throw new Error(`DescribeJob of ${job.jobId} answered the status ${job.status}, which has no known meaning`);
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

/** Ours is only what carries both markers, equal: the digest covers the members that GetOTAUpdate does not return. */
function isOurs({ additionalParameters }: OTAUpdateInfo, subject: Subject): boolean {
  return (
    additionalParameters?.[markerKeys.rolloutId] === subject.rolloutId &&
    additionalParameters[markerKeys.requestDigest] === subject.requestDigest
  );
}

function jobIdOf({ rolloutId, attempt }: Subject): string {
  return derivedJobId(attemptId(rolloutId, attempt));
}

/** The service names the job of an OTA update so; its first answers often leave the job's id out. */
function derivedJobId(otaUpdateId: string): string {
  return `AFR_OTA-${otaUpdateId}`;
}

function idsOf(update: {
  readonly otaUpdateId: string;
  readonly otaUpdateArn?: string | undefined;
  readonly awsIotJobId?: string | undefined;
  readonly awsIotJobArn?: string | undefined;
}): AwsIds {
  return {
    otaUpdateId: update.otaUpdateId,
    ...(update.otaUpdateArn !== undefined && { otaUpdateArn: update.otaUpdateArn }),
    jobId: update.awsIotJobId ?? derivedJobId(update.otaUpdateId),
    ...(update.awsIotJobArn !== undefined && { jobArn: update.awsIotJobArn }),
  };
}

/**
 * CancelJob takes reason codes of `[\p{Upper}\p{Digit}_]` (in Java's sense: ASCII), at most 128, and comments without control characters,
 * at most 2,028. It must not fail over what a person wrote.
 */
function reasonsOf({ reasonCode, comment }: StopOrder): Pick<End, 'reasonCode' | 'comment'> {
  const code = reasonCode
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, '_')
    .slice(0, 128);
  const words = [...comment.replace(/\p{C}/gu, ' ')].slice(0, 2028).join('');
  return { ...(code !== '' && { reasonCode: code }), ...(words !== '' && { comment: words }) };
}

type WireFile = {
  readonly codeSigning?: { readonly customCodeSigning?: { readonly signature?: { readonly inlineDocument?: unknown } } };
};

/** The SDK wants the one blob of the request as bytes, where the wire and our frozen request have base64 text. */
function fromWire(input: Readonly<Record<string, unknown>>): CreateOTAUpdateCommandInput {
  const files = Array.isArray(input['files']) ? (input['files'] as WireFile[]).map(fileFromWire) : input['files'];
  return { ...input, files } as CreateOTAUpdateCommandInput;
}

function fileFromWire(file: WireFile): unknown {
  const custom = file.codeSigning?.customCodeSigning;
  const text = custom?.signature?.inlineDocument;
  if (typeof text !== 'string') return file;
  const signature = { ...custom?.signature, inlineDocument: Buffer.from(text, 'base64') };
  return { ...file, codeSigning: { ...file.codeSigning, customCodeSigning: { ...custom, signature } } };
}
