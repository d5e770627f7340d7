import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import type { Effects } from './aws/effects.ts';
import { channels, settings } from './configuration.ts';
import type { Expect } from './flaw.ts';
import { documentFor, jobDocumentFor } from './model/document.ts';
import type { Expectation } from './model/message.ts';
import type { Detail, File } from './model/release.ts';
import { flawOfRequest } from './model/requests.ts';

type Json = Readonly<Record<string, unknown>>;
type OfRelease = Extract<Expectation, { kind: 'release' }>;

/** What the contract asks for on one channel. */
export type Asked = OfRelease['asked'] extends ReadonlyMap<string, infer T> ? T : never;

const MARKERS = ['ota-dispatch.rolloutId', 'ota-dispatch.releaseDigest', 'ota-dispatch.requestDigest'];
const DOCUMENT_CHARACTERS = 32_768;

/** Judges a request that was frozen or planned: AWS accepts it, the contract asks for it, and the configuration allows its role, targets and buckets. */
export function judgeRequest(request: Json, asked: Asked, expect: Expect): void {
  const { operation, input, channel } = asked;
  const flaw = flawOfRequest(operation, request);
  expect(flaw === undefined, 'requests by the model', String(flaw));
  const different = difference(request, input, channel);
  expect(different === undefined, 'the request that the contract asks for', String(different));
  judgePlaces(request, channel, expect);
}

/**
 * The first member that differs. What the service adds does not count: ids, markers, guard rails, the document or its URL, and the
 * made-up description of a task.
 */
function difference(request: Json, input: Json, channel: Asked['channel']): string | undefined {
  const { otaUpdateId: _id, jobId: _jobId, ClientToken: _token, S3Url: _url, document: _document, Description: _text, ...given } = request;
  const wanted: Record<string, unknown> = { ...input };
  const actual: Record<string, unknown> = given;
  const holder = channel.createOTAUpdate ? 'additionalParameters' : channel.createJob ? 'tags' : 'Tags';
  const others = channel.createJob ? tagsByKey(given['tags']) : { ...(given[holder] as Json) };
  const missing = MARKERS.filter((marker) => typeof others[marker] !== 'string');
  if (missing.length > 0) return `without ${missing}`;
  for (const marker of MARKERS) delete others[marker];
  actual[holder] = others;
  wanted[holder] = channel.createJob ? tagsByKey(wanted['tags']) : (wanted[holder] ?? {});
  for (const guard of channel.unguarded === 'allow' ? [] : guardsOf(channel)) {
    if (actual[guard] === undefined) return `without ${guard}`;
    wanted[guard] ??= actual[guard];
  }
  const ofChannel = channel.createOtaTask?.Description;
  if (ofChannel !== undefined && request['Description'] !== ofChannel) return 'Description';
  const names = new Set([...Object.keys(actual), ...Object.keys(wanted)]);
  return [...names].find((name) => !isDeepStrictEqual(actual[name], wanted[name]));
}

/** A list of tags by their keys. The order of tags means nothing. */
function tagsByKey(list: unknown): Record<string, unknown> {
  const tags = (list ?? []) as readonly { readonly Key: string; readonly Value?: string }[];
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value ?? null]));
}

/** The members that the service adds where the channel does not have them. */
function guardsOf({ createOTAUpdate, createJob }: Asked['channel']): readonly string[] {
  if (createOTAUpdate) return ['awsJobAbortConfig', 'awsJobTimeoutConfig'];
  return createJob ? ['abortConfig', 'timeoutConfig'] : [];
}

