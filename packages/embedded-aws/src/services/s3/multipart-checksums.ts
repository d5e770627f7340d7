import { AwsError } from '../aws-error.ts';
import type { ServiceRequest } from '../service.ts';
import {
  CHECKSUM_ALGORITHMS,
  type Checksum,
  type ChecksumType,
  checksumHeader,
  checksumOf,
  isChecksum,
  readAlgorithm,
} from './checksum.ts';
import type { MultipartUpload, Part } from './store.ts';

type Headers = ServiceRequest['headers'];

/**
 * The algorithm and type of the checksum that an upload is created with. CRC32, CRC32C, SHA1 and SHA256 are COMPOSITE unless the
 * request says otherwise. CRC64NVME, and an upload without an algorithm, are FULL_OBJECT.
 * @throws AwsError InvalidRequest for an unknown algorithm or type, or for two that do not go together
 */
export function checksumOfUpload(headers: Headers): Pick<MultipartUpload, 'algorithm' | 'type'> {
  const [named, asked] = [headers['x-amz-checksum-algorithm'], headers['x-amz-checksum-type']];
  const algorithm = readAlgorithm(named);
  if (named !== undefined && algorithm === undefined) {
    const valid = `[${CHECKSUM_ALGORITHMS.join(', ')}]`;
    throw invalid(`Checksum algorithm provided is unsupported. Please try again with any of the valid types: ${valid}`);
  }
  if (asked === undefined) return { algorithm, type: algorithm === undefined || algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE' };
  if (asked !== 'FULL_OBJECT' && asked !== 'COMPOSITE') throw invalid('Value for x-amz-checksum-type header is invalid.');
  if (algorithm === undefined) throw invalid('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.');
  if (asked === 'FULL_OBJECT' ? algorithm.startsWith('SHA') : algorithm === 'CRC64NVME')
    throw invalid(`The ${asked} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`);
  return { algorithm, type: asked };
}

/**
 * The checksum of a part: the one that the request has, or else the one that S3 calculates for an upload of type FULL_OBJECT.
 * @throws AwsError InvalidRequest if the request has another algorithm than the upload, or none although the upload is COMPOSITE
 */
export function checksumOfPart({ algorithm, type }: MultipartUpload, body: Buffer, claimed: Checksum | undefined): Checksum | undefined {
  if (algorithm === undefined) return claimed;
  if (claimed?.algorithm !== algorithm && (claimed !== undefined || type === 'COMPOSITE')) {
    const actual = claimed?.algorithm.toLowerCase() ?? 'null';
    throw invalid(`Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${actual}`);
  }
  return claimed ?? { algorithm, value: checksumOf(algorithm, body), type: 'FULL_OBJECT' };
}

/** Throws InvalidRequest if an upload of type COMPOSITE is completed with a part that has no checksum. */
export function requirePartChecksum({ algorithm, type }: MultipartUpload, claimed: string | undefined, partNumber: number): void {
  if (algorithm === undefined || type !== 'COMPOSITE' || claimed !== undefined) return;
  throw invalid(
    `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${partNumber} in the request.`,
  );
}

/**
 * The checksum of the completed object. The request may name it, a composite with or without its number of parts.
 * @throws AwsError InvalidRequest for another type than that of the upload and for malformed text, BadDigest for another value
 */
export function checksumOfWhole(upload: MultipartUpload, parts: readonly Part[], body: Buffer, headers: Headers): Checksum {
  const asked = headers['x-amz-checksum-type'];
  if (asked !== undefined && asked !== upload.type) {
    throw invalid(`The upload was created using the ${upload.type} checksum mode. The complete request must use the same checksum mode.`);
  }
  const whole = calculated(upload, parts, body);
  const header = checksumHeader(whole.algorithm);
  const claimed = headers[header];
  if (claimed === undefined || claimed === whole.value || claimed === withoutPartCount(whole)) return whole;
  if (!isChecksum(whole.algorithm, upload.type === 'COMPOSITE' ? claimed.replace(/-\d+$/, '') : claimed))
    throw invalid(`Value for ${header} header is invalid.`);
  throw new AwsError('BadDigest', `The ${whole.algorithm.toLowerCase()} you specified did not match the calculated checksum.`);
}

/** A checksum as GetObjectAttributes has it: a composite without its number of parts. */
export function withoutPartCount({ value, type }: Checksum): string {
  return type === 'COMPOSITE' ? value.replace(/-\d+$/, '') : value;
}

function calculated(upload: MultipartUpload, parts: readonly Part[], body: Buffer): Checksum {
  const algorithm = upload.algorithm ?? 'CRC64NVME';
  const type: ChecksumType = upload.type;
  if (type === 'FULL_OBJECT') return { algorithm, value: checksumOf(algorithm, body), type };
  const joined = Buffer.concat(parts.map(({ checksum }) => Buffer.from(checksum?.value ?? '', 'base64')));
  return { algorithm, value: `${checksumOf(algorithm, joined)}-${parts.length}`, type };
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidRequest', message);
}
