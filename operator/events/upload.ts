import { createHash } from 'node:crypto';
import {
  HeadObjectCommand,
  ListObjectVersionsCommand,
  NoSuchBucket,
  PutObjectCommand,
  type PutObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { UsageError } from '../../scripts/command.ts';
import { start } from '../../scripts/installation.ts';
import type { Stage } from '../stage/stage.ts';

type Detail = Readonly<Record<string, unknown>>;

/** Firmware in S3 at one version. `isNew` is false if the same bytes were there before. */
export type Uploaded = {
  readonly bucket: string;
  readonly key: string;
  readonly version: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly isNew: boolean;
};

type Target = { readonly bucket: string; readonly key: string };

/** How many older versions of a key are compared with the bytes. */
const VERSIONS_COMPARED = 20;

/**
 * Where `--upload` puts the bytes: the location of the only artifact of a release. Throws UsageError if the release does not
 * name exactly one bucket and key.
 */
export function uploadTarget(detail: Detail): Target {
  const [artifact, ...more] = artifactsOf(detail);
  const { bucket, key } = locationOf(artifact);
  if (more.length > 0 || typeof bucket !== 'string' || typeof key !== 'string') {
    throw new UsageError('--upload needs an event with exactly one artifact, and its fileLocation.s3Location with bucket and key');
  }
  return { bucket, key };
}

/** A release whose only artifact has the SHA-256 and the size of the bytes, and this S3 version. Throws as {@link uploadTarget} does. */
export function withUpload(detail: Detail, bytes: Buffer, version: string): Detail {
  const [artifact] = artifactsOf(detail);
  const { bucket, key } = uploadTarget(detail);
  const fileLocation = { ...(artifact?.['fileLocation'] as Detail), s3Location: { ...locationOf(artifact), bucket, key, version } };
  return { ...detail, artifacts: [{ ...artifact, fileLocation, sha256: sha256Of(bytes).toString('hex'), sizeBytes: bytes.length }] };
}

/**
 * Puts the bytes into S3, unless a version of this key has the same bytes. Throws UsageError if the bucket does not exist or is
 * not versioned.
 */
export async function upload(stage: Pick<Stage, 's3' | 'isLocal'>, { bucket, key }: Target, bytes: Buffer): Promise<Uploaded> {
  const sha256 = sha256Of(bytes);
  const about = { bucket, key, sha256: sha256.toString('hex'), sizeBytes: bytes.length };
  const found = await findVersion(stage, { bucket, key }, sha256.toString('base64'), bytes.length);
  if (found !== undefined) return { ...about, version: found, isNew: false };
  const { VersionId: version } = await put(stage, { bucket, key }, bytes);
  if (version === undefined)
    throw new UsageError(`bucket ${bucket} is not versioned, so the released object could be replaced later: enable versioning`);
  return { ...about, version, isNew: true };
}

/** The newest version of a key that has these bytes. Undefined if S3 shows none. Throws if S3 or the network fails. */
export function uploadedVersion(stage: Pick<Stage, 's3'>, target: Target, bytes: Buffer): Promise<string | undefined> {
  return findVersion(stage, target, sha256Of(bytes).toString('base64'), bytes.length);
}

/** What became of an upload, in one line: `uploaded s3://BUCKET/KEY version V, sha256 H, N bytes`. */
export function uploadLine({ bucket, key, version, sha256, sizeBytes, isNew }: Uploaded): string {
  return `${isNew ? 'uploaded' : 'already uploaded:'} s3://${bucket}/${key} version ${version}, sha256 ${sha256}, ${sizeBytes} bytes`;
}

async function put(
  { s3, isLocal }: Pick<Stage, 's3' | 'isLocal'>,
  { bucket, key }: Target,
  bytes: Buffer,
): Promise<PutObjectCommandOutput> {
  const input = { Bucket: bucket, Key: key, Body: bytes, ChecksumAlgorithm: 'SHA256' } as const;
  return s3.send(new PutObjectCommand(input)).catch((error: unknown) => {
    if (!(error instanceof NoSuchBucket)) throw error;
    const remedy = isLocal ? `add it to artifactBuckets in channels.yml and restart ${start()}` : 'create it, with versioning enabled';
    throw new UsageError(`there is no bucket ${bucket}: ${remedy}`, { cause: error });
  });
}

/**
 * The newest version of a key with these bytes, by the SHA-256 that S3 keeps of a whole object. Undefined if there is none, and
 * if the credentials may not look: then the bytes are uploaded once more.
 */
async function findVersion({ s3 }: Pick<Stage, 's3'>, { bucket, key }: Target, sha256: string, size: number): Promise<string | undefined> {
  const isSame = async (VersionId: string | undefined): Promise<string | undefined> => {
    const input = { Bucket: bucket, Key: key, ChecksumMode: 'ENABLED', ...(VersionId !== undefined && { VersionId }) } as const;
    const head = await s3.send(new HeadObjectCommand(input)).catch(absent);
    const isReadable = head !== undefined && !archived.has(head.StorageClass);
    return isReadable && head.ChecksumSHA256 === sha256 && head.VersionId !== 'null' ? head.VersionId : undefined;
  };
  const newest = await isSame(undefined);
  if (newest !== undefined) return newest;
  const listed = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key })).catch(absent);
  const candidates = (listed?.Versions ?? []).filter(({ Key, Size, IsLatest }) => Key === key && Size === size && IsLatest !== true);
  for (const { VersionId } of candidates.slice(0, VERSIONS_COMPARED)) {
    const version = VersionId && (await isSame(VersionId));
    if (version) return version;
  }
  return undefined;
}

/** In these storage classes neither AWS IoT nor a device can read an object. */
const archived: ReadonlySet<string | undefined> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/**
 * What S3 does not show, or not here, is as good as absent: the upload then reports what is wrong. Faults of S3 or the network are thrown.
 */
function absent(error: unknown): undefined {
  const status = (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
  if (status === undefined || status >= 500) throw error;
}

function artifactsOf(detail: Detail): Detail[] {
  return Array.isArray(detail['artifacts']) ? (detail['artifacts'] as Detail[]) : [];
}

function locationOf(artifact: Detail | undefined): Detail {
  return (artifact?.['fileLocation'] as { readonly s3Location?: Detail } | undefined)?.s3Location ?? {};
}

function sha256Of(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
