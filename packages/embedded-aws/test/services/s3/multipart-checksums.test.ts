import { createHash, randomUUID } from 'node:crypto';
import {
  type ChecksumAlgorithm,
  type ChecksumType,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  type GetObjectAttributesCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  type UploadPartCommandOutput,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../../src/index.ts';

let aws: EmbeddedAws;
let s3: S3Client;
/** A client that adds no checksum of its own to a request. */
let bare: S3Client;
const Bucket = randomUUID();
beforeAll(async () => {
  aws = await startEmbeddedAws();
  s3 = new S3Client(aws.client);
  bare = new S3Client({ ...aws.client, requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' });
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  for (const client of [s3, bare]) client.destroy();
  await aws.stop();
});

const PARTS = [Buffer.alloc(5 * 2 ** 20, 'a'), Buffer.alloc(5 * 2 ** 20, 'b'), Buffer.from('c')];
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
const composite = sha256(Buffer.concat(PARTS.map(sha256))).toString('base64');

type Given = { readonly ChecksumAlgorithm?: ChecksumAlgorithm; readonly ChecksumType?: ChecksumType };

function checksumsOf(part: UploadPartCommandOutput): CompletedPart {
  const { ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 } = part;
  const all = { ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Uploads the bytes in parts with checksums, and returns what completes the upload. */
async function upload(given: Given, bodies: readonly Buffer[] = PARTS) {
  const target = { Bucket, Key: randomUUID() };
  const { UploadId } = await bare.send(new CreateMultipartUploadCommand({ ...target, ...given }));
  const Parts: CompletedPart[] = [];
  for (const [index, Body] of bodies.entries()) {
    const { ChecksumAlgorithm } = given;
    const sent = await bare.send(
      new UploadPartCommand({ ...target, UploadId, PartNumber: index + 1, Body, ...(ChecksumAlgorithm && { ChecksumAlgorithm }) }),
    );
    Parts.push({ PartNumber: index + 1, ETag: sent.ETag, ...checksumsOf(sent) });
  }
  return { target: { ...target, UploadId }, Parts };
}

const complete = ({ target, Parts }: Awaited<ReturnType<typeof upload>>, more: Partial<CompleteMultipartUploadCommandInput> = {}) =>
  bare.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts }, ...more }));

async function attributes(Key: string | undefined, more: Partial<GetObjectAttributesCommandInput> = {}) {
  const ObjectAttributes: GetObjectAttributesCommandInput['ObjectAttributes'] = ['Checksum', 'ObjectParts'];
  const { Checksum, ObjectParts } = await s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes, ...more }));
  return { Checksum, ObjectParts };
}

/** The last part of an upload may be small, so an upload of one part is quick. */
const SMALL = [Buffer.from('small')];

describe('a composite checksum', () => {
  let Key: string | undefined;
  beforeAll(async () => {
    const uploaded = await upload({ ChecksumAlgorithm: 'SHA256' });
    Key = uploaded.target.Key;
    expect(await complete(uploaded)).toMatchObject({ ChecksumSHA256: `${composite}-3`, ChecksumType: 'COMPOSITE' });
  });

  it('has its number of parts in the answer to HEAD and GET', async () => {
    const input = { Bucket, Key, ChecksumMode: 'ENABLED' } as const;
    const expected = { ChecksumSHA256: `${composite}-3`, ChecksumType: 'COMPOSITE' };
    expect(await s3.send(new HeadObjectCommand(input))).toMatchObject(expected);
    expect(await bare.send(new GetObjectCommand(input))).toMatchObject(expected);
    expect((await bare.send(new HeadObjectCommand({ Bucket, Key }))).ChecksumSHA256).toBeUndefined();
  });

  it('has no number of parts in GetObjectAttributes, which lists the parts with their checksums', async () => {
    expect(await attributes(Key)).toEqual({
      Checksum: { ChecksumSHA256: composite, ChecksumType: 'COMPOSITE' },
      ObjectParts: {
        TotalPartsCount: 3,
        PartNumberMarker: '0',
        NextPartNumberMarker: '3',
        MaxParts: 1000,
        IsTruncated: false,
        Parts: PARTS.map((part, index) => ({ PartNumber: index + 1, Size: part.length, ChecksumSHA256: sha256(part).toString('base64') })),
      },
    });
  });

  it('lets its parts be listed page by page', async () => {
    const page = async (more: Partial<GetObjectAttributesCommandInput>) => {
      const { ObjectParts } = await attributes(Key, more);
      return [ObjectParts?.Parts?.map((part) => part.PartNumber), ObjectParts?.NextPartNumberMarker, ObjectParts?.IsTruncated];
    };
    expect(await page({ MaxParts: 2 })).toEqual([[1, 2], '2', true]);
    expect(await page({ MaxParts: 2, PartNumberMarker: '2' })).toEqual([[3], '3', false]);
    expect(await page({ PartNumberMarker: '3' })).toEqual([undefined, '0', false]);
    await expect(page({ PartNumberMarker: 'x' })).rejects.toMatchObject({ name: 'InvalidArgument' });
  });

  it('is that of the part where a part is read, and absent where a range is read', async () => {
    const head = (more: object) => s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED', ...more }));
    const [, second = Buffer.alloc(0)] = PARTS;
    expect(await head({ PartNumber: 2 })).toMatchObject({ ChecksumSHA256: sha256(second).toString('base64'), ChecksumType: 'COMPOSITE' });
    expect((await head({ Range: 'bytes=0-1' })).ChecksumSHA256).toBeUndefined();
    expect((await head({ Range: 'bytes=0-' })).ChecksumSHA256).toBe(`${composite}-3`);
  });
});

