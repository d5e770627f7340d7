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
import { compact } from '../domain/json/compact.ts';
import { attemptId } from '../domain/request/identity.ts';
import type { JobState, Sighting, StopOrder, Subject } from '../domain/rollout/observation.ts';
import type { AwsIds, Counts } from '../domain/rollout/outcome-schema.ts';
import type { ControlPlane } from '../domain/rollout/ports.ts';
import { causeOf, replyOf } from './aws-errors.ts';
import { CREATE_MILLISECONDS_MAX, oneCreate, type PlaneClients } from './clients.ts';
import { inTheTimeLeft, type SendOptions } from './time-left.ts';

export { IoTClient } from '@aws-sdk/client-iot';

type Client = Pick<IoTClient, 'send'>;
type Reads = { readonly client: Client; readonly options: SendOptions };
type Described = { readonly state: JobState; readonly counts: Counts; readonly aws: AwsIds; readonly end: End };
/** What AWS reports about how a job ended. */
type End = Pick<Extract<Sighting, { kind: 'exists' }>, 'reasonCode' | 'comment' | 'forced'>;

/**
 * The control plane AWS IoT Core. An OTA update creates a job that is named after it, and the job reaches the devices. `look`
 * and `stop` throw if AWS fails or returns an unknown status, or if the time left does not suffice. A create that has no answer
 * after `createMilliseconds` is `unknown`.
 */
export function iotCore(
  { creates, others }: PlaneClients<Client>,
  { createMilliseconds = CREATE_MILLISECONDS_MAX }: { readonly createMilliseconds?: number } = {},
): ControlPlane {
  return {
    create: async (input) => {
      try {
        const command = new CreateOTAUpdateCommand(fromWire(input));
        const { otaUpdateId, otaUpdateArn, awsIotJobId, awsIotJobArn } = await creates.send(command, oneCreate(createMilliseconds));
        const id = otaUpdateId ?? String(input['otaUpdateId']);
        return { kind: 'accepted', aws: idsOf({ otaUpdateId: id, otaUpdateArn, awsIotJobId, awsIotJobArn }) };
      } catch (error) {
        return replyOf(error);
      }
    },

    look: (subject, at, time) =>
      inTheTimeLeft(time, async (options) => {
        const reads = { client: others, options };
        if (at === 'job') return jobAsSighting(await describe(reads, jobIdOf(subject)));
        const update = await getUpdate(reads, subject);
        if (update === undefined) return at === 'creation' ? { kind: 'notFound' } : jobAsSighting(await describe(reads, jobIdOf(subject)));
        if (!hasMarkersOf(update, subject)) return { kind: 'foreign' };
        return sightingOf(reads, update, subject, at === 'both');
      }),

    stop: (subject, order, time) =>
      inTheTimeLeft(time, async (options) => {
        try {
          await others.send(new CancelJobCommand({ jobId: jobIdOf(subject), force: order.force, ...reasonsOf(order) }), options);
        } catch (error) {
          // A job that has ended or does not exist cannot be canceled. The next look sees what became of it.
          if (!['notFound', 'invalid'].includes(causeOf(error))) throw error;
        }
      }),
  };
}

async function sightingOf(reads: Reads, update: OTAUpdateInfo, subject: Subject, withJob: boolean): Promise<Sighting> {
  const aws = idsOf({ ...update, otaUpdateId: attemptId(subject.rolloutId, subject.attempt) });
  const jobId = aws.jobId ?? jobIdOf(subject);
  switch (update.otaUpdateStatus) {
    case 'CREATE_PENDING':
    case 'CREATE_IN_PROGRESS':
      return { kind: 'pending' };
    case 'CREATE_COMPLETE': {
      if (!withJob) return { kind: 'exists', job: 'live', aws };
      return existing(await describe(reads, jobId), aws, 'gone');
    }
    case 'CREATE_FAILED': {
      const { code, message } = update.errorInfo ?? {};
      return { kind: 'createFailed', errorInfo: compact({ code, message }), job: (await describe(reads, jobId))?.state ?? 'none' };
    }
    // Somebody is deleting the update. Until that ends, the job may still reach devices, even if AWS does not show it.
    case 'DELETE_IN_PROGRESS':
      return existing(await describe(reads, jobId), aws, 'ending');
    case 'DELETE_FAILED':
      return existing(await describe(reads, jobId), aws, 'gone');
    default:
      throw new Error(`GetOTAUpdate of ${aws.otaUpdateId} returned the unknown status ${update.otaUpdateStatus}`);
  }
}

