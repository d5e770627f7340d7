import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutPublicAccessBlockCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../../support/endpoints.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());

async function bucket(versioning?: 'Enabled' | 'Suspended'): Promise<string> {
  const Bucket = randomUUID();
  await aws.s3.send(new CreateBucketCommand({ Bucket }));
  if (versioning !== undefined) await setVersioning(Bucket, versioning);
  return Bucket;
}
const setVersioning = (Bucket: string, Status: 'Enabled' | 'Suspended') =>
  aws.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
const put = (Bucket: string, Body: string | Buffer | Readable, input: Partial<PutObjectCommandInput> = {}) =>
  aws.s3.send(new PutObjectCommand({ Bucket, Key: 'key', Body, ...input }));
async function text(Bucket: string, input: Partial<GetObjectCommandInput> = {}): Promise<string | undefined> {
  return (await aws.s3.send(new GetObjectCommand({ Bucket, Key: 'key', ...input }))).Body?.transformToString();
}
const sha256 = (body: string) => createHash('sha256').update(body).digest('base64');

describe('an object', () => {
  it('is returned as it was put: bytes, type, metadata, ETag, encryption', async () => {
    const Bucket = await bucket();
    const { ETag } = await put(Bucket, 'hello', {
      Key: 'a b/ü+&?.bin',
      ContentType: 'application/x-firmware',
      Metadata: { product: 'lamp' },
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'k',
    });
    expect(ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    const object = await aws.s3.send(new GetObjectCommand({ Bucket, Key: 'a b/ü+&?.bin' }));
    expect(object).toMatchObject({
      ContentType: 'application/x-firmware',
      Metadata: { product: 'lamp' },
      ETag,
      ContentLength: 5,
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'k',
    });
    expect(await object.Body?.transformToString()).toBe('hello');
    expect((await aws.s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.[0]?.Key).toBe('a b/ü+&?.bin');
  });

  it('can be a stream, whose framing and trailing checksum are removed', async () => {
    const Bucket = await bucket();
    const stream = Readable.from([Buffer.from('in '), Buffer.from('pieces')]);
    const { ChecksumCRC32 } = await put(Bucket, stream, { ContentLength: 9 });
    expect(ChecksumCRC32).toBeDefined();
    expect(await text(Bucket)).toBe('in pieces');
  });

  it('can be read in part', async () => {
    const Bucket = await bucket();
    await put(Bucket, '0123456789');
    expect(await text(Bucket, { Range: 'bytes=2-4' })).toBe('234');
    expect(await text(Bucket, { Range: 'bytes=7-' })).toBe('789');
    expect(await text(Bucket, { Range: 'bytes=-2' })).toBe('89');
    expect(await text(Bucket, { Range: 'bytes=8-100' })).toBe('89');
    const { ContentRange } = await aws.s3.send(new GetObjectCommand({ Bucket, Key: 'key', Range: 'bytes=0-0' }));
    expect(ContentRange).toBe('bytes 0-0/10');
    await expect(text(Bucket, { Range: 'bytes=10-' })).rejects.toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } });
  });

  it('that is missing is NoSuchKey, to HEAD NotFound, in a missing bucket NoSuchBucket', async () => {
    const Bucket = await bucket();
    await expect(text(Bucket)).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'key' }))).rejects.toMatchObject({ name: 'NotFound' });
    await expect(text('nobody-has-this')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it('is copied with its metadata or with different metadata', async () => {
    const Bucket = await bucket('Enabled');
    const { VersionId } = await put(Bucket, 'first', { Metadata: { a: '1' }, Tagging: 't=1' });
    await put(Bucket, 'second');
    await aws.s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/key?versionId=${VersionId}` }));
    expect(await text(Bucket, { Key: 'copy' })).toBe('first');
    expect((await aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'copy' }))).Metadata).toEqual({ a: '1' });
    expect((await aws.s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'copy' }))).TagSet).toEqual([{ Key: 't', Value: '1' }]);
    await aws.s3.send(
      new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/key`, MetadataDirective: 'REPLACE', Metadata: { b: '2' } }),
    );
    expect((await aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'copy' }))).Metadata).toEqual({ b: '2' });
  });
});