describe('the checksum of an upload in parts', () => {
  const kinds: readonly (readonly [Given, ChecksumAlgorithm, ChecksumType])[] = [
    [{}, 'CRC64NVME', 'FULL_OBJECT'],
    [{ ChecksumAlgorithm: 'CRC64NVME' }, 'CRC64NVME', 'FULL_OBJECT'],
    [{ ChecksumAlgorithm: 'CRC32' }, 'CRC32', 'COMPOSITE'],
    [{ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' }, 'CRC32', 'FULL_OBJECT'],
    [{ ChecksumAlgorithm: 'CRC32C' }, 'CRC32C', 'COMPOSITE'],
    [{ ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' }, 'CRC32C', 'FULL_OBJECT'],
    [{ ChecksumAlgorithm: 'SHA1' }, 'SHA1', 'COMPOSITE'],
    [{ ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' }, 'SHA256', 'COMPOSITE'],
  ];

  it.each(kinds)('of %j is %s %s', async (given, algorithm, type) => {
    const uploaded = await upload(given, SMALL);
    const { ChecksumType } = await complete(uploaded);
    expect(ChecksumType).toBe(type);
    const { Checksum, ObjectParts } = await attributes(uploaded.target.Key);
    const value = Checksum?.[`Checksum${algorithm}` as keyof typeof Checksum];
    expect([Checksum?.ChecksumType, value]).toEqual([type, expect.stringMatching(/^[\w+/]+=*$/)]);
    expect(ObjectParts?.Parts?.length).toBe(type === 'COMPOSITE' ? 1 : undefined);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: uploaded.target.Key, ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ [`Checksum${algorithm}`]: `${value}${type === 'COMPOSITE' ? '-1' : ''}`, ChecksumType: type });
  });

  it.each<[Given, RegExp]>([
    [
      { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' },
      /^The FULL_OBJECT checksum type cannot be used with the sha256 checksum/,
    ],
    [{ ChecksumAlgorithm: 'SHA1', ChecksumType: 'FULL_OBJECT' }, /^The FULL_OBJECT checksum type cannot be used with the sha1 checksum/],
    [
      { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' },
      /^The COMPOSITE checksum type cannot be used with the crc64nvme checksum/,
    ],
    [{ ChecksumType: 'COMPOSITE' }, /^The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header/],
    [{ ChecksumAlgorithm: 'CRC32', ChecksumType: 'PART' as ChecksumType }, /^Value for x-amz-checksum-type header is invalid/],
    [{ ChecksumAlgorithm: 'MD4' as ChecksumAlgorithm }, /^Checksum algorithm provided is unsupported/],
  ])('cannot be %j', async (given, message) => {
    const create = bare.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k', ...given }));
    await expect(create).rejects.toMatchObject({ name: 'InvalidRequest', message: expect.stringMatching(message) });
  });

  it('is a CRC64NVME with the defaults of the SDK, which sends a CRC32 with each part only', async () => {
    const target = { Bucket, Key: 'defaults' };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
    const sent = await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'small' }));
    const Parts = [{ PartNumber: 1, ETag: sent.ETag, ...checksumsOf(sent) }];
    const done = await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    expect(done).toMatchObject({ ChecksumCRC64NVME: expect.stringMatching(/=$/), ChecksumType: 'FULL_OBJECT' });
  });

  it('is listed with the upload and its parts', async () => {
    const { target, Parts } = await upload({ ChecksumAlgorithm: 'SHA1' }, SMALL);
    const expected = { ChecksumAlgorithm: 'SHA1', ChecksumType: 'COMPOSITE' };
    expect(await s3.send(new ListPartsCommand(target))).toMatchObject({ ...expected, Parts: [{ ChecksumSHA1: Parts[0]?.ChecksumSHA1 }] });
    const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads).toContainEqual(expect.objectContaining({ UploadId: target.UploadId, ...expected }));
  });
});

describe('a part', () => {
  const part = async (given: Given, more: object) => {
    const target = { Bucket, Key: 'parts' };
    const { UploadId } = await bare.send(new CreateMultipartUploadCommand({ ...target, ...given }));
    return bare.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'small', ...more }));
  };
  const mismatch = (expected: string, actual: string) => ({
    name: 'InvalidRequest',
    $metadata: { httpStatusCode: 400 },
    message: `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual}`,
  });

  it.each(['SHA256', 'SHA1', 'CRC32', 'CRC32C'] as const)('needs a checksum if the upload has a composite %s', async (algorithm) => {
    await expect(part({ ChecksumAlgorithm: algorithm }, {})).rejects.toMatchObject(mismatch(algorithm.toLowerCase(), 'null'));
  });

  it.each<Given>([
    { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' },
    { ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' },
    { ChecksumAlgorithm: 'CRC64NVME' },
    {},
  ])('needs no checksum if the upload has %j', async (given) => {
    expect((await part(given, {})).ETag).toBeDefined();
  });

  it.each<[string, Given]>([
    ['sha256', { ChecksumAlgorithm: 'SHA256' }],
    ['crc32c', { ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' }],
  ])('with another checksum than the %s of its upload is refused', async (algorithm, given) => {
    await expect(part(given, { ChecksumAlgorithm: 'CRC32' })).rejects.toMatchObject(mismatch(algorithm, 'crc32'));
  });

  it.each([
    ['of another body', { ChecksumSHA256: sha256(Buffer.from('x')).toString('base64') }, 'BadDigest'],
    ['of a composite', { ChecksumSHA256: `${sha256(Buffer.from('small')).toString('base64')}-1` }, 'InvalidRequest'],
    ['that is too short', { ChecksumSHA256: 'AAAA' }, 'InvalidRequest'],
    ['twice', { ChecksumSHA256: sha256(Buffer.from('small')).toString('base64'), ChecksumCRC32: 'AAAAAA==' }, 'InvalidRequest'],
  ])('with a checksum %s is refused', async (_, more, name) => {
    await expect(part({ ChecksumAlgorithm: 'SHA256' }, more)).rejects.toMatchObject({ name });
  });

  it('that is an object of its own has such a checksum refused, too', async () => {
    const put = bare.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'small', ChecksumSHA256: `${composite}-3` }));
    await expect(put).rejects.toMatchObject({ name: 'InvalidRequest', message: 'Value for x-amz-checksum-sha256 header is invalid.' });
  });
});

