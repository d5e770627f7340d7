import { randomUUID } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../../src/clock.ts';
import { startTestAws, type TestAws } from '../../support/endpoints.ts';

let clock: ManualClock;
let aws: TestAws;
let Bucket: string;
let ETag: string | undefined;
/** The dates of the object `key`, of a minute before it and of a minute after it. */
let modified: Date;
let before: Date;
let after: Date;
beforeAll(async () => {
  clock = createManualClock();
  aws = await startTestAws({ clock });
});
afterAll(() => aws.stop());
beforeEach(async () => {
  Bucket = randomUUID();
  await aws.s3.send(new CreateBucketCommand({ Bucket }));
  // Between two seconds, because dates in HTTP have whole seconds only.
  clock.advance(123_456);
  ({ ETag } = await aws.s3.send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'body' })));
  modified = new Date(clock.now());
  before = new Date(clock.now() - 60_000);
  after = new Date(clock.now() + 60_000);
});

const status = (promise: Promise<{ $metadata: { httpStatusCode?: number } }>) =>
  promise.then(
    ({ $metadata }) => $metadata.httpStatusCode,
    (error: { $metadata: { httpStatusCode?: number } }) => error.$metadata.httpStatusCode,
  );
const OTHER = '"00000000000000000000000000000000"';

describe('a read', () => {
  const read = async (input: Partial<GetObjectCommandInput>) => {
    const got = await status(aws.s3.send(new GetObjectCommand({ Bucket, Key: 'key', ...input })));
    expect(await status(aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'key', ...input })))).toBe(got);
    return got;
  };

  it('with If-Modified-Since is a 304 if nothing was modified', async () => {
    expect(await read({ IfModifiedSince: before })).toBe(200);
    expect(await read({ IfModifiedSince: modified })).toBe(304);
    expect(await read({ IfModifiedSince: after })).toBe(304);
  });

  it('with If-Unmodified-Since is a 412 if something was modified', async () => {
    expect(await read({ IfUnmodifiedSince: before })).toBe(412);
    expect(await read({ IfUnmodifiedSince: modified })).toBe(200);
  });

  it('uses the ETag if there are an ETag and a date', async () => {
    expect(await read({ IfMatch: ETag, IfUnmodifiedSince: before })).toBe(200);
    expect(await read({ IfMatch: OTHER, IfUnmodifiedSince: after })).toBe(412);
    expect(await read({ IfNoneMatch: ETag, IfModifiedSince: before })).toBe(304);
    expect(await read({ IfNoneMatch: OTHER, IfModifiedSince: after })).toBe(200);
  });
});

