import type { Reply } from '../domain/rollout/observation.ts';

/**
 * Why a call to AWS failed.
 *
 * - `throttled`: too many calls per second. `quota`: too many of something.
 * - `denied`: the service's role, credentials or KMS key do not permit the call, or a bucket is in another region. An operator
 *   must fix that.
 * - `invalid`: the same request can never succeed.
 * - `exists`, `conflict`, `notFound`: about the thing that the request names.
 * - `unsent`: the request certainly never left.
 * - `unknown`: anything else. The request may still take effect.
 */
export type Cause = 'throttled' | 'quota' | 'denied' | 'invalid' | 'exists' | 'conflict' | 'notFound' | 'unsent' | 'unknown';

/**
 * THE table from exception name to cause. Only names decide, never the HTTP status: AWS IoT throttles with 400 and reports
 * quotas with 410, and managed integrations throttles with 429. SQS spells its KMS
 * errors in two ways, one per protocol, and S3 spells one of them in a third way.
 */
const causes: Readonly<Record<Exclude<Cause, 'unknown' | 'unsent'>, readonly string[]>> = {
  throttled: [
    'ThrottlingException',
    'Throttling',
    'ThrottledException',
    'RequestThrottled',
    'RequestThrottledException',
    'RequestLimitExceeded',
    'RequestLimitExceededException',
    'TooManyRequestsException',
    'BandwidthLimitExceeded',
    'ProvisionedThroughputExceededException',
    'SlowDown',
    'KMS.ThrottlingException',
    'KmsThrottled',
  ],
  quota: ['LimitExceededException', 'ServiceQuotaExceededException', 'VersionsLimitExceededException', 'ResourceLimitExceededException'],
  denied: [
    'AccessDenied',
    'AccessDeniedException',
    'AllAccessDisabled',
    'AuthFailure',
    'AuthorizationHeaderMalformed',
    'ExpiredToken',
    'ExpiredTokenException',
    'ForbiddenException',
    'IllegalLocationConstraintException',
    'IncompleteSignature',
    'IncompleteSignatureException',
    'InvalidAccessKeyId',
    'InvalidClientTokenId',
    'InvalidSignatureException',
    'InvalidToken',
    'KMS.AccessDeniedException',
    'KMS.DisabledException',
    'KMS.InvalidKeyUsageException',
    'KMS.InvalidStateException',
    'KMS.KMSInvalidStateException',
    'KMS.NotFoundException',
    'KMS.OptInRequired',
    'KmsAccessDenied',
    'KmsDisabled',
    'KmsInvalidKeyUsage',
    'KmsInvalidState',
    'KmsNotFound',
    'KmsOptInRequired',
    'MissingAuthenticationToken',
    'MissingAuthenticationTokenException',
    'NotAuthorized',
    'OptInRequired',
    'PermanentRedirect',
    'RequestExpired',
    'RequestTimeTooSkewed',
    'SignatureDoesNotMatch',
    'TokenRefreshRequired',
    'UnauthorizedException',
    'UnauthorizedOperation',
    'UnknownOperationException',
    'UnrecognizedClientException',
  ],
  invalid: [
    'InvalidInputException',
    'InvalidJobDocumentException',
    'InvalidParameterException',
    'InvalidParameterValueException',
    'InvalidRequestException',
    'InvalidRoleException',
    'InvalidStateTransitionException',
    'MalformedPolicyException',
    'RequestEntityTooLargeException',
    'SerializationException',
    'ValidationError',
    'ValidationException',
  ],
  exists: ['ResourceAlreadyExistsException', 'ResourceAlreadyExists'],
  conflict: ['ConflictException', 'IdempotentParameterMismatch', 'IdempotencyParameterMismatchException'],
  notFound: ['ResourceNotFoundException', 'NotFoundException', 'NotFound', 'NoSuchBucket', 'NoSuchKey', 'NoSuchVersion'],
};

