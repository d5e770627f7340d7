import { AwsError } from '../aws-error.ts';
import type { ServiceRequest } from '../service.ts';
import type { Version } from './store.ts';

type Headers = ServiceRequest['headers'];

/** Refuses a write whose If-None-Match or If-Match does not hold. */
export function checkWriteConditions(current: Version | undefined, headers: Headers): void {
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined && noneMatch !== '*')
    throw new AwsError('NotImplemented', 'If-None-Match of a write can only be *.', { status: 501 });
  if (noneMatch !== undefined && current !== undefined) throw preconditionFailed();
  checkIfMatch(current, headers['if-match']);
}

/**
 * Refuses a write or delete unless the current version has this ETag: 412, or 404 if there is no object. `*` is any object,
 * and `undefined` is no condition. The current version counts, whichever version is to be deleted ("How to perform
 * conditional deletes", S3 User Guide).
 */
export function checkIfMatch(current: Version | undefined, etag: string | undefined): void {
  if (etag === undefined) return;
  if (current === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
  if (!matches(etag, current.etag)) throw preconditionFailed();
}

/** Refuses a read whose conditions do not hold: 412, or 304 if the caller already has the object. */
export function checkReadConditions(version: Version, headers: Headers): void {
  const problem = brokenCondition(version, headers, '');
  if (problem === 'changed') throw preconditionFailed();
  if (problem === 'same') {
    const known = { etag: version.etag, 'last-modified': new Date(version.modified).toUTCString() };
    throw new AwsError('NotModified', 'Not Modified', { status: 304, fields: { headers: known } });
  }
}

/** Refuses a copy whose x-amz-copy-source-if-* do not hold. The answer is 412 for every condition. */
export function checkCopyConditions(source: Version, headers: Headers): void {
  if (brokenCondition(source, headers, 'x-amz-copy-source-') !== undefined) throw preconditionFailed();
}

/** If there is an ETag, the date beside it is ignored (API references of GetObject and CopyObject). */
function brokenCondition(version: Version, headers: Headers, prefix: string): 'changed' | 'same' | undefined {
  const match = headers[`${prefix}if-match`];
  const noneMatch = headers[`${prefix}if-none-match`];
  // Dates in HTTP have no milliseconds.
  const modified = Math.floor(version.modified / 1000) * 1000;
  const unmodifiedSince = Date.parse(headers[`${prefix}if-unmodified-since`] ?? '');
  const modifiedSince = Date.parse(headers[`${prefix}if-modified-since`] ?? '');
  const changed = match === undefined ? modified > unmodifiedSince : !matches(match, version.etag);
  if (changed) return 'changed';
  const same = noneMatch === undefined ? modified <= modifiedSince : matches(noneMatch, version.etag);
  return same ? 'same' : undefined;
}

function matches(condition: string, etag: string): boolean {
  const plain = (one: string) => one.trim().replaceAll('"', '');
  return condition === '*' || condition.split(',').some((one) => plain(one) === plain(etag));
}

function preconditionFailed(): AwsError {
  return new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', { status: 412 });
}