describe('a copy', () => {
  const copy = (input: Partial<CopyObjectCommandInput>) =>
    status(aws.s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/key`, ...input })));

  it.each<[string, () => Partial<CopyObjectCommandInput>]>([
    ['another ETag', () => ({ CopySourceIfMatch: OTHER })],
    ['none but this ETag', () => ({ CopySourceIfNoneMatch: ETag })],
    ['not modified since a time before', () => ({ CopySourceIfUnmodifiedSince: before })],
    ['modified since a time after', () => ({ CopySourceIfModifiedSince: after })],
  ])('is refused if its source does not fulfil %s', async (_what, condition) => {
    expect(await copy(condition())).toBe(412);
    expect(await status(aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'copy' })))).toBe(404);
  });

  it('is made if its source fulfils the condition', async () => {
    expect(await copy({ CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: before })).toBe(200);
    expect(await copy({ CopySourceIfNoneMatch: OTHER })).toBe(200);
  });
});

describe('a delete', () => {
  const remove = (IfMatch: string | undefined, Key = 'key') => aws.s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch }));
  const exists = async () => (await status(aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'key' })))) === 200;

  it('with If-Match does not delete another object', async () => {
    await expect(remove(OTHER)).rejects.toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
    expect(await exists()).toBe(true);
    await remove(ETag);
    expect(await exists()).toBe(false);
  });

  it('with If-Match * requires an object', async () => {
    await remove('*');
    expect(await exists()).toBe(false);
    await expect(remove('*')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(remove(undefined)).resolves.toBeDefined();
  });

  it('of a version compares the current one', async () => {
    await aws.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const { ETag: current } = await aws.s3.send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'newer' }));
    const removeNull = (IfMatch: string | undefined) =>
      status(aws.s3.send(new DeleteObjectCommand({ Bucket, Key: 'key', VersionId: 'null', IfMatch })));
    expect([await removeNull(ETag), await removeNull(current)]).toEqual([412, 204]);
  });

  it('of many objects compares each ETag, and reports failures even in quiet mode', async () => {
    await aws.s3.send(new PutObjectCommand({ Bucket, Key: 'second', Body: 'body' }));
    const Objects = [
      { Key: 'key', ETag: OTHER },
      { Key: 'second', ETag },
    ];
    const { Errors, Deleted } = await aws.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    expect([Errors, Deleted]).toEqual([[expect.objectContaining({ Key: 'key', Code: 'PreconditionFailed' })], undefined]);
    expect(await exists()).toBe(true);
    expect(await status(aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'second' })))).toBe(404);
  });
});

describe('a part', () => {
  const part = (Key: string, PartNumber: number, Range?: string) => aws.s3.send(new GetObjectCommand({ Bucket, Key, PartNumber, Range }));

  it('of an object in parts is read by its number', async () => {
    const { UploadId } = await aws.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }));
    const upload = { Bucket, Key: 'parts', UploadId };
    const first = Buffer.alloc(5 * 1024 * 1024, 'a');
    const Parts = [];
    for (const [index, Body] of [first, Buffer.from('tail')].entries()) {
      const sent = await aws.s3.send(new UploadPartCommand({ ...upload, PartNumber: index + 1, Body }));
      Parts.push({ PartNumber: index + 1, ETag: sent.ETag });
    }
    await aws.s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    const answer = await part('parts', 2);
    expect(answer).toMatchObject({ ContentRange: `bytes ${first.length}-${first.length + 3}/${first.length + 4}`, PartsCount: 2 });
    expect(await answer.Body?.transformToString()).toBe('tail');
    expect((await aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'parts', PartNumber: 1 }))).ContentLength).toBe(first.length);
    await expect(part('parts', 3)).rejects.toMatchObject({ name: 'InvalidPartNumber', $metadata: { httpStatusCode: 416 } });
  });

  it('number 1 is the whole object if that was uploaded in one piece', async () => {
    const answer = await part('key', 1);
    expect([answer.$metadata.httpStatusCode, answer.PartsCount, await answer.Body?.transformToString()]).toEqual([206, undefined, 'body']);
    await expect(part('key', 2)).rejects.toMatchObject({ name: 'InvalidPartNumber' });
  });

  it('cannot be requested together with a range, or outside of 1 to 10000', async () => {
    await expect(part('key', 1, 'bytes=0-1')).rejects.toMatchObject({ name: 'InvalidRequest' });
    await expect(part('key', 0)).rejects.toMatchObject({ name: 'InvalidArgument' });
    await expect(part('key', 10_001)).rejects.toMatchObject({ name: 'InvalidArgument' });
  });
});

describe('a presigned URL of signature version 2', () => {
  const fetchUntil = (expires: string) => fetch(`${aws.endpoint}/${Bucket}/key?AWSAccessKeyId=any&Signature=any&Expires=${expires}`);

  it('works until it expires', async () => {
    const now = Math.floor(Date.now() / 1000);
    expect(await (await fetchUntil(String(now + 60))).text()).toBe('body');
    const late = await fetchUntil(String(now - 1));
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('<Message>Request has expired</Message>')]);
  });

  it.each(['', 'tomorrow'])('is refused if it expires at "%s"', async (expires) => {
    const answer = await fetchUntil(expires);
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('Invalid date')]);
  });
});
