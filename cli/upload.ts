import { createHash } from 'node:crypto';
import { NoSuchBucket, PutObjectCommand } from '@aws-sdk/client-s3';
import { UsageError } from '../scripts/command.ts';
import type { Stage } from './stage.ts';

type Detail = Readonly<Record<string, unknown>>;

/**
 * Uploads firmware to the location that the only artifact of a release names. Answers the release with the version that
 * S3 gave the object, its SHA-256 and its size. Throws UsageError if the release does not name exactly one bucket and key,
 * if the bucket does not exist, or if it is not versioned.
 */
export async function upload(stage: Stage, detail: Detail, bytes: Buffer): Promise<Detail> {
  const [artifact, ...more] = Array.isArray(detail['artifacts']) ? (detail['artifacts'] as Detail[]) : [];
  const location = (artifact?.['fileLocation'] as { s3Location?: { bucket?: unknown; key?: unknown } } | undefined)?.s3Location;
  if (more.length > 0 || typeof location?.bucket !== 'string' || typeof location.key !== 'string') {
    throw new UsageError('--upload needs an event with exactly one artifact, and its fileLocation.s3Location with bucket and key');
  }
  const { bucket: Bucket, key: Key } = location;
  const { VersionId } = await stage.s3
    .send(new PutObjectCommand({ Bucket, Key, Body: bytes, ChecksumAlgorithm: 'SHA256' }))
    .catch((error: unknown) => {
      throw error instanceof NoSuchBucket ? noBucket(Bucket, stage, error) : error;
    });
  if (VersionId === undefined)
    throw new UsageError(`bucket ${Bucket} is not versioned, so the released object could be replaced later: enable versioning`);
  const filled = {
    ...artifact,
    fileLocation: { s3Location: { ...location, version: VersionId } },
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: bytes.length,
  };
  return { ...detail, artifacts: [filled] };
}

function noBucket(bucket: string, { isLocal }: Stage, cause: Error): UsageError {
  const remedy = isLocal ? 'add it to artifactBuckets in channels.yml and restart npm start' : 'create it, with versioning enabled';
  return new UsageError(`there is no bucket ${bucket}: ${remedy}`, { cause });
}
