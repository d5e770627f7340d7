import {
  CreateBucketCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../../support/endpoints.ts';

let aws: TestAws;
const clients = new Map<string, S3Client>();
const s3 = (region: string): S3Client => {
  const client = clients.get(region) ?? new S3Client({ ...aws.access, region });
  clients.set(region, client);
  return client;
};
const create = (region: string, Bucket: string, LocationConstraint?: string) =>
  s3(region).send(
    new CreateBucketCommand({
      Bucket,
      ...(LocationConstraint !== undefined && { CreateBucketConfiguration: { LocationConstraint: LocationConstraint as 'eu-west-1' } }),
    }),
  );
beforeAll(async () => {
  aws = await startTestAws();
  await create('us-east-1', 'irish', 'eu-west-1');
  await create('us-east-1', 'italian', 'eu-south-1');
  await s3('eu-west-1').send(new PutObjectCommand({ Bucket: 'irish', Key: 'app.bin', Body: 'image' }));
});
afterAll(async () => {
  for (const client of clients.values()) client.destroy();
  await aws.stop();
});

describe('a bucket of another Region', () => {
  it('is made with a LocationConstraint, and has this Region everywhere', async () => {
    expect(await s3('us-east-1').send(new GetBucketLocationCommand({ Bucket: 'irish' }))).toMatchObject({
      LocationConstraint: 'eu-west-1',
    });
    expect(await s3('eu-west-1').send(new HeadBucketCommand({ Bucket: 'irish' }))).toMatchObject({ BucketRegion: 'eu-west-1' });
    const { Buckets } = await s3('us-east-1').send(new ListBucketsCommand({ Prefix: 'irish' }));
    expect(Buckets).toEqual([expect.objectContaining({ Name: 'irish', BucketRegion: 'eu-west-1' })]);
  });

  it.each([
    ['GetObject', new GetObjectCommand({ Bucket: 'irish', Key: 'app.bin' })],
    ['GetObject of an object that does not exist', new GetObjectCommand({ Bucket: 'irish', Key: 'nothing' })],
    ['PutObject', new PutObjectCommand({ Bucket: 'irish', Key: 'new', Body: 'x' })],
    ['ListObjectsV2', new ListObjectsV2Command({ Bucket: 'irish' })],
  ])('answers PermanentRedirect to %s', async (_what, command) => {
    const sent = (s3('us-east-1') as { send(command: unknown): Promise<unknown> }).send(command);
    await expect(sent).rejects.toMatchObject({
      name: 'PermanentRedirect',
      Endpoint: 'irish.s3.eu-west-1.amazonaws.com',
      Bucket: 'irish',
      $metadata: { httpStatusCode: 301 },
    });
  });

  it.each([
    ['the bucket', '/irish'],
    ['an object', '/irish/app.bin'],
  ])('answers HEAD of %s with 301, its Region in a header and no body', async (_what, path) => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';
    const answer = await fetch(`${aws.endpoint}${path}`, { method: 'HEAD', headers: { authorization }, redirect: 'manual' });
    expect([answer.status, answer.headers.get('x-amz-bucket-region'), await answer.text()]).toEqual([301, 'eu-west-1', '']);
  });

  it('that is newer than March 2019 answers 400', async () => {
    await expect(s3('us-east-1').send(new GetObjectCommand({ Bucket: 'italian', Key: 'k' }))).rejects.toMatchObject({
      name: 'IllegalLocationConstraintException',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(s3('us-east-1').send(new HeadBucketCommand({ Bucket: 'italian' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('is found by an SDK that follows the redirect', async () => {
    const follower = new S3Client({ ...aws.access, followRegionRedirects: true });
    expect(await follower.send(new HeadObjectCommand({ Bucket: 'irish', Key: 'app.bin' }))).toMatchObject({ ContentLength: 5 });
    follower.destroy();
  });

  it('is read without a signature', async () => {
    expect(await (await fetch(`${aws.endpoint}/irish/app.bin`)).text()).toBe('image');
  });
});

describe('a LocationConstraint', () => {
  it.each([
    ['us-east-1', 'nowhere'],
    ['us-east-1', 'us-east-1'],
    ['us-east-1', 'cn-north-1'],
  ])('in %s cannot be %s', async (region, constraint) => {
    await expect(create(region, 'refused', constraint)).rejects.toMatchObject({ name: 'InvalidLocationConstraint' });
  });

  it('is the Region of the endpoint, or any Region through us-east-1', async () => {
    await expect(create('eu-west-1', 'refused', 'eu-central-1')).rejects.toMatchObject({ name: 'IllegalLocationConstraintException' });
    await expect(create('eu-west-1', 'made-there', 'eu-west-1')).resolves.toBeDefined();
    await expect(create('us-east-1', 'old-name', 'EU')).resolves.toBeDefined();
    expect(await s3('eu-west-1').send(new HeadBucketCommand({ Bucket: 'old-name' }))).toMatchObject({ BucketRegion: 'eu-west-1' });
  });

  it('of a bucket that exists makes no second one', async () => {
    await expect(create('us-east-1', 'irish', 'eu-central-1')).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' });
    await expect(create('us-east-1', 'irish')).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' });
  });
});
