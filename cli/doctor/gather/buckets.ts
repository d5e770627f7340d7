import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { GetBucketEncryptionCommand, GetBucketVersioningCommand, HeadBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { type Answer, absent, found } from '../answer.ts';
import { ask } from './ask.ts';
import type { Clients } from './clients.ts';

/** How a bucket encrypts: `AES256`, or a KMS key by its ARN. `key` is undefined for the key that AWS manages for S3. */
export type Encryption = { readonly algorithm: string; readonly key: string | undefined };

export type Bucket = {
  readonly name: string;
  /** The region of the bucket. */
  readonly region: Answer<string>;
  /** Whether it belongs to the account. */
  readonly owned: Answer<boolean>;
  readonly versioned: Answer<boolean>;
  readonly encryption: Answer<Encryption>;
  /** Keys that objects may have, one for each top-level prefix: `thermostat/example`. */
  readonly keys: Answer<readonly string[]>;
};

const NO_BUCKET = ['NoSuchBucket', 'NotFound'];
/** So many prefixes are enough to see what a role may read. */
const PREFIXES = 20;

/** What S3 says about a bucket. Nothing more is asked if it does not exist or lies in another region. */
export async function gatherBucket(
  { s3, kms }: Pick<Clients, 's3' | 'kms'>,
  Bucket: string,
  account: string,
  home: string,
): Promise<Bucket> {
  const region = await regionOf(s3, Bucket, home);
  const there = region.kind === 'found' && region.value === home;
  const [owned, versioned, encryption, keys] = there
    ? await Promise.all([ownedBy(s3, Bucket, account), versionedOf(s3, Bucket), encryptionOf(s3, kms, Bucket), keysOf(s3, Bucket)])
    : ([absent, absent, absent, absent] as const);
  return { name: Bucket, region, owned, versioned, encryption, keys };
}

async function regionOf(s3: Clients['s3'], Bucket: string, home: string): Promise<Answer<string>> {
  const answer = await ask('s3:ListBucket', NO_BUCKET, async () => {
    try {
      const { BucketRegion } = await s3.send(new HeadBucketCommand({ Bucket }));
      return BucketRegion ?? home;
    } catch (error) {
      // S3 names the region of a bucket even when it lies elsewhere (301), and when the caller may not read it (403).
      const { $response: response } = error as { $response?: { headers?: Readonly<Record<string, string>> } };
      const elsewhere = response?.headers?.['x-amz-bucket-region'];
      if (elsewhere !== undefined && elsewhere !== home) return elsewhere;
      throw error;
    }
  });
  return answer;
}

/** S3 answers 403 if the bucket belongs to another account than the expected one. */
async function ownedBy(s3: Clients['s3'], Bucket: string, account: string): Promise<Answer<boolean>> {
  const answer = await ask('s3:ListBucket', NO_BUCKET, async () => {
    await s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner: account }));
    return true;
  });
  return answer.kind === 'unread' && answer.reason === 'denied' ? found(false) : answer;
}

function versionedOf(s3: Clients['s3'], Bucket: string): Promise<Answer<boolean>> {
  return ask('s3:GetBucketVersioning', NO_BUCKET, async () => {
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
    return Status === 'Enabled';
  });
}

async function encryptionOf(s3: Clients['s3'], kms: Clients['kms'], Bucket: string): Promise<Answer<Encryption>> {
  const answer = await ask('s3:GetEncryptionConfiguration', ['ServerSideEncryptionConfigurationNotFoundError'], async () => {
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    const rule = ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
    return { algorithm: rule?.SSEAlgorithm ?? 'AES256', key: rule?.KMSMasterKeyID };
  });
  if (answer.kind !== 'found' || answer.value.key === undefined) return answer;
  return found({ ...answer.value, key: await arnOf(kms, answer.value.key) });
}

/** S3 keeps a key as somebody wrote it: as its ARN, id or alias. Returns the ARN, or what was given if KMS does not tell. */
async function arnOf(kms: Clients['kms'], key: string): Promise<string> {
  if (key.includes(':key/') || key.endsWith('alias/aws/s3')) return key;
  const answer = await ask('kms:DescribeKey', [], async () => (await kms.send(new DescribeKeyCommand({ KeyId: key }))).KeyMetadata?.Arn);
  return (answer.kind === 'found' ? answer.value : undefined) ?? key;
}

function keysOf(s3: Clients['s3'], Bucket: string): Promise<Answer<readonly string[]>> {
  return ask('s3:ListBucket', NO_BUCKET, async () => {
    const { CommonPrefixes = [], Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/', MaxKeys: PREFIXES }));
    const below = CommonPrefixes.map(({ Prefix = '' }) => `${Prefix}example`);
    return Contents.length > 0 || below.length === 0 ? ['example', ...below] : below;
  });
}
