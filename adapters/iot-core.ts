import {
  CreateOTAUpdateCommand,
  type CreateOTAUpdateCommandInput,
  GetOTAUpdateCommand,
  type IoTClient,
  type OTAUpdateInfo,
} from '@aws-sdk/client-iot';
import { markerKeys } from '../domain/channels/reserved.ts';
import { compact } from '../domain/json/compact.ts';
import { attemptId } from '../domain/request/identity.ts';
import type { Sighting, Subject } from '../domain/rollout/observation.ts';
import type { AwsIds } from '../domain/rollout/outcome-schema.ts';
import type { ControlPlane } from '../domain/rollout/ports.ts';
import { causeOf, replyOf } from './aws-errors.ts';
import { CREATE_MILLISECONDS_MAX, oneCreate, type PlaneClients } from './clients.ts';
import { cancelJob, type DescribedJob, describeJob, existing, type Reads } from './jobs.ts';
import { inTheTimeLeft } from './time-left.ts';

export { IoTClient } from '@aws-sdk/client-iot';

type Client = Pick<IoTClient, 'send'>;

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
        if (at === 'job') return jobAsSighting(await describeJob(reads, jobIdOf(subject)));
        const update = await getUpdate(reads, subject);
        if (update === undefined)
          return at === 'creation' ? { kind: 'notFound' } : jobAsSighting(await describeJob(reads, jobIdOf(subject)));
        if (!hasMarkersOf(update, subject)) return { kind: 'foreign' };
        return sightingOf(reads, update, subject, at === 'both');
      }),

    stop: (subject, order, time) => inTheTimeLeft(time, (options) => cancelJob({ client: others, options }, jobIdOf(subject), order)),
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
      return existing(await describeJob(reads, jobId), aws, 'gone');
    }
    case 'CREATE_FAILED': {
      const { code, message } = update.errorInfo ?? {};
      return { kind: 'createFailed', errorInfo: compact({ code, message }), job: (await describeJob(reads, jobId))?.state ?? 'none' };
    }
    // Somebody is deleting the update. Until that ends, the job may still reach devices, even if AWS does not show it.
    case 'DELETE_IN_PROGRESS':
      return existing(await describeJob(reads, jobId), aws, 'ending');
    case 'DELETE_FAILED':
      return existing(await describeJob(reads, jobId), aws, 'gone');
    default:
      throw new Error(`GetOTAUpdate of ${aws.otaUpdateId} returned the unknown status ${update.otaUpdateStatus}`);
  }
}

function jobAsSighting(job: DescribedJob | undefined): Sighting {
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