describe('a condition on a write', () => {
  it('If-None-Match * writes once', async () => {
    const Bucket = await bucket('Enabled');
    await put(Bucket, 'first', { IfNoneMatch: '*' });
    await expect(put(Bucket, 'second', { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
    await aws.s3.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
    await put(Bucket, 'third', { IfNoneMatch: '*' });
    expect(await text(Bucket)).toBe('third');
  });

  it('If-Match overwrites only the object that was seen', async () => {
    const Bucket = await bucket();
    await expect(put(Bucket, 'x', { IfMatch: '"0"' })).rejects.toMatchObject({ name: 'NoSuchKey' });
    const { ETag } = await put(Bucket, 'first');
    await expect(put(Bucket, 'x', { IfMatch: '"0"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await put(Bucket, 'second', { IfMatch: ETag });
    expect(await text(Bucket)).toBe('second');
  });
});

describe('a checksum', () => {
  // The published check values of these algorithms, which are over the ASCII digits 123456789.
  it.each<[ChecksumAlgorithm, string]>([
    ['CRC32', Buffer.from('cbf43926', 'hex').toString('base64')],
    ['CRC32C', Buffer.from('e3069283', 'hex').toString('base64')],
    ['CRC64NVME', Buffer.from('ae8b14860a799888', 'hex').toString('base64')],
    ['SHA1', createHash('sha1').update('123456789').digest('base64')],
    ['SHA256', sha256('123456789')],
  ])('%s is verified, stored and returned', async (algorithm, value) => {
    const Bucket = await bucket();
    const field = `Checksum${algorithm}` as const;
    await put(Bucket, '123456789', { [field]: value });
    const head = await aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'key', ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ [field]: value, ChecksumType: 'FULL_OBJECT' });
    const wrong = Buffer.from(value, 'base64').reverse().toString('base64');
    await expect(put(Bucket, '123456789', { [field]: wrong })).rejects.toMatchObject({ name: 'BadDigest' });
  });

  it('in Content-MD5 is verified', async () => {
    const Bucket = await bucket();
    await expect(put(Bucket, 'hello', { ContentMD5: 'XUFAKrxLKna5cZ2REBfFkg==' })).resolves.toBeDefined();
    await expect(put(Bucket, 'hellO', { ContentMD5: 'XUFAKrxLKna5cZ2REBfFkg==' })).rejects.toMatchObject({ name: 'BadDigest' });
  });

  it('exists even if none was sent', async () => {
    const Bucket = await bucket();
    await fetch(`${aws.endpoint}/${Bucket}/key`, {
      method: 'PUT',
      body: '123456789',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request' },
    });
    const { ChecksumCRC64NVME } = await aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'key', ChecksumMode: 'ENABLED' }));
    expect(ChecksumCRC64NVME).toBe('rosUhgp5mIg=');
  });

  it('is returned with size and ETag by GetObjectAttributes', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'hello', { ChecksumAlgorithm: 'SHA256' });
    const command = new GetObjectAttributesCommand({ Bucket, Key: 'key', ObjectAttributes: ['Checksum', 'ObjectSize', 'ETag'] });
    expect(await aws.s3.send(command)).toMatchObject({
      ObjectSize: 5,
      ETag: '5d41402abc4b2a76b9719d911017c592',
      Checksum: { ChecksumSHA256: sha256('hello'), ChecksumType: 'FULL_OBJECT' },
    });
  });
});