describe('the end of an upload in parts', () => {
  it.each<ChecksumAlgorithm>(['SHA256', 'SHA1', 'CRC32', 'CRC32C'])(
    'needs the checksum of each part for a composite %s',
    async (algorithm) => {
      const uploaded = await upload({ ChecksumAlgorithm: algorithm }, SMALL);
      const Parts = uploaded.Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
      await expect(complete({ ...uploaded, Parts })).rejects.toMatchObject({
        name: 'InvalidRequest',
        $metadata: { httpStatusCode: 400 },
        message: `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part 1 in the request.`,
      });
      await complete(uploaded);
    },
  );

  it('names the first part whose checksum is missing', async () => {
    const uploaded = await upload({ ChecksumAlgorithm: 'SHA256' });
    const Parts = uploaded.Parts.map(({ ChecksumSHA256, ...part }, index) => (index === 1 ? part : { ...part, ChecksumSHA256 }));
    await expect(complete({ ...uploaded, Parts })).rejects.toThrow('It was missing for part 2 in the request.');
  });

  it.each<Given>([{ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' }, { ChecksumAlgorithm: 'CRC64NVME' }, {}])(
    'needs no checksum of a part for %j',
    async (given) => {
      const uploaded = await upload(given, SMALL);
      await complete({ ...uploaded, Parts: uploaded.Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) });
    },
  );

  it('refuses the checksum of another part', async () => {
    const uploaded = await upload({ ChecksumAlgorithm: 'SHA256' }, SMALL);
    const Parts = uploaded.Parts.map((part) => ({ ...part, ChecksumSHA256: composite }));
    await expect(complete({ ...uploaded, Parts })).rejects.toMatchObject({ name: 'InvalidPart' });
  });

  it('takes the composite checksum with or without its number of parts, and refuses any other', async () => {
    const whole = sha256(sha256(Buffer.from('small'))).toString('base64');
    for (const ChecksumSHA256 of [whole, `${whole}-1`])
      await complete(await upload({ ChecksumAlgorithm: 'SHA256' }, SMALL), { ChecksumSHA256 });
    const uploaded = await upload({ ChecksumAlgorithm: 'SHA256' }, SMALL);
    for (const [ChecksumSHA256, name] of [
      [`${whole}-2`, 'BadDigest'],
      [composite, 'BadDigest'],
      [`${whole}-a`, 'InvalidRequest'],
    ] as const)
      await expect(complete(uploaded, { ChecksumSHA256 })).rejects.toMatchObject({ name });
  });

  it('refuses another type than that of the upload', async () => {
    const uploaded = await upload({ ChecksumAlgorithm: 'CRC32' }, SMALL);
    await expect(complete(uploaded, { ChecksumType: 'FULL_OBJECT' })).rejects.toMatchObject({ name: 'InvalidRequest' });
    await complete(uploaded, { ChecksumType: 'COMPOSITE' });
  });
});
