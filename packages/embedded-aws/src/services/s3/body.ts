import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { ServiceRequest } from '../service.ts';
import { CHECKSUM_ALGORITHMS, type Checksum, checksumHeader, checksumOf, isChecksum } from './checksum.ts';

export type Upload = { readonly body: Buffer; readonly checksum: Checksum | undefined };

/**
 * The uploaded bytes without their framing, checked against every digest in headers and trailers.
 * @throws AwsError BadDigest, InvalidRequest, XAmzContentSHA256Mismatch, IncompleteBody or InvalidChunkSizeError
 */
export function readUpload(request: ServiceRequest): Upload {
  const { headers } = request;
  const sha256 = headers['x-amz-content-sha256'];
  const chunked = headers['content-encoding']?.split(',').some((part) => part.trim() === 'aws-chunked') || sha256?.startsWith('STREAMING-');
  const { body, trailers } = chunked ? decodeChunks(request.body) : { body: request.body, trailers: {} };
  if (chunked && headers['x-amz-decoded-content-length'] !== undefined && Number(headers['x-amz-decoded-content-length']) !== body.length) {
    throw new AwsError('IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header.');
  }
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64')) throw badDigest('Content-MD5');
  if (sha256 !== undefined && /^[\da-f]{64}$/.test(sha256) && sha256 !== createHash('sha256').update(body).digest('hex')) {
    throw new AwsError('XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  const claims: Readonly<Record<string, string>> = { ...headers, ...trailers };
  return { body, checksum: verifiedChecksum(body, claims) };
}

/** The checksum that headers or trailers claim and the body has; `undefined` if they claim none. */
function verifiedChecksum(body: Buffer, claims: Readonly<Record<string, string>>): Checksum | undefined {
  const [algorithm, ...more] = CHECKSUM_ALGORITHMS.filter((one) => claims[checksumHeader(one)] !== undefined);
  if (algorithm === undefined) return undefined;
  if (more.length > 0) {
    throw new AwsError('InvalidRequest', 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  }
  const header = checksumHeader(algorithm);
  const claimed = claims[header] ?? '';
  if (!isChecksum(algorithm, claimed)) throw new AwsError('InvalidRequest', `Value for ${header} header is invalid.`);
  const value = checksumOf(algorithm, body);
  if (claimed !== value) throw badDigest(algorithm);
  return { algorithm, value, type: 'FULL_OBJECT' };
}

function badDigest(what: string): AwsError {
  return new AwsError('BadDigest', `The ${what} you specified did not match the calculated checksum.`);
}

/** Decodes aws-chunked: each chunk has its size in hex and a signature in front; trailers follow the last one. */
function decodeChunks(framed: Buffer): { readonly body: Buffer; readonly trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let from = 0;
  for (;;) {
    const lineEnd = framed.indexOf('\r\n', from);
    const size = lineEnd === -1 ? Number.NaN : Number.parseInt(framed.toString('latin1', from, lineEnd), 16);
    if (Number.isNaN(size)) throw new AwsError('InvalidChunkSizeError', 'The body is not well-formed aws-chunked content.');
    from = lineEnd + 2;
    if (size === 0) break;
    chunks.push(framed.subarray(from, from + size));
    from += size + 2;
    if (from > framed.length) throw new AwsError('IncompleteBody', 'The request body ended in the middle of a chunk.');
  }
  const trailers: Record<string, string> = {};
  for (const line of framed.toString('latin1', from).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { body: Buffer.concat(chunks), trailers };
}
