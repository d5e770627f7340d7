import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { compact } from '../domain/json/compact.ts';
import type { JobDocument } from '../domain/request/planned-rollout.ts';
import { nameOf } from './aws-errors.ts';

type Client = Pick<S3Client, 'send'>;
type Source = { readonly bucket: string; readonly key: string; readonly version: string; readonly sha256: string };

/** A job document has at most 32,768 characters, of up to 4 bytes each. A document of the release is not read beyond that. */
const DOCUMENT_BYTES_MAX = 4 * 32_768;

/**
 * The job documents of managed integrations, in S3. A key contains the SHA-256 of the content, so a document that already
 * exists is the same one, and no document is ever overwritten. With `expectedBucketOwner`, an account id, S3 refuses to write
 * to a bucket of another account.
 */
export function documents(client: Client, { expectedBucketOwner }: { readonly expectedBucketOwner?: string } = {}) {
  const owner = compact({ ExpectedBucketOwner: expectedBucketOwner });

  /** If two writers put a document at the same time, S3 answers the second with 409. At its second try the first has finished. */
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
    if (digestOf(bytes) !== sha256) throw new Error(`${from} is not what was released: its SHA-256 differs`);
    return bytes;
  }

  return {
    /**
     * Writes the document, unless it already exists. It is either the text that the service rendered, or a copy of the document
     * that the release names, after a check of its SHA-256. Throws if S3 fails, or if the key does not contain the SHA-256 of the
     * content.
     */
    write: async (document: JobDocument): Promise<void> => {
      const content = 'body' in document ? Buffer.from(document.body, 'utf8') : await contentOf(document.copyOf);
      if (!document.key.includes(digestOf(content))) throw new Error(`the key ${document.key} does not contain the SHA-256 of its content`);
      await put(document.bucket, document.key, content);
    },
  };
}

function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
