import { createHash } from 'node:crypto';
import { CreateBucketCommand, DeleteObjectCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type RunningServices, startServices } from 'embedded-aws/src/cloud.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { artifacts } from '../../adapters/artifacts.ts';
import { isDenied } from '../../adapters/aws-errors.ts';
import { clientSettings } from '../../packages/embedded-aws/test/support/clients.ts';
import { type Answer, type ScriptedServer, startScriptedServer } from '../../packages/embedded-aws/test/support/scripted-server.ts';

const MAX = 1_000_000;
const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

describe('artifacts in S3', () => {
  let services: RunningServices;
  let s3: S3Client;
  const bucket = 'acme-firmware';

  beforeAll(async () => {
    services = await startServices({ port: 0 });
    s3 = new S3Client({ ...clientSettings(services), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  });
  afterAll(async () => {
    s3.destroy();
    await services.stop();
  });

  async function store(key: string, content: string | Buffer, more: { ChecksumAlgorithm?: 'SHA256' } = {}): Promise<string> {
    const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content, ...more }));
    if (VersionId === undefined) throw new Error('not versioned');
    return VersionId;
  }
  const factsOf = (key: string, version: string, maxBytes = MAX) => artifacts(s3).facts({ bucket, key, version }, maxBytes);

  it('have the size and SHA-256 of the version that was released', async () => {
    const first = await store('a b/ü+.bin', 'first');
    const second = await store('a b/ü+.bin', 'second!');
    expect(await factsOf('a b/ü+.bin', first)).toEqual({ found: true, sizeBytes: 5, sha256: sha256('first'), bytesRead: 5 });
    expect(await factsOf('a b/ü+.bin', second)).toEqual({ found: true, sizeBytes: 7, sha256: sha256('second!'), bytesRead: 7 });
  });

  it('have the same SHA-256 whether S3 stored it or not, even in many chunks', async () => {
    const large = Buffer.alloc(900_000, 'firmware');
    const hashed = await store('hashed', large, { ChecksumAlgorithm: 'SHA256' });
    const plain = await store('plain', large);
    const facts = { found: true, sizeBytes: 900_000, sha256: sha256(large) };
    expect(await factsOf('hashed', hashed)).toEqual(facts);
    expect(await factsOf('plain', plain)).toEqual({ ...facts, bytesRead: 900_000 });
  });

  it('may be empty', async () => {
    expect(await factsOf('empty', await store('empty', Buffer.alloc(0)))).toMatchObject({ found: true, sizeBytes: 0, sha256: sha256('') });
  });

  it('are not read if they are too long', async () => {
    expect(await factsOf('long', await store('long', 'x'.repeat(101)), 100)).toEqual({ found: true, sizeBytes: 101 });
    expect(await factsOf('long', await store('long', 'x'.repeat(100)), 100)).toMatchObject({ sha256: sha256('x'.repeat(100)) });
  });

  it('are not found under another key, version or bucket', async () => {
    const version = await store('here', 'x');
    const other = await store('elsewhere', 'x');
    expect(await factsOf('nowhere', version)).toEqual({ found: false });
    expect(await factsOf('here', other)).toEqual({ found: false });
    expect(await artifacts(s3).facts({ bucket: 'acme-other', key: 'here', version }, MAX)).toEqual({ found: false });
  });

  it('are not found if the version is a delete marker', async () => {
    await store('deleted', 'x');
    const { VersionId } = await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'deleted' }));
    expect(await factsOf('deleted', VersionId ?? '')).toEqual({ found: false });
  });
});