describe('versions', () => {
  it('are kept, and read by their id', async () => {
    const Bucket = await bucket('Enabled');
    const first = await put(Bucket, 'first');
    const second = await put(Bucket, 'second');
    expect(first.VersionId).not.toBe(second.VersionId);
    expect(await text(Bucket)).toBe('second');
    expect(await text(Bucket, { VersionId: first.VersionId })).toBe('first');
    await expect(text(Bucket, { VersionId: 'nobody' })).rejects.toMatchObject({ name: 'NoSuchVersion' });
  });

  it('are covered by a delete marker, which can be removed', async () => {
    const Bucket = await bucket('Enabled');
    const { VersionId } = await put(Bucket, 'first');
    const marker = await aws.s3.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
    expect(marker).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) });
    await expect(text(Bucket)).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(text(Bucket, { VersionId: marker.VersionId })).rejects.toMatchObject({ name: 'MethodNotAllowed' });
    expect(await text(Bucket, { VersionId })).toBe('first');
    const { Versions, DeleteMarkers } = await aws.s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(Versions).toEqual([expect.objectContaining({ VersionId, IsLatest: false })]);
    expect(DeleteMarkers).toEqual([expect.objectContaining({ VersionId: marker.VersionId, IsLatest: true })]);
    await aws.s3.send(new DeleteObjectCommand({ Bucket, Key: 'key', VersionId: marker.VersionId }));
    expect(await text(Bucket)).toBe('first');
    await aws.s3.send(new DeleteObjectCommand({ Bucket, Key: 'key', VersionId }));
    await expect(text(Bucket)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('are called null if the bucket was not versioned, and null is overwritten while versioning is suspended', async () => {
    const Bucket = await bucket();
    expect((await put(Bucket, 'before')).VersionId).toBeUndefined();
    await setVersioning(Bucket, 'Enabled');
    const { VersionId } = await put(Bucket, 'enabled');
    expect(await text(Bucket, { VersionId: 'null' })).toBe('before');
    await setVersioning(Bucket, 'Suspended');
    expect((await put(Bucket, 'suspended')).VersionId).toBe('null');
    expect(await text(Bucket, { VersionId: 'null' })).toBe('suspended');
    expect(await text(Bucket, { VersionId })).toBe('enabled');
    expect((await aws.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Suspended');
  });

  it('are deleted many at a time', async () => {
    const Bucket = await bucket('Enabled');
    const { VersionId } = await put(Bucket, 'a');
    await put(Bucket, 'b', { Key: 'other' });
    const { Deleted } = await aws.s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'key', VersionId }, { Key: 'other' }] } }),
    );
    expect(Deleted).toEqual([
      { Key: 'key', VersionId },
      { Key: 'other', DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) },
    ]);
  });
});

describe('listing', () => {
  it('goes by prefix, delimiter and page, in the order of bytes', async () => {
    const Bucket = await bucket();
    for (const Key of ['b/2', 'a', 'b/1', 'B', 'c/x/1', 'é']) await put(Bucket, 'x', { Key });
    const all = await aws.s3.send(new ListObjectsV2Command({ Bucket }));
    expect(all.Contents?.map(({ Key }) => Key)).toEqual(['B', 'a', 'b/1', 'b/2', 'c/x/1', 'é']);
    const folders = await aws.s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    expect(folders.CommonPrefixes).toEqual([{ Prefix: 'b/' }, { Prefix: 'c/' }]);
    expect(folders.KeyCount).toBe(5);
    const under = await aws.s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'b/', StartAfter: 'b/1' }));
    expect(under.Contents?.map(({ Key }) => Key)).toEqual(['b/2']);
    const seen: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page: ListObjectsV2CommandOutput = await aws.s3.send(
        new ListObjectsV2Command({ Bucket, MaxKeys: 2, Delimiter: '/', ContinuationToken }),
      );
      seen.push(...(page.Contents ?? []).map(({ Key }) => Key), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(seen).toEqual(['B', 'a', 'b/', 'c/', 'é']);
    const old = await aws.s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 1 }));
    expect([old.IsTruncated, old.Contents?.[0]?.Key]).toEqual([true, 'B']);
  });
});

