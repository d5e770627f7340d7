import { request } from 'node:http';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../../src/index.ts';

let aws: EmbeddedAws;
let s3: S3Client;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  s3 = new S3Client(aws.client);
});
afterAll(async () => {
  s3.destroy();
  await aws.stop();
});

/** An unsigned GET whose Host header names `host`, as a client sends it that has resolved the host itself. */
function get(host: string, path: string): Promise<{ readonly status: number | undefined; readonly text: string }> {
  const { port } = new URL(aws.endpoint);
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers: { host: `${host}:${port}` } }, async (answer) => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      resolve({ status: answer.statusCode, text });
    });
    sent.once('error', reject).end();
  });
}

const buckets = [
  ['with dots', 'firmware.acme.example'],
  ['that begins like an IP address', '10.0.0.firmware'],
  ['that continues an IP address', '192.168.1.7.firmware'],
  ['of digits', '123'],
  ['with hyphens beside dots', 'acme-.-firmware'],
  ['with the name of S3 inside', 'my.s3.firmware'],
  ['of 63 characters', 'a'.repeat(63)],
] as const;

const keys = ['app.bin', 'a+b c%20d/ü&?#=@.bin', '%2F', 'a//b', '../up', "it's (1)!*"];

describe('a bucket', () => {
  it.each(buckets)('%s is reached in the path, whatever the key: %s', async (_, Bucket) => {
    await s3.send(new CreateBucketCommand({ Bucket }));
    for (const Key of keys) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
      expect(await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()).toBe(Key);
      expect(aws.objects.get(Bucket, Key)?.toString()).toBe(Key);
    }
  });

  it.each(buckets)('%s is reached in a host name, whatever the key: %s', async (_, Bucket) => {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'ü 1', Body: 'image' }));
    for (const host of [`${Bucket}.localhost`, `${Bucket}.s3.us-east-1.amazonaws.com`, `${Bucket.toUpperCase()}.LOCALHOST`])
      expect(await get(host, '/%C3%BC%201')).toEqual({ status: 200, text: 'image' });
  });

  it('is in the path behind a host of S3 without a bucket', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'plain' }));
    await s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'k', Body: 'image' }));
    for (const host of ['s3.us-east-1.amazonaws.com', 's3.localhost', 'localhost', '127.0.0.1'])
      expect(await get(host, '/plain/k')).toEqual({ status: 200, text: 'image' });
  });

  it('with dots is reached by an SDK that puts it into the host, as far as the host resolves', async () => {
    const Bucket = 'virtual.acme.example';
    await s3.send(new CreateBucketCommand({ Bucket }));
    const { port } = new URL(aws.endpoint);
    const virtual = new S3Client({ ...aws.client, forcePathStyle: false, endpoint: `http://localhost:${port}` });
    virtual.middlewareStack.add(
      (next) => async (args) => {
        const sent = args.request as { hostname: string };
        expect(sent.hostname).toBe(`${Bucket}.localhost`);
        // Not every machine resolves names below localhost.
        sent.hostname = '127.0.0.1';
        return await next(args);
      },
      { step: 'deserialize', priority: 'low' },
    );
    await virtual.send(new PutObjectCommand({ Bucket, Key: 'a b', Body: 'image' }));
    virtual.destroy();
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'a b' }))).ContentLength).toBe(5);
  });

  it.each([
    ['two dots in a row', 'a..b'],
    ['the form of an IP address', '192.168.5.4'],
    ['a dot at an end', 'abc.'],
    ['a hyphen at an end', '-abc'],
    ['upper case', 'Abc'],
    ['an underscore', 'a_b'],
    ['two characters', 'ab'],
    ['64 characters', 'a'.repeat(64)],
    ['a prefix of S3', 'xn--abc'],
    ['a suffix of S3', 'abc-s3alias'],
  ])('cannot be created with %s', async (_, Bucket) => {
    await expect(s3.send(new CreateBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'InvalidBucketName' });
    await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'NotFound' });
  });
});