describe('if S3 answers something else', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await startScriptedServer();
  });
  beforeEach(() => server.reset());
  afterAll(() => server.close());

  const location = { bucket: 'acme-firmware', key: 'a.bin', version: 'v1' };
  const connect = (owner?: string) =>
    artifacts(new S3Client({ ...clientSettings(server), forcePathStyle: true }), owner === undefined ? {} : { expectedBucketOwner: owner });
  const error = (status: number, code: string): Answer => ({
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}, as scripted</Message></Error>`,
  });
  const head = (headers: Record<string, string>): Answer => ({ status: 200, headers: { 'content-length': '5', ...headers } });
  const base64 = createHash('sha256').update('first').digest('base64');
  const body: Answer = { status: 200, body: 'first' };

  it('a stored SHA-256 of the whole object saves the read', async () => {
    server.answer(head({ 'x-amz-checksum-sha256': base64, 'x-amz-checksum-type': 'FULL_OBJECT' }));
    expect(await connect().facts(location, 1)).toEqual({ found: true, sizeBytes: 5, sha256: sha256('first') });
    expect(server.seen).toMatchObject([
      { method: 'HEAD', url: '/acme-firmware/a.bin?versionId=v1', headers: { 'x-amz-checksum-mode': 'ENABLED' } },
    ]);
  });

  it.each([{ 'x-amz-checksum-sha256': `${base64}-2` }, { 'x-amz-checksum-sha256': base64, 'x-amz-checksum-type': 'COMPOSITE' }])(
    'a checksum of checksums is not used: %o',
    async (headers) => {
      server.answer(head(headers), body);
      expect(await connect().facts(location, MAX)).toEqual({ found: true, sizeBytes: 5, sha256: sha256('first'), bytesRead: 5 });
      expect(server.seen.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
    },
  );

  it.each([
    [400, 'InvalidArgument'],
    [404, 'NoSuchVersion'],
    [405, 'MethodNotAllowed'],
  ])('a HEAD without an error name (%i) is followed by a GET of one byte, whose %s means not found', async (status, code) => {
    server.answer({ status: status === 404 ? 400 : status }, error(status, code));
    expect(await connect().facts(location, MAX)).toEqual({ found: false });
    expect(server.seen).toMatchObject([{ method: 'HEAD' }, { method: 'GET', headers: { range: 'bytes=0-0' } }]);
  });

  it('denied access is thrown, with the permission that is missing', async () => {
    server.answer({ status: 403 }, error(403, 'AccessDenied'));
    const thrown = await connect()
      .facts(location, MAX)
      .catch((caught: unknown) => caught);
    expect(thrown).toMatchObject({
      message: expect.stringMatching(/s3:\/\/acme-firmware\/a\.bin at version v1: .*s3:GetObjectVersion/),
      cause: { name: 'AccessDenied' },
    });
  });

  it.each([
    [301, 'PermanentRedirect'],
    [400, 'AuthorizationHeaderMalformed'],
    [400, 'IllegalLocationConstraintException'],
  ])(
    'a bucket in another region (%i %s) is thrown, with its name and region, and counts as a wrong configuration',
    async (status, code) => {
      const headers = { 'x-amz-bucket-region': 'eu-west-1' };
      server.answer({ status, headers }, { ...error(status, code), headers: { ...headers, 'content-type': 'application/xml' } });
      const thrown = await connect()
        .facts(location, MAX)
        .catch((caught: unknown) => caught);
      expect(thrown).toMatchObject({ message: expect.stringMatching(/acme-firmware is in the region eu-west-1/), cause: { name: code } });
      expect(isDenied(code)).toBe(true);
    },
  );

  it('a bucket in another region that S3 does not name is thrown too', async () => {
    server.answer({ status: 301 }, error(301, 'PermanentRedirect'));
    await expect(connect().facts(location, MAX)).rejects.toThrow('acme-firmware is in another region');
  });

  const archived = { found: true, sizeBytes: 5, archived: true };

  it.each([
    { 'x-amz-storage-class': 'GLACIER' },
    { 'x-amz-storage-class': 'DEEP_ARCHIVE', 'x-amz-restore': 'ongoing-request="true"' },
    { 'x-amz-storage-class': 'INTELLIGENT_TIERING', 'x-amz-archive-status': 'ARCHIVE_ACCESS' },
  ])('an archived object is not read, and its stored SHA-256 does not count: %o', async (headers) => {
    server.answer(head({ ...headers, 'x-amz-checksum-sha256': base64, 'x-amz-checksum-type': 'FULL_OBJECT' }));
    expect(await connect().facts(location, MAX)).toEqual(archived);
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    { 'x-amz-storage-class': 'GLACIER', 'x-amz-restore': 'ongoing-request="false", expiry-date="Fri, 25 Dec 2026 00:00:00 GMT"' },
    { 'x-amz-storage-class': 'GLACIER_IR' },
    { 'x-amz-storage-class': 'INTELLIGENT_TIERING' },
  ])('an object that was restored, or whose class can be read at once, is read: %o', async (headers) => {
    server.answer(head(headers), body);
    expect(await connect().facts(location, MAX)).toMatchObject({ found: true, sha256: sha256('first') });
  });

  it('an object that S3 does not give out because it is archived is archived', async () => {
    server.answer(head({}), error(403, 'InvalidObjectState'));
    expect(await connect().facts(location, MAX)).toEqual(archived);
  });

  it.each(['KMS.DisabledException', 'KMS.InvalidKeyUsageException', 'KMS.KMSInvalidStateException', 'KMS.NotFoundException'])(
    'a KMS key that cannot be used (%s) counts as denied access',
    async (code) => {
      server.answer({ status: 400 }, error(400, code));
      const thrown = await connect()
        .facts(location, MAX)
        .catch((caught: unknown) => caught);
      expect(thrown).toMatchObject({ message: expect.stringContaining('kms:Decrypt'), cause: { name: code } });
      expect(isDenied(code)).toBe(true);
    },
  );

  it.each([
    [{ status: 500 }, error(500, 'InternalError')],
    [{ status: 503 }, error(503, 'SlowDown')],
    [{ status: 403 }, { status: 206, body: 'x' }],
    [head({}), error(500, 'InternalError')],
    [head({}), { status: 200, body: 'cut' }],
    [head({}), { status: 200, body: 'longer than it was' }],
    [{ hangUp: true } as const, { hangUp: true } as const],
  ])('%o, then %o is thrown, never "not found"', async (...answers) => {
    server.answer(...answers);
    await expect(connect().facts(location, MAX)).rejects.toThrow();
  });

  it('an object that is deleted between the two calls is not found', async () => {
    server.answer(head({}), error(404, 'NoSuchVersion'));
    expect(await connect().facts(location, MAX)).toEqual({ found: false });
  });

  it('every call has the expected owner of the bucket', async () => {
    server.answer(head({}), body);
    await connect('111122223333').facts(location, MAX);
    expect(server.seen.map(({ headers }) => headers['x-amz-expected-bucket-owner'])).toEqual(['111122223333', '111122223333']);
  });
});
