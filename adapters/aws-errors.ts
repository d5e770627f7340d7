import type { Reply } from '../domain/rollout/observation.ts';

/**
 * Why AWS said no. `throttled`: too fast; `quota`: too many of something; `denied`: we, or our key, are not let in, for an
 * operator to mend; `invalid`: this request can never be right; `exists`, `conflict`, `notFound`: about the thing
 * itself. `unknown` is never a no: the request may still take effect.
 */
export type Cause = 'throttled' | 'quota' | 'denied' | 'invalid' | 'exists' | 'conflict' | 'notFound' | 'unsent' | 'unknown';

/**
 * THE table: exception name → cause. Names alone decide, never the HTTP status: AWS IoT throttles with 400 and
 * reports quotas with 410, managed integrations throttles with 429. What SQS says of its key has two spellings, by protocol.
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
    'ExpiredToken',
    'ExpiredTokenException',
    'ForbiddenException',
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
    'InvalidParameterException',
    'InvalidParameterValueException',
    'InvalidRequestException',
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

/** Every exception name of the table, for tests that must cover it whole. */
export const knownExceptions: readonly string[] = [...causeByName.keys()];

/** Why a call failed. Never throws; whatever is not in the table is `unknown`. */
export function causeOf(error: unknown): Cause {
  if (neverSent(error)) return 'unsent';
  return causeByName.get(nameOf(error)) ?? 'unknown';
}

/** The exception's name as AWS spells it, for logs and outcome events. */
export function nameOf(error: unknown): string {
  const name = error instanceof Error ? error.name : undefined;
  return name === undefined || name === 'Error' ? (codeOf(error) ?? 'Error') : name;
}

/**
 * What a failed create tells. Conflict means that our token or id was met there before: like "already exists" only
 * a look can say with what. "Not found" is a definite no, and a permanent one: the request, which is frozen, names a
 * group, stream or configuration that is not there. A denied request did nothing and can succeed once somebody mends
 * permissions, so it is retryable and the caller tells it loudly (`isDenied`).
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

/** Whether an exception name (a `no`'s code) means that our own permissions or credentials are broken. */
export function isDenied(code: string): boolean {
  return causeByName.get(code) === 'denied';
}

/** Whether an exception name (a `no`'s code) means that we are too fast or have too many. */
export function isThrottle(code: string): boolean {
  const cause = causeByName.get(code);
  return cause === 'throttled' || cause === 'quota';
}

/**
 * Whether it is certain that no byte left: no credentials, no address, no connection. A call that was attempted
 * more than once is never certain.
 */
function neverSent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const attempts = (error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1;
  if (attempts > 1) return false;
  if (error.name === 'CredentialsProviderError') return true;
  if (error.name === 'TimeoutError') return error.message.includes('did not establish a connection');
  const failures: readonly unknown[] = error instanceof AggregateError && error.errors.length > 0 ? error.errors : [error];
  return failures.every((failure) => ['connect', 'getaddrinfo'].includes(String((failure as { syscall?: unknown } | undefined)?.syscall)));
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
