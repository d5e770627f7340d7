import { createHash } from 'node:crypto';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type RunningServices, startServices } from 'embedded-aws/src/cloud.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { documents } from '../../adapters/documents.ts';
import { clientSettings } from '../../packages/embedded-aws/test/support/clients.ts';
import { type Answer, type ScriptedServer, startScriptedServer } from '../../packages/embedded-aws/test/support/scripted-server.ts';

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
const keyOf = (content: string) => `job-documents/${sha256(content)}.json`;
const bucket = 'ota-dispatch-local-documents';

describe('job documents', () => {
  let services: RunningServices;
  let s3: S3Client;

  beforeAll(async () => {
    services = await startServices({ port: 0 });
    s3 = new S3Client({ ...clientSettings(services), forcePathStyle: true });
    for (const Bucket of [bucket, 'acme-firmware']) {
      await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    }
  });
  afterAll(async () => {
    s3.destroy();
    await services.stop();
  });

  const versionsOf = async (Prefix: string) => (await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix }))).Versions ?? [];

  async function bring(content: string) {
    const { VersionId = '' } = await s3.send(new PutObjectCommand({ Bucket: 'acme-firmware', Key: 'doc.json', Body: content }));
    return { bucket: 'acme-firmware', key: 'doc.json', version: VersionId, sha256: sha256(content) };
  }

  it('are written as JSON, unchanged', async () => {
    const body = '{"operation":"firmware-update","text":"ü\u{1F525}"}';
    await documents(s3).write({ bucket, key: keyOf(body), body });
    const stored = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(body) }));
    expect(stored.ContentType).toBe('application/json');
    expect(await stored.Body?.transformToString()).toBe(body);
  });

  it('are written only once', async () => {
    const document = { bucket, key: keyOf('{"once":1}'), body: '{"once":1}' };
    await Promise.all([documents(s3).write(document), documents(s3).write(document)]);
    await documents(s3).write(document);
    expect(await versionsOf(document.key)).toHaveLength(1);
  });

  it('of a release are copied byte for byte from their version', async () => {
    const content = '{ "mine" : true }\n';
    const copyOf = await bring(content);
    await bring('{"newer":1}');
    await documents(s3).write({ bucket, key: keyOf(content), copyOf });
    const stored = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(content) }));
    expect(await stored.Body?.transformToString()).toBe(content);
  });

  it('of a release are not copied if their SHA-256 differs', async () => {
    const copyOf = { ...(await bring('{"swapped":1}')), sha256: sha256('{"released":1}') };
    await expect(documents(s3).write({ bucket, key: keyOf('{"released":1}'), copyOf })).rejects.toThrow('s3://acme-firmware/doc.json');
    expect(await versionsOf(keyOf('{"released":1}'))).toHaveLength(0);
  });

  it('of a release are not read to the end if they are too long', async () => {
    const content = 'x'.repeat(131_073);
    await expect(documents(s3).write({ bucket, key: keyOf(content), copyOf: await bring(content) })).rejects.toThrow(
      's3://acme-firmware/doc.json',
    );
  });

  it('are never stored under the key of different content', async () => {
    await expect(documents(s3).write({ bucket, key: keyOf('a'), body: 'b' })).rejects.toThrow(keyOf('a'));
  });
});

describe('the adapter of job documents', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await startScriptedServer();
  });
  beforeEach(() => server.reset());
  afterAll(() => server.close());

  const document = { bucket, key: keyOf('{}'), body: '{}' };
  const connect = () =>
    documents(new S3Client({ ...clientSettings(server), forcePathStyle: true }), { expectedBucketOwner: '000000000000' });
  const error = (status: number, code: string): Answer => ({ status, body: `<Error><Code>${code}</Code><Message>no</Message></Error>` });

  it('writes only a key that does not exist, in a bucket of the expected account', async () => {
    server.answer({ status: 200 });
    await connect().write(document);
    expect(server.seen).toMatchObject([{ method: 'PUT', url: expect.stringContaining(`/${bucket}/${document.key}`) }]);
    expect(server.seen[0]?.headers).toMatchObject({ 'if-none-match': '*', 'x-amz-expected-bucket-owner': '000000000000' });
  });

  it('does nothing if the document already exists', async () => {
    server.answer(error(412, 'PreconditionFailed'));
    await expect(connect().write(document)).resolves.toBeUndefined();
  });

  it('tries again if another writer was faster', async () => {
    server.answer(error(409, 'ConditionalRequestConflict'), error(412, 'PreconditionFailed'));
    await expect(connect().write(document)).resolves.toBeUndefined();
    expect(server.seen).toHaveLength(2);
  });

  it.each([
    [error(403, 'AccessDenied'), 'AccessDenied'],
    [error(500, 'InternalError'), 'InternalError'],
    [error(404, 'NoSuchBucket'), 'NoSuchBucket'],
  ])('throws on %o', async (answer, name) => {
    server.answer(answer);
    await expect(connect().write(document)).rejects.toMatchObject({ message: expect.stringContaining(name), cause: { name } });
  });

  it('throws if other writers were faster twice', async () => {
    server.answer(error(409, 'ConditionalRequestConflict'), error(409, 'ConditionalRequestConflict'));
    await expect(connect().write(document)).rejects.toThrow('ConditionalRequestConflict');
  });
});
