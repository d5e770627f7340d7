import { unread } from '../answer.ts';
import { type Check, failure, notCompared, ok, warning } from '../check.ts';
import type { Bucket } from '../gather/buckets.ts';

const WHERE = 'artifactBuckets in the channels file';

/**
 * The checks of an artifact bucket. All but the first two are left out if it does not exist or lies in another region. Its key is not
 * compared without `artifactKeys`.
 */
export function checkBucket(bucket: Bucket, home: string, artifactKeys: readonly string[] | undefined): Check[] {
  const { name, region } = bucket;
  if (region.kind === 'unread') return [unread('artifact-bucket-exists', `bucket ${name}`, region)];
  if (region.kind === 'absent')
    return [failure('artifact-bucket-exists', `bucket ${name} does not exist`, `create it with versioning, or correct ${WHERE}`)];
  const exists = ok('artifact-bucket-exists', `bucket ${name}`);
  if (region.value !== home)
    return [
      exists,
      failure(
        'artifact-bucket-region',
        `bucket ${name} is in ${region.value}, not in ${home}`,
        `use a bucket in ${home}. S3 redirects reads from another region, and AWS Signer and AWS IoT refuse it`,
      ),
    ];
  return [
    exists,
    checkOwner(bucket),
    ok('artifact-bucket-region', `bucket ${name} is in ${home}`),
    checkVersioning(bucket),
    checkEncryption(bucket, artifactKeys),
  ];
}

function checkOwner({ name, owned }: Bucket): Check {
  const id = 'artifact-bucket-owner';
  if (owned.kind === 'unread') return unread(id, `the owner of bucket ${name}`, owned);
  if (owned.kind === 'found' && owned.value) return ok(id, `bucket ${name} belongs to this account`);
  return warning(
    id,
    `bucket ${name} belongs to another account`,
    'its policy must allow the functions and the OTA service role to read it. Whoever owns the bucket decides which firmware is there',
  );
}

function checkVersioning({ name, versioned }: Bucket): Check {
  const id = 'artifact-bucket-versioning';
  if (versioned.kind === 'unread') return unread(id, `the versioning of bucket ${name}`, versioned);
  if (versioned.kind === 'found' && versioned.value) return ok(id, `bucket ${name} keeps versions`);
  return failure(
    id,
    `bucket ${name} keeps no versions`,
    `run aws s3api put-bucket-versioning --bucket ${name} --versioning-configuration Status=Enabled. A release names the version of each object`,
  );
}

function checkEncryption({ name, encryption }: Bucket, artifactKeys: readonly string[] | undefined): Check {
  const id = 'artifact-bucket-encryption';
  if (encryption.kind === 'unread') return unread(id, `the encryption of bucket ${name}`, encryption);
  if (encryption.kind === 'absent' || encryption.value.algorithm === 'AES256') return ok(id, `bucket ${name} uses the key of S3`);
  const { algorithm, key } = encryption.value;
  if (key === undefined || key.endsWith('alias/aws/s3'))
    return ok(id, `bucket ${name} uses ${algorithm} with the key that AWS manages for S3`);
  if (artifactKeys === undefined) return ok(id, `bucket ${name} uses ${algorithm} with ${key}${notCompared(['artifactKeys'])}`);
  if (artifactKeys.includes(key)) return ok(id, `bucket ${name} uses ${algorithm} with ${key}, which is in artifactKeys`);
  return failure(
    id,
    `bucket ${name} uses ${algorithm} with ${key}, which is not in artifactKeys`,
    `add the ARN of the key to artifactKeys in serverless.yml, and allow kms:Decrypt to the OTA service role`,
  );
}