/** Judges that the configuration allows role, targets and buckets. */
function judgePlaces(request: Json, channel: Asked['channel'], expect: Expect): void {
  const targets = (request['targets'] ?? request['Target'] ?? []) as readonly string[];
  const own = `:${settings.AWS_REGION}:${settings.OTA_ACCOUNT_ID}:`;
  for (const target of targets) expect(target.includes(own), 'own targets', target);
  const fixed = channel.createOTAUpdate?.targets ?? channel.createJob?.targets ?? channel.createOtaTask?.Target ?? [];
  if (channel.targetsFromRelease === undefined) expect(isDeepStrictEqual(targets, fixed), 'own targets', targets.join());
  if (channel.createJob) {
    const { roleArn } = (request['presignedUrlConfig'] ?? {}) as { readonly roleArn?: string };
    expect(roleArn === channel.createJob.presignedUrlConfig.roleArn, 'own role', String(roleArn));
    judgePlaceholders(String(request['document']), channel, expect);
  }
  if (channel.createOTAUpdate === undefined) return;
  expect(request['roleArn'] === channel.createOTAUpdate.roleArn, 'own role', String(request['roleArn']));
  for (const { fileLocation } of request['files'] as readonly File[]) {
    const bucket = fileLocation?.s3Location?.bucket;
    expect(bucket === undefined || channels.artifactBuckets.includes(bucket), 'own buckets', String(bucket));
  }
}

/** Judges that the job document was written under the digest of its content and has what the contract asks for. */
export function judgeDocument(row: Rollout, release: Detail, { channel }: Asked, { documents }: Effects, expect: Expect): void {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(String(row.request['S3Url'])) ?? [];
  expect(bucket === settings.OTA_DOCUMENTS_BUCKET, 'the job document', `in ${bucket}`);
  const document = documents.find((one) => one.bucket === bucket && one.key === key);
  expect(document !== undefined, 'the job document', `${key} was not written`);
  if (document === undefined) return;
  const digest = createHash('sha256').update(document.body).digest('hex');
  expect(key === `job-documents/${digest}.json`, 'the job document', `${key} has the digest ${digest}`);
  const wanted = documentFor(release, channel, row.rolloutId);
  if (wanted === undefined) return;
  const text = Buffer.from(document.body).toString('utf8');
  const length = text.length <= DOCUMENT_CHARACTERS ? text.length : Array.from(text).length;
  expect(length <= DOCUMENT_CHARACTERS, 'the job document', `${length} characters`);
  // JSON leaves out members that are undefined.
  const isSame = isDeepStrictEqual(JSON.parse(text), JSON.parse(JSON.stringify(wanted)));
  expect(isSame, 'the job document', 'differs from what the contract asks for');
}

/** Judges that AWS replaces nothing in the document of a job but what the channel has, and URLs of buckets of the configuration. */
function judgePlaceholders(document: string, channel: Asked['channel'], expect: Expect): void {
  const ofChannel = channel.createJob ? JSON.stringify(channel.jobDocument ?? {}) : '';
  for (const [placeholder] of document.matchAll(/\$\{aws:[^}]*\}?/g)) {
    const isOurs = channels.artifactBuckets.some((bucket) =>
      [`https://${bucket}.s3.`, `https://s3.${settings.AWS_REGION}.amazonaws.com/${bucket}/`].some((beginning) =>
        placeholder.startsWith(`\${aws:iot:s3-presigned-url-v2:${beginning}`),
      ),
    );
    expect(isOurs || ofChannel.includes(placeholder), 'own placeholders', placeholder);
  }
}

/** Judges that the document of a job is canonical, not too long, and what the contract asks for. */
export function judgeJobDocument(row: Rollout, release: Detail, { channel }: Asked, expect: Expect): void {
  const text = String(row.request['document']);
  expect(Buffer.byteLength(text) <= DOCUMENT_CHARACTERS, 'the job document', `${Buffer.byteLength(text)} bytes`);
  const document: unknown = JSON.parse(text);
  expect(text === JSON.stringify(inOrder(document)), 'the job document', 'is not canonical');
  const wanted: unknown = JSON.parse(JSON.stringify(jobDocumentFor(release, channel, row.rolloutId) ?? null));
  expect(isDeepStrictEqual(document, wanted), 'the job document', 'differs from what the contract asks for');
}

/** A value with its members in the order of RFC 8785. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, inOrder(Reflect.get(value, name))]));
}