const causeByName: ReadonlyMap<string, Cause> = new Map(
  Object.entries(causes).flatMap(([cause, names]) => names.map((name) => [name, cause as Cause] as const)),
);

/** Every exception name of the table, for tests that must cover all of it. */
export const knownExceptions: readonly string[] = [...causeByName.keys()];

/** Why a call failed. A name that is not in the table is `unknown`. Never throws. */
export function causeOf(error: unknown): Cause {
  if (neverSent(error)) return 'unsent';
  return causeByName.get(nameOf(error)) ?? 'unknown';
}

/** The name of the exception as AWS spells it, else its `code`, else `Error`. For logs and outcome events. */
export function nameOf(error: unknown): string {
  const name = error instanceof Error ? error.name : undefined;
  return name === undefined || name === 'Error' ? (codeOf(error) ?? 'Error') : name;
}

/**
 * What a failed create means for the rollout.
 *
 * - Conflict: AWS has already seen this token or id. As with "already exists", only a look shows with which request.
 * - Not found: refused for good. The request is frozen, and it names a group, stream or configuration that does not exist.
 * - Denied: nothing happened, and the create can succeed once somebody fixes the permissions. So it is retryable, and an
 *   alarm reports it (`isDenied`).
 */
export function replyOf(error: unknown): Reply {
  const code = nameOf(error);
  const message = messageOf(error);
  switch (causeOf(error)) {
    case 'throttled':
    case 'quota':
    case 'denied':
    case 'unsent':
      return { kind: 'refused', retryable: true, code, message };
    case 'invalid':
    case 'notFound':
      return { kind: 'refused', retryable: false, code, message };
    case 'exists':
    case 'conflict':
      return { kind: 'alreadyExists' };
    case 'unknown':
      return { kind: 'unknown', message: `${code}: ${message}` };
  }
}

/** Whether an exception name, such as the `code` of a refusal, means that permissions, credentials or the region of a bucket are wrong. */
export function isDenied(code: string): boolean {
  return causeByName.get(code) === 'denied';
}

/** Whether an exception name, such as the `code` of a refusal, means too many calls per second or too many of something. */
export function isThrottle(code: string): boolean {
  const cause = causeByName.get(code);
  return cause === 'throttled' || cause === 'quota';
}

/** What Node and the SDK call a connection that was not made, or that ended before the answer. */
const noAnswers = ['TimeoutError', 'ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT', 'ENETUNREACH'];

/**
 * Whether an error, or one of its causes, says that an AWS service did not answer, or that it failed itself (HTTP status 500 or more). Such
 * an error often passes within seconds. A throttle does not count, because to try again soon would add to it.
 */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $fault: fault, $metadata: metadata } = error as { $fault?: unknown; $metadata?: { httpStatusCode?: number } };
  const hasFailed = !isThrottle(nameOf(error)) && (fault === 'server' || (metadata?.httpStatusCode ?? 0) >= 500);
  return hasFailed || noAnswers.includes(nameOf(error)) || isAway(error.cause);
}

/** What the SDK and Node say of a connection that was never there, or that ended before TLS could carry a request. */
const NO_CONNECTION = /did not establish a connection|disconnected before secure TLS connection was established/;

/**
 * Whether the request certainly never left: there were no credentials, no address or no connection. After more than one
 * attempt nothing is certain.
 */
function neverSent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const attempts = (error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1;
  if (attempts > 1) return false;
  if (error.name === 'CredentialsProviderError') return true;
  // The SDK calls a failure TimeoutError by its code, even if each of several addresses failed in its own way.
  const failures: readonly unknown[] = error instanceof AggregateError && error.errors.length > 0 ? error.errors : [error];
  if (NO_CONNECTION.test(error.message)) return true;
  return failures.every((failure) => ['connect', 'getaddrinfo'].includes(String((failure as { syscall?: unknown } | undefined)?.syscall)));
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
