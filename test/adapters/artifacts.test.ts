import { createHash } from 'node:crypto';
import { CreateBucketCommand, DeleteObjectCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type RunningServices, startServices } from 'embedded-aws/src/cloud.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { artifacts } from '../../adapters/artifacts.ts';
import { isDenied } from '../../adapters/aws-errors.ts';
import { objectOptions } from '../../adapters/clients.ts';
import { clientSettings } from '../../packages/embedded-aws/test/support/clients.ts';
import { type Answer, type ScriptedServer, startScriptedServer } from '../../packages/embedded-aws/test/support/scripted-server.ts';
import { aMinute } from '../../proof/support/control-plane.ts';

/** What a release is compared with: the facts, and if S3 has no SHA-256, what was read. */
async function factsOf(store: ReturnType<typeof artifacts>, location: Parameters<typeof store.facts>[0]) {
  const facts = await store.facts(location);
  return facts.found && facts.sha256 === undefined && !facts.archived ? store.read(location, facts.sizeBytes, aMinute) : facts;
}

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
  const at = (key: string, version: string) => factsOf(artifacts(s3), { bucket, key, version });

  it('have the size and SHA-256 of the version that was released', async () => {
    const first = await store('a b/ü+.bin', 'first');
    const second = await store('a b/ü+.bin', 'second!');
    expect(await at('a b/ü+.bin', first)).toEqual({ found: true, sizeBytes: 5, sha256: sha256('first') });
    expect(await at('a b/ü+.bin', second)).toEqual({ found: true, sizeBytes: 7, sha256: sha256('second!') });
  });

  it('have the same SHA-256 whether S3 stored it or not, even in many chunks', async () => {
    const large = Buffer.alloc(900_000, 'firmware');
    const hashed = await store('hashed', large, { ChecksumAlgorithm: 'SHA256' });
    const plain = await store('plain', large);
    const facts = { found: true, sizeBytes: 900_000, sha256: sha256(large) };
    expect(await at('hashed', hashed)).toEqual(facts);
    expect(await at('plain', plain)).toEqual({ ...facts });
  });

  it('may be empty', async () => {
    expect(await at('empty', await store('empty', Buffer.alloc(0)))).toMatchObject({ found: true, sizeBytes: 0, sha256: sha256('') });
  });

  it('have their size before they are read', async () => {
    expect(await artifacts(s3).facts({ bucket, key: 'sized', version: await store('sized', 'x'.repeat(100)) })).toEqual({
      found: true,
      sizeBytes: 100,
    });
  });

  it('are not found if they are gone when they are read', async () => {
    const location = { bucket, key: 'gone', version: await store('elsewhere', 'x') };
    expect(await artifacts(s3).read(location, 1, aMinute)).toEqual({ found: false });
  });

  it('are not found under another key, version or bucket', async () => {
    const version = await store('here', 'x');
    const other = await store('elsewhere', 'x');
    expect(await at('nowhere', version)).toEqual({ found: false });
    expect(await at('here', other)).toEqual({ found: false });
    expect(await artifacts(s3).facts({ bucket: 'acme-other', key: 'here', version })).toEqual({ found: false });
  });

  it('are not found if the version is a delete marker', async () => {
    await store('deleted', 'x');
    const { VersionId } = await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'deleted' }));
    expect(await at('deleted', VersionId ?? '')).toEqual({ found: false });
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
    expect(await factsOf(connect(), location)).toEqual({ found: true, sizeBytes: 5, sha256: sha256('first') });
    expect(server.seen).toMatchObject([
      { method: 'HEAD', url: '/acme-firmware/a.bin?versionId=v1', headers: { 'x-amz-checksum-mode': 'ENABLED' } },
    ]);
  });

  it.each([{ 'x-amz-checksum-sha256': `${base64}-2` }, { 'x-amz-checksum-sha256': base64, 'x-amz-checksum-type': 'COMPOSITE' }])(
    'a checksum of checksums is not used: %o',
    async (headers) => {
      server.answer(head(headers), body);
      expect(await factsOf(connect(), location)).toEqual({ found: true, sizeBytes: 5, sha256: sha256('first') });
      expect(server.seen.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
    },
  );

  it.each([
    [400, 'InvalidArgument'],
    [404, 'NoSuchVersion'],
    [405, 'MethodNotAllowed'],
  ])('a HEAD without an error name (%i) is followed by a GET of one byte, whose %s means not found', async (status, code) => {
    server.answer({ status: status === 404 ? 400 : status }, error(status, code));
    expect(await factsOf(connect(), location)).toEqual({ found: false });
    expect(server.seen).toMatchObject([{ method: 'HEAD' }, { method: 'GET', headers: { range: 'bytes=0-0' } }]);
  });

  it('denied access is thrown, with the permission that is missing', async () => {
    server.answer({ status: 403 }, error(403, 'AccessDenied'));
    const thrown = await factsOf(connect(), location).catch((caught: unknown) => caught);
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
      const thrown = await factsOf(connect(), location).catch((caught: unknown) => caught);
      expect(thrown).toMatchObject({ message: expect.stringMatching(/acme-firmware is in the region eu-west-1/), cause: { name: code } });
      expect(isDenied(code)).toBe(true);
    },
  );

  it('a bucket in another region that S3 does not name is thrown too', async () => {
    server.answer({ status: 301 }, error(301, 'PermanentRedirect'));
    await expect(factsOf(connect(), location)).rejects.toThrow('acme-firmware is in another region');
  });

  const archived = { found: true, sizeBytes: 5, archived: true };

  it.each([
    { 'x-amz-storage-class': 'GLACIER' },
    { 'x-amz-storage-class': 'DEEP_ARCHIVE', 'x-amz-restore': 'ongoing-request="true"' },
    { 'x-amz-storage-class': 'INTELLIGENT_TIERING', 'x-amz-archive-status': 'ARCHIVE_ACCESS' },
  ])('an archived object is not read, and its stored SHA-256 does not count: %o', async (headers) => {
    server.answer(head({ ...headers, 'x-amz-checksum-sha256': base64, 'x-amz-checksum-type': 'FULL_OBJECT' }));
    expect(await factsOf(connect(), location)).toEqual(archived);
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    { 'x-amz-storage-class': 'GLACIER', 'x-amz-restore': 'ongoing-request="false", expiry-date="Fri, 25 Dec 2026 00:00:00 GMT"' },
    { 'x-amz-storage-class': 'GLACIER_IR' },
    { 'x-amz-storage-class': 'INTELLIGENT_TIERING' },
  ])('an object that was restored, or whose class can be read at once, is read: %o', async (headers) => {
    server.answer(head(headers), body);
    expect(await factsOf(connect(), location)).toMatchObject({ found: true, sha256: sha256('first') });
  });

  it('an object that S3 does not give out because it is archived is archived', async () => {
    server.answer(head({}), error(403, 'InvalidObjectState'));
    expect(await factsOf(connect(), location)).toEqual(archived);
  });

  it.each(['KMS.DisabledException', 'KMS.InvalidKeyUsageException', 'KMS.KMSInvalidStateException', 'KMS.NotFoundException'])(
    'a KMS key that cannot be used (%s) counts as denied access',
    async (code) => {
      server.answer({ status: 400 }, error(400, code));
      const thrown = await factsOf(connect(), location).catch((caught: unknown) => caught);
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
    await expect(factsOf(connect(), location)).rejects.toThrow();
  });

  it('an object that is deleted between the two calls is not found', async () => {
    server.answer(head({}), error(404, 'NoSuchVersion'));
    expect(await factsOf(connect(), location)).toEqual({ found: false });
  });

  it('an object that arrives too slowly is not read to its end, so that the other records keep their time', async () => {
    const left = [9_000, 8_999];
    server.answer({ status: 200, body: 'x'.repeat(200_000) });
    const slow = { millisecondsLeft: () => left.shift() ?? 0 };
    await expect(connect().read(location, 200_000, slow)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('in the time left') },
    });
  });

  it('the deployed client does not ask for a checksum of a body that the service hashes', async () => {
    const { endpoint, region, credentials } = clientSettings(server);
    const client = new S3Client({ endpoint, region, credentials, ...objectOptions, forcePathStyle: true });
    server.answer(head({}), body);
    await factsOf(artifacts(client), location);
    expect(server.seen.map(({ method, headers }) => [method, headers['x-amz-checksum-mode']])).toEqual([
      ['HEAD', 'ENABLED'],
      ['GET', undefined],
    ]);
  });

  it('every call has the expected owner of the bucket', async () => {
    server.answer(head({}), body);
    await factsOf(connect('111122223333'), location);
    expect(server.seen.map(({ headers }) => headers['x-amz-expected-bucket-owner'])).toEqual(['111122223333', '111122223333']);
  });
});
