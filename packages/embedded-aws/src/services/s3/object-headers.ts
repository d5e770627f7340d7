import { AwsError } from '../aws-error.ts';
import { foreignArn } from '../foreign-arn.ts';
import type { ServiceRequest } from '../service.ts';
import { type Checksum, checksumHeader, checksumOf } from './checksum.ts';
import { type Bucket, etagOf, type NewVersion, type Version } from './store.ts';
import { element } from './xml.ts';

const KEPT = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
  'x-amz-storage-class',
];
const ENCRYPTION = [
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-bucket-key-enabled',
];

/** The headers of an upload that are returned with the object. Throws KMS.NotFoundException for a key of another partition. */
export function keptHeaders(bucket: Bucket, headers: ServiceRequest['headers']): Record<string, string> {
  checkKeyPartition(bucket, headers['x-amz-server-side-encryption-aws-kms-key-id']);
  const kept: Record<string, string> = { 'content-type': 'binary/octet-stream', ...defaultEncryption(bucket) };
  for (const [name, value] of Object.entries(headers)) {
    if (KEPT.includes(name) || ENCRYPTION.includes(name) || name.startsWith('x-amz-meta-')) kept[name] = value;
  }
  const encoding = headers['content-encoding']
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== 'aws-chunked' && part !== '');
  if (encoding !== undefined && encoding.length > 0) kept['content-encoding'] = encoding.join(',');
  return kept;
}

/** Assumed: S3 passes on what KMS answers to the ARN of a key that it cannot have. */
function checkKeyPartition({ region }: Bucket, KeyArn: string | undefined): void {
  const foreign = foreignArn({ KeyArn }, region);
  if (foreign !== undefined) throw new AwsError('KMS.NotFoundException', `Invalid arn. ${foreign}`);
}

function defaultEncryption(bucket: Bucket): Record<string, string> {
  const configured = bucket.settings.get('encryption');
  const algorithm = configured?.match(/<SSEAlgorithm>([^<]+)</)?.[1] ?? 'AES256';
  const key = configured?.match(/<KMSMasterKeyID>([^<]+)</)?.[1];
  return {
    'x-amz-server-side-encryption': algorithm,
    ...(key === undefined ? {} : { 'x-amz-server-side-encryption-aws-kms-key-id': key }),
  };
}

/** The tags of an upload, from its header. */
export function readTags(headers: ServiceRequest['headers']): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(headers['x-amz-tagging'] ?? ''));
}

/** The headers that name a version; none if the bucket was never versioned. */
export function versionHeaders(bucket: Bucket, version: Pick<Version, 'id'>): Record<string, string> {
  return bucket.versioning === undefined ? {} : { 'x-amz-version-id': version.id };
}

/** The headers that name a checksum; none without a checksum. */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  return checksum === undefined ? {} : { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

/** The headers of a version that say how it is encrypted. */
export function encryptionHeaders(version: Pick<Version, 'headers'>): Record<string, string> {
  return Object.fromEntries(Object.entries(version.headers).filter(([name]) => ENCRYPTION.includes(name)));
}

/** The checksum of a whole body. */
export function fullChecksum(body: Buffer, algorithm: Checksum['algorithm'] = 'CRC64NVME'): Checksum {
  return { algorithm, value: checksumOf(algorithm, body), type: 'FULL_OBJECT' };
}

/** An object as a service writes it that sends only the bytes. */
export function plainVersion(owner: Bucket, key: string, body: Buffer): NewVersion {
  return {
    key,
    body,
    etag: etagOf(body),
    headers: keptHeaders(owner, {}),
    checksum: fullChecksum(body),
    parts: undefined,
    deleted: false,
    tags: {},
  };
}

/** A checksum as XML elements. */
export function checksumElements(checksum: Checksum | undefined): string {
  return checksum === undefined
    ? ''
    : `${element(`Checksum${checksum.algorithm}`, checksum.value)}${element('ChecksumType', checksum.type)}`;
}
