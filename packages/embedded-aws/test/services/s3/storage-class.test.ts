import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type StorageClass,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../../support/endpoints.ts';

const Bucket = 'archive';
let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
  await aws.s3.send(new CreateBucketCommand({ Bucket }));
  for (const Key of ['GLACIER', 'DEEP_ARCHIVE', 'GLACIER_IR', 'STANDARD_IA'] satisfies StorageClass[])
    await aws.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'image', StorageClass: Key }));
});
afterAll(() => aws.stop());

describe.each(['GLACIER', 'DEEP_ARCHIVE'])('an object of class %s', (Key) => {
  it('cannot be read or copied', async () => {
    const archived = { name: 'InvalidObjectState', StorageClass: Key, $metadata: { httpStatusCode: 403 } };
    await expect(aws.s3.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject(archived);
    await expect(aws.s3.send(new GetObjectCommand({ Bucket, Key, Range: 'bytes=0-1' }))).rejects.toMatchObject(archived);
    const copy = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}` });
    await expect(aws.s3.send(copy)).rejects.toMatchObject({ name: 'ObjectNotInActiveTierError' });
  });

  it('shows its headers, its attributes and its class in a list', async () => {
    expect(await aws.s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({ ContentLength: 5, StorageClass: Key });
    const attributes = new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['StorageClass', 'ObjectSize'] });
    expect(await aws.s3.send(attributes)).toMatchObject({ ObjectSize: 5, StorageClass: Key });
    const { Contents } = await aws.s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
    expect(Contents?.find((one) => one.Key === Key)).toMatchObject({ StorageClass: Key });
  });
});

it.each(['GLACIER_IR', 'STANDARD_IA'])('an object of class %s can be read', async (Key) => {
  const { Body, StorageClass } = await aws.s3.send(new GetObjectCommand({ Bucket, Key }));
  expect([await Body?.transformToString(), StorageClass]).toEqual(['image', Key]);
});
