import { createHash } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand, type HeadObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { compact } from '../domain/json/compact.ts';
import type { ArtifactFacts } from '../domain/request/judge-artifact.ts';
import type { TimeLeft } from '../domain/rollout/ports.ts';
import { causeOf, nameOf } from './aws-errors.ts';
import { requireTimeLeft } from './time-left.ts';

export { S3Client } from '@aws-sdk/client-s3';

/** An object in S3 at one version. */
export type Location = { readonly bucket: string; readonly key: string; readonly version: string };

type Client = Pick<S3Client, 'send'>;
type Stored = { readonly size: number; readonly sha256?: string; readonly archived?: true };

/**
 * The artifacts in S3, always at one version. With `expectedBucketOwner`, an account id, S3 refuses buckets of any other
 * account. If an object does not exist or is archived, the result says so. Any other failure is thrown. That includes denied
 * access and a bucket in another region, because the same release is valid once somebody fixes the configuration.
 */
export function artifacts(client: Client, { expectedBucketOwner }: { readonly expectedBucketOwner?: string } = {}) {
  const inputOf = ({ bucket, key, version }: Location) =>
    compact({ Bucket: bucket, Key: key, VersionId: version, ExpectedBucketOwner: expectedBucketOwner });

  async function headOf(location: Location): Promise<Stored | undefined> {
    try {
      return storedOf(await client.send(new HeadObjectCommand({ ...inputOf(location), ChecksumMode: 'ENABLED' })), location);
    } catch (error) {
      if (causeOf(error) === 'notFound') return undefined;
      return absentOrThrow(await reasonOf(location, error), location);
    }
  }

  /** The response to a HEAD has no body, so it has no name of the error. A GET of one byte has. */
  async function reasonOf(location: Location, headError: unknown): Promise<unknown> {
    if (causeOf(headError) === 'unsent') return headError;
    try {
      const { Body: body } = await client.send(new GetObjectCommand({ ...inputOf(location), Range: 'bytes=0-0' }));
      for await (const _ of body as unknown as AsyncIterable<Uint8Array>);
      return headError;
    } catch (getError) {
      return getError;
    }
  }

  async function* bytesOf(location: Location, size: number, time: TimeLeft): AsyncGenerator<Uint8Array> {
    const { Body: body } = await client.send(new GetObjectCommand(inputOf(location)));
    let read = 0;
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      requireTimeLeft(time, `read ${read} of ${size} bytes of ${textOf(location)} in the time left`);
      read += chunk.byteLength;
      if (read > size) break;
      yield chunk;
    }
    if (read !== size) throw new Error(`read ${read} bytes of ${textOf(location)}, but its size is ${size}`);
  }

  return {
    /**
     * Size in bytes, and the SHA-256 in lower-case hexadecimal if S3 has one of the whole object. Returns `found: false` if this
     * version does not exist. An archived object has no `sha256`, even if S3 stores it: AWS IoT could not read the object.
     */
    facts: async (location: Location): Promise<ArtifactFacts> => {
      const stored = await headOf(location);
      if (stored === undefined) return { found: false };
      const { size, ...rest } = stored;
      return { found: true, sizeBytes: size, ...rest };
    },

    /**
     * Reads an object of `sizeBytes` and returns it with its SHA-256. The result is as that of `facts` if the object is gone or
     * archived. Throws if the time left does not suffice, or if the object has a different size.
     */
    read: async (location: Location, sizeBytes: number, time: TimeLeft): Promise<ArtifactFacts> => {
      const hash = createHash('sha256');
      try {
        for await (const chunk of bytesOf(location, sizeBytes, time)) hash.update(chunk);
      } catch (error) {
        if (nameOf(error) === 'InvalidObjectState') return { found: true, sizeBytes, archived: true };
        absentOrThrow(error, location);
        return { found: false };
      }
      return { found: true, sizeBytes, sha256: hash.digest('hex') };
    },
  };
}

/**
 * Returns `undefined` if S3 reports that the version does not exist, and throws any other error. There may be no such key,
 * version or bucket, or the version is a delete marker (`MethodNotAllowed`). `InvalidArgument` means that the version ID is
 * malformed, because no other argument can be invalid.
 */
function absentOrThrow(error: unknown, location: Location): undefined {
  const cause = causeOf(error);
  if (cause === 'notFound' || ['MethodNotAllowed', 'InvalidArgument'].includes(nameOf(error))) return undefined;
  if (inAnotherRegion.has(nameOf(error))) {
    const remedy = `the bucket ${location.bucket} is in ${regionOf(error)}, and artifact buckets must be in the region of the stage`;
    throw new Error(`could not read ${textOf(location)}: ${remedy}: copy the artifact to one, and release it from there`, { cause: error });
  }
  if (cause === 'denied') {
    const remedy =
      'the function’s role and the bucket must allow s3:GetObjectVersion, and s3:ListBucketVersions to see that an object is missing. ' +
      'A KMS key of the bucket must be enabled, allow kms:Decrypt, and be in the parameter artifactKeys';
    throw new Error(`not allowed to read ${textOf(location)}: ${remedy}`, { cause: error });
  }
  throw new Error(`could not read ${textOf(location)}: ${nameOf(error)}`, { cause: error });
}

/** S3 names a bucket of another region in these ways. The SDK does not follow, because the function has no permission there. */
const inAnotherRegion: ReadonlySet<string> = new Set([
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'PermanentRedirect',
]);

function regionOf(error: unknown): string {
  const { $response: response } = error as { $response?: { headers?: Readonly<Record<string, string | undefined>> } };
  const region = response?.headers?.['x-amz-bucket-region'];
  return region === undefined ? 'another region' : `the region ${region}`;
}

/** Whether nobody can read the object before somebody restores it. S3 states a class, or a tier of Intelligent-Tiering. */
function isArchived({ StorageClass: storageClass, ArchiveStatus: tier, Restore: restore }: HeadObjectCommandOutput): boolean {
  const isCold = storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE';
  return tier !== undefined || (isCold && restore?.includes('ongoing-request="false"') !== true);
}

function storedOf(head: HeadObjectCommandOutput, location: Location): Stored {
  const { ContentLength: size, ChecksumSHA256: checksum, ChecksumType: type } = head;
  if (size === undefined) throw new Error(`S3 did not report the size of ${textOf(location)}`);
  // A checksum of checksums, `<base64>-<number of parts>`, cannot be compared with the SHA-256 of the whole object.
  const isOfWholeObject = checksum !== undefined && type !== 'COMPOSITE' && !checksum.includes('-');
  const archived = isArchived(head) ? (true as const) : undefined;
  return compact({ size, archived, sha256: isOfWholeObject && !archived ? Buffer.from(checksum, 'base64').toString('hex') : undefined });
}

function textOf({ bucket, key, version }: Location): string {
  return `s3://${bucket}/${key} at version ${version}`;
}