describe('an upload in parts', () => {
  const PART = Buffer.alloc(5 * 1024 * 1024, 'p');
  const LAST = Buffer.from('last');

  async function upload(Bucket: string, input: { ChecksumAlgorithm?: ChecksumAlgorithm; ChecksumType?: 'FULL_OBJECT' | 'COMPOSITE' } = {}) {
    const target = { Bucket, Key: 'big' };
    const { UploadId } = await aws.s3.send(new CreateMultipartUploadCommand({ ...target, ...input }));
    const Parts = [];
    for (const [index, Body] of [PART, LAST].entries()) {
      const part = await aws.s3.send(
        new UploadPartCommand({ ...target, UploadId, PartNumber: index + 1, Body, ChecksumAlgorithm: input.ChecksumAlgorithm }),
      );
      Parts.push({ PartNumber: index + 1, ETag: part.ETag, ChecksumSHA256: part.ChecksumSHA256, ChecksumCRC32: part.ChecksumCRC32 });
    }
    return { ...target, UploadId, Parts };
  }

  it('becomes one object, with a composite checksum', async () => {
    const Bucket = await bucket('Enabled');
    const { Parts, ...target } = await upload(Bucket, { ChecksumAlgorithm: 'SHA256' });
    expect((await aws.s3.send(new ListPartsCommand(target))).Parts?.map(({ Size }) => Size)).toEqual([PART.length, LAST.length]);
    const done = await aws.s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } }));
    const digests = [PART, LAST].map((part) => createHash('sha256').update(part).digest());
    const composite = `${createHash('sha256').update(Buffer.concat(digests)).digest('base64')}-2`;
    expect(done).toMatchObject({
      ChecksumSHA256: composite,
      ChecksumType: 'COMPOSITE',
      ETag: expect.stringMatching(/-2"$/),
      VersionId: expect.any(String),
    });
    const head = await aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'big', ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ ContentLength: PART.length + LAST.length, ChecksumSHA256: composite, ChecksumType: 'COMPOSITE' });
  });

  it('has a checksum of the whole object if that is requested', async () => {
    const Bucket = await bucket();
    const { Parts, ...target } = await upload(Bucket, { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    await aws.s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } }));
    await put(Bucket, Buffer.concat([PART, LAST]), { ChecksumAlgorithm: 'CRC32' });
    const crc = async (Key: string) => (await aws.s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))).ChecksumCRC32;
    expect(await crc('big')).toBe(await crc('key'));
  });

  it('is refused with wrong parts, and gone once aborted', async () => {
    const Bucket = await bucket();
    const { Parts, ...target } = await upload(Bucket);
    const complete = (parts: typeof Parts) =>
      aws.s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts: parts } }));
    await expect(complete([...Parts].reverse())).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete(Parts.map((part) => ({ ...part, ETag: '"0"' })))).rejects.toMatchObject({ name: 'InvalidPart' });
    await aws.s3.send(new AbortMultipartUploadCommand(target));
    await expect(complete(Parts)).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });
});

describe('a bucket', () => {
  it('can be created again by its owner, as only in us-east-1, and keeps its objects', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'kept');
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    expect(await text(Bucket)).toBe('kept');
  });

  it('is found, located, listed and deleted when empty', async () => {
    const Bucket = await bucket();
    await aws.s3.send(new HeadBucketCommand({ Bucket }));
    expect((await aws.s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
    expect((await aws.s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toContain(Bucket);
    await put(Bucket, 'x');
    await expect(aws.s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
    await aws.s3.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
    await aws.s3.send(new DeleteBucketCommand({ Bucket }));
    await expect(aws.s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('keeps its configuration', async () => {
    const Bucket = await bucket();
    await expect(aws.s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
    await aws.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: '{"Version":"2012-10-17","Statement":[]}' }));
    expect((await aws.s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe('{"Version":"2012-10-17","Statement":[]}');
    await aws.s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true } }));
    const { PublicAccessBlockConfiguration } = await aws.s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(PublicAccessBlockConfiguration).toMatchObject({ BlockPublicAcls: true });
    const { ServerSideEncryptionConfiguration } = await aws.s3.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe('AES256');
  });

  it('of another account is out of reach', async () => {
    const Bucket = await bucket();
    await expect(aws.s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner: '999999999999' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });
});
