import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upload, uploadTarget, withUpload } from '../../../operator/events/upload.ts';
import { openStage, type Stage } from '../../../operator/stage/stage.ts';
import { startTestAws, type TestAws } from '../../../packages/embedded-aws/test/support/endpoints.ts';
import { UsageError } from '../../../scripts/command.ts';

const bucket = 'acme-firmware';
const [one, other] = [Buffer.from('firmware 1'), Buffer.from('firmware 2')];

let aws: TestAws;
let stage: Stage;
beforeAll(async () => {
  aws = await startTestAws();
  stage = openStage({ stage: 'local', endpoint: aws.endpoint });
  await aws.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await aws.s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }));
});
afterAll(() => aws.stop());

const versionsOf = async (key: string) => {
  const { Versions = [] } = await aws.s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }));
  return Versions.filter(({ Key }) => Key === key).length;
};

describe('uploading firmware', () => {
  it('answers location, version, SHA-256 and size', async () => {
    expect(await upload(stage, { bucket, key: 'new.bin' }, one)).toEqual({
      bucket,
      key: 'new.bin',
      version: expect.stringMatching(/./),
      sha256: createHash('sha256').update(one).digest('hex'),
      sizeBytes: one.length,
      isNew: true,
    });
  });

  it('stores the same bytes only once, so that a repeated release has the same content', async () => {
    const key = 'twice.bin';
    const first = await upload(stage, { bucket, key }, one);
    expect(await upload(stage, { bucket, key }, one)).toEqual({ ...first, isNew: false });
    expect(await versionsOf(key)).toBe(1);
  });

  it('finds the same bytes behind newer ones', async () => {
    const key = 'older.bin';
    const first = await upload(stage, { bucket, key }, one);
    const second = await upload(stage, { bucket, key }, other);
    expect(second.version).not.toBe(first.version);
    expect(await upload(stage, { bucket, key }, one)).toEqual({ ...first, isNew: false });
    expect(await versionsOf(key)).toBe(2);
  });

  it('finds the same bytes behind a deletion', async () => {
    const key = 'deleted.bin';
    const first = await upload(stage, { bucket, key }, one);
    await aws.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    expect(await upload(stage, { bucket, key }, one)).toEqual({ ...first, isNew: false });
  });

  it.each<[string, (key: string) => Promise<unknown>]>([
    [
      'has other bytes of the same size',
      (Key) => aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: other, ChecksumAlgorithm: 'SHA256' })),
    ],
    ['has no SHA-256', (Key) => aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: one, ChecksumAlgorithm: 'CRC32' }))],
    [
      'has the same bytes under a longer key',
      (Key) => aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${Key}.sig`, Body: one, ChecksumAlgorithm: 'SHA256' })),
    ],
    [
      'was archived',
      (Key) => aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: one, ChecksumAlgorithm: 'SHA256', StorageClass: 'GLACIER' })),
    ],
    ['was uploaded in parts, with the SHA-256 of its parts', inParts],
  ])('uploads if what is there %s', async (what, prepare) => {
    const key = `${what.replaceAll(/\W/g, '-')}.bin`;
    await prepare(key);
    const before = await versionsOf(key);
    expect((await upload(stage, { bucket, key }, one)).isNew).toBe(true);
    expect(await versionsOf(key)).toBe(before + 1);
  });

  async function inParts(Key: string): Promise<void> {
    const target = { Bucket: bucket, Key };
    const { UploadId } = await aws.s3.send(new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'SHA256' }));
    const { ETag, ChecksumSHA256 } = await aws.s3.send(
      new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: one, ChecksumAlgorithm: 'SHA256' }),
    );
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag, ChecksumSHA256 }] };
    await aws.s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }));
  }

  it('does not use a bucket without versioning, although the same bytes are there', async () => {
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'acme-unversioned' }));
    await aws.s3.send(new PutObjectCommand({ Bucket: 'acme-unversioned', Key: 'k', Body: one, ChecksumAlgorithm: 'SHA256' }));
    await expect(upload(stage, { bucket: 'acme-unversioned', key: 'k' }, one)).rejects.toThrow(UsageError);
  });
});

describe('the artifact of an upload', () => {
  const artifact = { fileName: '/app.bin', fileLocation: { s3Location: { bucket, key: 'k', version: 'set-at-upload' } }, sha256: 'x' };

  it('gets version, SHA-256 and size, and keeps everything else', () => {
    const filled = withUpload({ product: 'thermostat', artifacts: [artifact] }, one, 'v1');
    expect(filled).toEqual({
      product: 'thermostat',
      artifacts: [
        {
          fileName: '/app.bin',
          fileLocation: { s3Location: { bucket, key: 'k', version: 'v1' } },
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          sizeBytes: 10,
        },
      ],
    });
  });

  it.each<[string, object]>([
    ['no artifact', { artifacts: [] }],
    ['no list of artifacts', { artifacts: 'app.bin' }],
    ['two artifacts', { artifacts: [artifact, artifact] }],
    ['no location', { artifacts: [{ fileName: '/app.bin' }] }],
    ['no key', { artifacts: [{ fileLocation: { s3Location: { bucket } } }] }],
    ['an artifact that is null', { artifacts: [null] }],
    ['a stream', { artifacts: [{ fileLocation: { stream: { streamId: 's' } } }] }],
  ])('must be one object in S3, not %s', (_what, detail) => {
    expect(() => uploadTarget({ ...detail })).toThrow(UsageError);
  });
});