function existing(job: Described | undefined, aws: AwsIds, otherwise: JobState): Sighting {
  if (job === undefined) return { kind: 'exists', job: otherwise, aws };
  return { kind: 'exists', job: job.state, aws: { ...aws, ...job.aws }, counts: job.counts, ...job.end };
}

function jobAsSighting(job: Described | undefined): Sighting {
  return job === undefined ? { kind: 'notFound' } : existing(job, {}, 'gone');
}

async function getUpdate({ client, options }: Reads, subject: Subject): Promise<OTAUpdateInfo | undefined> {
  const otaUpdateId = attemptId(subject.rolloutId, subject.attempt);
  try {
    const { otaUpdateInfo } = await client.send(new GetOTAUpdateCommand({ otaUpdateId }), options);
    if (otaUpdateInfo === undefined) throw new Error(`GetOTAUpdate of ${otaUpdateId} returned no update`);
    return otaUpdateInfo;
  } catch (error) {
    if (causeOf(error) === 'notFound') return undefined;
    throw error;
  }
}

async function describe({ client, options }: Reads, jobId: string): Promise<Described | undefined> {
  try {
    const { job } = await client.send(new DescribeJobCommand({ jobId }), options);
    if (job === undefined) throw new Error(`DescribeJob of ${jobId} returned no job`);
    const counts = countsOf(job);
    const forced = job.status === 'CANCELED' ? job.forceCanceled === true : undefined;
    const end: End = compact({ reasonCode: job.reasonCode, comment: job.comment, forced });
    return { state: stateOf(job, counts), counts, aws: compact({ jobId, jobArn: job.jobArn }), end };
  } catch (error) {
    if (causeOf(error) === 'notFound') return undefined;
    throw error;
  }
}

/** CancelJob returns before the cancel is complete. The job is `ending` until no device is queued or, with force, in progress. */
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

/** Whether this service made the update with this very request. The digest covers members that GetOTAUpdate does not return. */
function hasMarkersOf({ additionalParameters }: OTAUpdateInfo, subject: Subject): boolean {
  return (
    additionalParameters?.[markerKeys.rolloutId] === subject.rolloutId &&
    additionalParameters[markerKeys.requestDigest] === subject.requestDigest
  );
}

function jobIdOf({ rolloutId, attempt }: Subject): string {
  return derivedJobId(attemptId(rolloutId, attempt));
}

/** AWS IoT gives the job of an OTA update this id. The first responses of GetOTAUpdate often leave it out. */
function derivedJobId(otaUpdateId: string): string {
  return `AFR_OTA-${otaUpdateId}`;
}

function idsOf(update: {
  readonly otaUpdateId: string;
  readonly otaUpdateArn?: string | undefined;
  readonly awsIotJobId?: string | undefined;
  readonly awsIotJobArn?: string | undefined;
}): AwsIds {
  const { otaUpdateId, otaUpdateArn, awsIotJobId, awsIotJobArn } = update;
  return compact({ otaUpdateId, otaUpdateArn, jobId: awsIotJobId ?? derivedJobId(otaUpdateId), jobArn: awsIotJobArn });
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

type WireFile = {
  readonly codeSigning?: { readonly customCodeSigning?: { readonly signature?: { readonly inlineDocument?: unknown } } };
};

/** The SDK takes the one blob of the request as bytes. On the wire, and in the frozen request, it is base64 text. */
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
