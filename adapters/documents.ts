import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { JobDocument } from '../domain/request/planned-rollout.ts';
import { nameOf } from './aws-errors.ts';

type Client = Pick<S3Client, 'send'>;
type Source = { readonly bucket: string; readonly key: string; readonly version: string; readonly sha256: string };

/** A job document has at most 32,768 characters; no more bytes than that can take is read of one that is brought. */
const DOCUMENT_BYTES_MAX = 4 * 32_768;

/**
 * Where the job documents of managed integrations lie. Keys are made of the content's SHA-256, so a document that is
 * there already is the same one, and none is ever written over.
 */
export function documents(client: Client, { expectedBucketOwner }: { readonly expectedBucketOwner?: string } = {}) {
  const owner = expectedBucketOwner === undefined ? {} : { ExpectedBucketOwner: expectedBucketOwner };

  /** Two writers at one instant: S3 answers the second 409, and by the next try the first has ended. */
  async function put(bucket: string, key: string, body: Uint8Array, tries = 2): Promise<void> {
    try {
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/json', IfNoneMatch: '*', ...owner }),
      );
    } catch (error) {
      const name = nameOf(error);
      if (name === 'PreconditionFailed') return;
      if (name === 'ConditionalRequestConflict' && tries > 1) return put(bucket, key, body, tries - 1);
      throw new Error(`could not write s3://${bucket}/${key}: ${name}`, { cause: error });
    }
  }

  async function contentOf({ bucket, key, version, sha256 }: Source): Promise<Uint8Array> {
    const from = `s3://${bucket}/${key} at version ${version}`;
    const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: version }));
    const chunks: Uint8Array[] = [];
    let read = 0;
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      read += chunk.byteLength;
      if (read > DOCUMENT_BYTES_MAX) throw new Error(`${from} is too long for a job document`);
      chunks.push(chunk);
    }
    const bytes = Buffer.concat(chunks);
    if (digestOf(bytes) !== sha256) throw new Error(`${from} is not what was released: its SHA-256 is another`);
    return bytes;
  }

  return {
    /**
     * Sees to it that the document is there: ours as it was rendered, or a copy of the one that the release brought,
     * verified on the way. Throws what is worth retrying, and where the content is not the one its key promises.
     */
    write: async (document: JobDocument): Promise<void> => {
      const content = 'body' in document ? Buffer.from(document.body, 'utf8') : await contentOf(document.copyOf);
      if (!document.key.includes(digestOf(content))) throw new Error(`the key ${document.key} does not name the digest of its content`);
      await put(document.bucket, document.key, content);
    },
  };
}

function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
