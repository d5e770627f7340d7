/**
 * Every reason for which a message is rejected for good, with one sentence each. This list is closed. Consumers of
 * `OTA Release Rejected` rely on the codes, so a code may be added but never renamed.
 */
export const rejectionCodes = {
  TOO_LARGE: 'The message, or the AWS requests made from it, are larger than the service can keep.',
  TOO_DEEP: 'The body has more than 32 levels of nesting.',
  MALFORMED_JSON: 'The body is not well-formed JSON, repeats a member, has a byte order mark, or is not valid UTF-8.',
  NOT_AN_EVENT: 'The body is not an object with `detail-type` and `detail`.',
  UNKNOWN_DETAIL_TYPE: 'The service does not consume this detail-type.',
  ACCOUNT_NOT_ALLOWED: 'The event comes from an account that may not publish here.',
  SOURCE_NOT_ALLOWED: 'The product does not list the source of the event.',
  UNSUPPORTED_SCHEMA_VERSION: 'The service does not read this major version of the schema.',
  INVALID_RELEASE: 'The release is invalid, regardless of its channels.',
  INVALID_WITHDRAWAL: 'The withdrawal is invalid, regardless of what it withdraws.',
  UNKNOWN_PRODUCT: 'channels.yml does not have this product.',
  UNKNOWN_CHANNEL: 'The product does not have this channel.',
  HARDWARE_MISMATCH: 'The release does not list all hardware revisions of the product.',
  UNSIGNED_ARTIFACT: 'An IoT Core file would have no signature.',
  INVALID_SIGNING: 'More than one kind of code signing, an unknown algorithm name, or a signature that is not base64 encoded once.',
  BUCKET_NOT_ALLOWED: 'The artifact is in a bucket that artifactBuckets does not list.',
  ARTIFACT_NOT_VERIFIABLE:
    'The artifact has no S3 location and the channel does not permit that, or S3 has archived it or does not provide a SHA-256.',
  ARTIFACT_NOT_FOUND: 'S3 does not have this object at that version.',
  ARTIFACT_MISMATCH: 'The size or SHA-256 of the stored object differs from the release.',
  ARTIFACT_TOO_LARGE: 'The object is larger than the AWS service of the channel accepts.',
  TARGET_NOT_ALLOWED: 'The channel does not permit this target from a release.',
  TOO_MANY_TARGETS: 'There are more than 100 targets.',
  SCHEDULE_NOT_ALLOWED: 'The channel does not permit a schedule from a release.',
  UNSUPPORTED_BY_SERVICE: 'The AWS service of the channel does not support this member.',
  INVALID_REQUEST: 'Release and channel together break a limit of the AWS request.',
  RELEASE_CONFLICT: 'This product, version and revision was already accepted with different content.',
  VERSION_AMBIGUOUS: 'A version that differs only in build metadata was already accepted.',
  RELEASE_WITHDRAWN: 'The release was withdrawn.',
  EXPIRED: 'The release arrived after its notAfter.',
  INVALID_APPROVAL: 'The approval is invalid, regardless of what it approves, or its version has too many.',
  INVALID_HOLD: 'The hold or its end is invalid, regardless of what it holds, or the product has too many holds.',
  SELF_APPROVAL: 'The approval comes from a source that publishes the product, or that published the release.',
  APPROVAL_MISMATCH: 'The approval names a digest, and the release was accepted with another one.',
  UNKNOWN_RELEASE: 'The approval names no digest, and its release has no rollout on the channel.',
  SKIP_NOT_ALLOWED: 'The channel does not let an approval skip this part of its gate.',
  HOLD_ENDED: 'A hold with this id was set and ended before.',
} as const;

export type RejectionCode = keyof typeof rejectionCodes;

/**
 * The final answer to a message that the service cannot carry out.
 *
 * `path` is `$` for the whole message. A member of `detail` is written like `artifacts[0].sha256`. A member of the envelope
 * has its own name. For INVALID_REQUEST the path is the one in the AWS request. `message` is for people. It quotes only what
 * matches a pattern that makes it harmless: the name of a product or channel, and a text given as a version. That has at most
 * 64 of A-Z, a-z, 0-9 and `._+-`. It never quotes another value of the body. `channel` is the channel that the rejection is about, if it is about one.
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
