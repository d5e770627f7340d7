import { createHash } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand, type HeadObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { ArtifactFacts } from '../domain/request/judge-artifact.ts';
import { causeOf, nameOf } from './aws-errors.ts';

/** Handed out here so that whoever loads this when it is first needed has both. */
export { S3Client } from '@aws-sdk/client-s3';

export type Location = { readonly bucket: string; readonly key: string; readonly version: string };

type Client = Pick<S3Client, 'send'>;
type Stored = { readonly size: number; readonly sha256?: string };

/**
 * S3 as the place where artifacts lie, always at one version. With `expectedBucketOwner`, an account id, buckets of
 * any other account are refused by S3 itself. That something is not there is an answer; everything else is thrown,
 * also that access is denied: somebody mends that, and then the same release is good.
 */
export function artifacts(client: Client, { expectedBucketOwner }: { readonly expectedBucketOwner?: string } = {}) {
  const inputOf = ({ bucket, key, version }: Location) => ({
    Bucket: bucket,
    Key: key,
    VersionId: version,
    ...(expectedBucketOwner !== undefined && { ExpectedBucketOwner: expectedBucketOwner }),
  });

  async function headOf(location: Location): Promise<Stored | undefined> {
    try {
      return storedOf(await client.send(new HeadObjectCommand({ ...inputOf(location), ChecksumMode: 'ENABLED' })), location);
    } catch (error) {
      if (causeOf(error) === 'notFound') return undefined;
      return absentOrThrow(await reasonOf(location, error), location);
    }
  }

  /** An answer to HEAD has no body, and so no name of the error: GET is asked for one byte to learn it. */
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

  async function* bytesOf(location: Location, size: number): AsyncGenerator<Uint8Array> {
    const { Body: body } = await client.send(new GetObjectCommand(inputOf(location)));
    let read = 0;
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      read += chunk.byteLength;
      if (read > size) break;
      yield chunk;
    }
    if (read !== size) throw new Error(`read ${read} bytes of ${textOf(location)}, which has ${size}`);
  }

  return {
    /**
     * Size and SHA-256 (lower-case hex): the one that S3 stored of the whole object, else the bytes are read and
     * hashed, as `bytesRead` tells. A body longer than `maxBytes` is not read; then `sha256` is absent, unless S3 has it.
     */
    facts: async (location: Location, maxBytes: number): Promise<ArtifactFacts & { readonly bytesRead?: number }> => {
      const stored = await headOf(location);
      if (stored === undefined) return { found: false };
      const { size, sha256 } = stored;
      if (sha256 !== undefined) return { found: true, sizeBytes: size, sha256 };
      if (size > maxBytes) return { found: true, sizeBytes: size };
      const hash = createHash('sha256');
      try {
        for await (const chunk of bytesOf(location, size)) hash.update(chunk);
      } catch (error) {
        absentOrThrow(error, location);
        return { found: false };
      }
      return { found: true, sizeBytes: size, sha256: hash.digest('hex'), bytesRead: size };
    },
  };
}

/**
 * The names under which S3 says that a version is not there: no such key, version or bucket; a delete marker
 * (`MethodNotAllowed`); a version id that cannot be one (`InvalidArgument`, the one argument of ours it can mean).
 */
function absentOrThrow(error: unknown, location: Location): undefined {
  const cause = causeOf(error);
  if (cause === 'notFound' || ['MethodNotAllowed', 'InvalidArgument'].includes(nameOf(error))) return undefined;
  if (cause === 'denied') {
    const remedy =
      'the function’s role and the bucket must allow s3:GetObjectVersion (and s3:ListBucketVersions, to tell “absent” from “denied”)';
    throw new Error(`not allowed to read ${textOf(location)}: ${remedy}`, { cause: error });
  }
  throw new Error(`could not read ${textOf(location)}: ${nameOf(error)}`, { cause: error });
}

function storedOf(head: HeadObjectCommandOutput, location: Location): Stored {
  const { ContentLength: size, ChecksumSHA256: checksum, ChecksumType: type } = head;
  if (size === undefined) throw new Error(`S3 did not tell the size of ${textOf(location)}`);
  // A checksum of checksums says nothing about the bytes in one piece; it is spelled `<base64>-<number of parts>`.
  const whole = checksum !== undefined && type !== 'COMPOSITE' && !checksum.includes('-');
  return { size, ...(whole && { sha256: Buffer.from(checksum, 'base64').toString('hex') }) };
}

function textOf({ bucket, key, version }: Location): string {
  return `s3://${bucket}/${key} at version ${version}`;
}
