import { createHash } from 'node:crypto';
import { NoSuchBucket, PutObjectCommand } from '@aws-sdk/client-s3';
import { UsageError } from './command.ts';
import type { Stage } from './stage.ts';

type Detail = Readonly<Record<string, unknown>>;

/**
 * Puts firmware where the event's only artifact says it lies, and answers the event with the version that S3 gave
 * it, its SHA-256 and its size. Throws UsageError where the event does not name one bucket and key.
 */
export async function upload(stage: Stage, detail: Detail, bytes: Buffer): Promise<Detail> {
  const [artifact, ...more] = Array.isArray(detail['artifacts']) ? (detail['artifacts'] as Detail[]) : [];
  const location = (artifact?.['fileLocation'] as { s3Location?: { bucket?: unknown; key?: unknown } } | undefined)?.s3Location;
  if (more.length > 0 || typeof location?.bucket !== 'string' || typeof location.key !== 'string') {
    throw new UsageError('--upload needs an event with one artifact, its fileLocation.s3Location with bucket and key');
  }
  const { bucket: Bucket, key: Key } = location;
  const { VersionId } = await stage.s3
    .send(new PutObjectCommand({ Bucket, Key, Body: bytes, ChecksumAlgorithm: 'SHA256' }))
    .catch((error: unknown) => {
      throw error instanceof NoSuchBucket ? noBucket(Bucket, stage, error) : error;
    });
  if (VersionId === undefined) throw new UsageError(`the bucket ${Bucket} has no versioning, so nothing could vouch for what is released`);
  const filled = {
    ...artifact,
    fileLocation: { s3Location: { ...location, version: VersionId } },
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: bytes.length,
  };
  return { ...detail, artifacts: [filled] };
}

function noBucket(bucket: string, { isLocal }: Stage, cause: Error): UsageError {
  const remedy = isLocal ? '; npm start makes those of artifactBuckets when it starts: add it there and start it again' : '';
  return new UsageError(`there is no bucket ${bucket}${remedy}`, { cause });
}
