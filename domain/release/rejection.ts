/**
 * Every reason for which a message is rejected for good, with one sentence each. This list is closed. Consumers of
 * `OTA Release Rejected` rely on the codes, so a code may be added but never renamed.
 */
export const rejectionCodes = {
  TOO_LARGE: 'The message, or what it would freeze in the ledger, is larger than the service can keep.',
  TOO_DEEP: 'The body is nested deeper than 32 levels.',
  MALFORMED_JSON: 'The body is not well-formed JSON: syntax, duplicate keys, byte order mark, invalid UTF-8.',
  NOT_AN_EVENT: 'The body is no object with `detail-type` and `detail`.',
  UNKNOWN_DETAIL_TYPE: 'The detail-type is none that this service consumes.',
  ACCOUNT_NOT_ALLOWED: 'The event comes from an account that may not release here.',
  SOURCE_NOT_ALLOWED: 'The event comes from a source that may not release this product.',
  UNSUPPORTED_SCHEMA_VERSION: 'The event is written in a major schema version that this service does not read.',
  INVALID_RELEASE: 'The release is wrong by itself, wherever it is going.',
  INVALID_WITHDRAWAL: 'The withdrawal is wrong by itself.',
  UNKNOWN_PRODUCT: 'channels.yml has no such product.',
  UNKNOWN_CHANNEL: 'The product has no such channel.',
  HARDWARE_MISMATCH: 'The release is not made for all hardware of the product.',
  UNSIGNED_ARTIFACT: 'An IoT Core file would be created without a signature.',
  INVALID_SIGNING: 'Two signings at once, an unknown algorithm spelling, or bad base64.',
  BUCKET_NOT_ALLOWED: 'The artifact lies in a bucket that artifactBuckets does not list.',
  ARTIFACT_NOT_VERIFIABLE: 'The artifact has no S3 location and the channel does not exempt its shape, or S3 cannot tell its SHA-256.',
  ARTIFACT_NOT_FOUND: 'S3 has no such object at that version.',
  ARTIFACT_MISMATCH: 'Size or SHA-256 of the stored object differ from the release.',
  ARTIFACT_TOO_LARGE: 'The object is larger than the service behind the channel takes.',
  TARGET_NOT_ALLOWED: 'The channel does not permit this target from a release.',
  TOO_MANY_TARGETS: 'More than 100 targets: use a thing group or a query.',
  SCHEDULE_NOT_ALLOWED: 'The channel does not permit a schedule from a release.',
  UNSUPPORTED_BY_SERVICE: 'The AWS service behind the channel cannot express this member.',
  INVALID_REQUEST: 'Release and channel together break a limit of the AWS request.',
  RELEASE_CONFLICT: 'The same identity was accepted before with another content.',
  VERSION_AMBIGUOUS: 'A version that differs only in build metadata was accepted before.',
  RELEASE_WITHDRAWN: 'The release was withdrawn.',
  EXPIRED: 'The release came after its notAfter.',
} as const;

export type RejectionCode = keyof typeof rejectionCodes;

/**
 * The final answer to a message that the service cannot carry out.
 *
 * `path` is `$` for the whole message. A member of `detail` is written like `artifacts[0].sha256`. A member of the envelope
 * has its own name. For INVALID_REQUEST the path is the one in the AWS request. `message` is for people and never quotes a
 * value of the body. `channel` is the channel that the rejection is about, if it is about one.
 */
export type Rejection = {
  readonly code: RejectionCode;
  readonly path: string;
  readonly message: string;
  readonly channel?: string;
};

/** The value of a step that can reject a message, or the first reason to reject it. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly rejection: Rejection };

/** The result of a step that accepts: `value`. */
export const accept = <T>(value: T): Result<T> => ({ ok: true, value });

/** The result of a step that rejects. See {@link Rejection} for `path`, `message` and `channel`. */
export const reject = (code: RejectionCode, path: string, message: string, channel?: string): { ok: false; rejection: Rejection } => ({
  ok: false,
  rejection: channel === undefined ? { code, path, message } : { code, path, message, channel },
});
