import {
  CreateJobCommand,
  type CreateJobCommandInput,
  GetJobDocumentCommand,
  type IoTClient,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-iot';
import { markerKeys } from '../domain/channels/reserved.ts';
import { attemptId } from '../domain/request/identity.ts';
import type { Tag } from '../domain/request/tag-list.ts';
import type { LookAt, Sighting, Subject } from '../domain/rollout/observation.ts';
import type { ControlPlane } from '../domain/rollout/ports.ts';
import { driftOf, isAnotherJob, isSameJob } from '../domain/rollout/same-job.ts';
import { causeOf, replyOf } from './aws-errors.ts';
import { CREATE_MILLISECONDS_MAX, oneCreate, type PlaneClients } from './clients.ts';
import { cancelJob, type DescribedJob, describeJob, existing, type Reads } from './jobs.ts';
import { inTheTimeLeft } from './time-left.ts';

export { IoTClient } from '@aws-sdk/client-iot';

type Client = Pick<IoTClient, 'send'>;

/**
 * The control plane AWS IoT Jobs. A job exists as soon as its create is answered. `look` and `stop` throw if AWS fails or
 * returns an unknown status, or if the time left does not suffice. A create that has no answer after `createMilliseconds` is
 * `unknown`.
 */
export function iotJobs(
  { creates, others }: PlaneClients<Client>,
  { createMilliseconds = CREATE_MILLISECONDS_MAX }: { readonly createMilliseconds?: number } = {},
): ControlPlane {
  return {
    create: async (input) => {
      try {
        const { jobId, jobArn } = await creates.send(
          new CreateJobCommand(input as unknown as CreateJobCommandInput),
          oneCreate(createMilliseconds),
        );
        return { kind: 'created', aws: { jobId: jobId ?? String(input['jobId']), ...(jobArn !== undefined && { jobArn }) } };
      } catch (error) {
        return replyOf(error);
      }
    },

    look: (subject, at, time) =>
      inTheTimeLeft(time, async (options) => {
        const reads = { client: others, options };
        const described = await describeJob(reads, jobIdOf(subject));
        if (described === undefined) return { kind: 'notFound' };
        const drift = driftOf(subject.request, described.job);
        const sighting: Sighting = { ...existing(described, {}, 'gone'), ...(drift.length > 0 && { drift }) };
        if (at !== 'job') return identified(reads, described, subject, sighting, at);
        return isAnotherJob(subject.request, described.job) ? { kind: 'foreign' } : sighting;
      }),

    stop: (subject, order, time) => inTheTimeLeft(time, (options) => cancelJob({ client: others, options }, jobIdOf(subject), order)),
  };
}

/**
 * Whether this service made the job with this very request. What UpdateJob cannot change must be equal: document, targets, selection and
 * package versions. Without any tag of this service, the job is `untagged`, because AWS does not document when tags become visible. To
 * stop a rollout, the document suffices: it has the id of the rollout, and nobody can change it.
 */
async function identified(
  reads: Reads,
  { job }: DescribedJob,
  subject: Subject,
  sighting: Extract<Sighting, { kind: 'exists' }>,
  at: Exclude<LookAt, 'job'>,
): Promise<Sighting> {
  const document = await documentOf(reads, jobIdOf(subject));
  // While a job is being deleted, AWS may not show its document any more.
  if (document === undefined)
    return job.status !== 'DELETION_IN_PROGRESS' ? { kind: 'notFound' } : at === 'both' ? sighting : { kind: 'pending' };
  if (at === 'both') return document === subject.request['document'] ? sighting : { kind: 'foreign' };
  if (!isSameJob(subject.request, { ...job, document })) return { kind: 'foreign' };
  const tags = await tagsOf(reads, job.jobArn);
  if (Object.values(markerKeys).every((key) => tags[key] === undefined)) return { ...sighting, untagged: true };
  const isOurs =
    tags[markerKeys.rolloutId] === subject.rolloutId &&
    tags[markerKeys.requestDigest] === subject.requestDigest &&
    tags[markerKeys.releaseDigest] === askedTag(subject, markerKeys.releaseDigest);
  return isOurs ? sighting : { kind: 'foreign' };
}

/** The value of a tag in the request. */
function askedTag({ request }: Subject, key: string): string | undefined {
  const { tags = [] } = request as { readonly tags?: readonly Tag[] };
  return tags.find(({ Key }) => Key === key)?.Value;
}

/** The document as it was written in the request. `undefined` if the job was deleted meanwhile. */
async function documentOf({ client, options }: Reads, jobId: string): Promise<string | undefined> {
  try {
    const { document } = await client.send(new GetJobDocumentCommand({ jobId, beforeSubstitution: true }), options);
    return document ?? '';
  } catch (error) {
    if (causeOf(error) === 'notFound') return undefined;
    throw error;
  }
}

async function tagsOf({ client, options }: Reads, resourceArn: string | undefined): Promise<Readonly<Record<string, string | undefined>>> {
  if (resourceArn === undefined) return {};
  const found: Record<string, string | undefined> = {};
  let nextToken: string | undefined;
  do {
    const page = await client.send(new ListTagsForResourceCommand({ resourceArn, ...(nextToken !== undefined && { nextToken }) }), options);
    for (const { Key, Value } of page.tags ?? []) if (Key !== undefined) found[Key] = Value;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}

function jobIdOf({ rolloutId, attempt }: Subject): string {
  return attemptId(rolloutId, attempt);
}
