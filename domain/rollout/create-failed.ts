const transient: ReadonlySet<string | undefined> = new Set([
  'InternalError',
  'InternalException',
  'InternalFailure',
  'InternalFailureException',
  'InternalServerError',
  'InternalServerException',
  'InternalServiceException',
  'LimitExceededException',
  'RequestLimitExceeded',
  'RequestTimeout',
  'ServiceQuotaExceededException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/**
 * Whether the cause of a failed creation can pass, so that another attempt is worth making. `errorInfo` is that of
 * GetOTAUpdate. Only known transient names count. Some codes name only the service that failed (`AWSIotException`). Their
 * message holds the real code: `(Service: AWSIot; Status Code: 403; Error Code: AccessDeniedException; …)`.
 */
export function causeCanPass(errorInfo: { readonly code?: string; readonly message?: string }): boolean {
  const { code, message = '' } = errorInfo;
  const inner = /\bError Code: ?([A-Za-z0-9.]+)/.exec(message)?.[1];
  if (transient.has(inner ?? code)) return true;
  return inner === undefined && /\bexceeded the limit for the number of (?:streams|jobs)\b/i.test(message);
}
