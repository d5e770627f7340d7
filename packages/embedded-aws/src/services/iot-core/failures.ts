import { randomUUID } from 'node:crypto';
import type { Failure } from '../rest-json/rest-json.ts';

/**
 * The HTTP statuses of AWS IoT's errors. Throttling is a 400, a quota is a 410. The model lacks those for a job's document and role,
 * which the developer guide documents.
 */
export const iotStatuses: Readonly<Record<string, number>> = {
  InvalidRequestException: 400,
  SqlParseException: 400,
  ThrottlingException: 400,
  InvalidJobDocumentException: 400,
  InvalidRoleException: 400,
  UnauthorizedException: 401,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  ResourceAlreadyExistsException: 409,
  InvalidStateTransitionException: 409,
  VersionConflictException: 409,
  DeleteConflictException: 409,
  TerminalStateException: 410,
  LimitExceededException: 410,
  InternalFailureException: 500,
  ServiceUnavailableException: 503,
};

/** A 400 whose message says what is wrong with the request. */
export function invalid(message: string): Failure {
  return { exception: 'InvalidRequestException', message };
}

/** A 400 for a request above a rate of the account. */
export const throttled: Failure = { exception: 'ThrottlingException', message: 'Rate exceeded' };

/** A 404 for a resource that does not exist. */
export function notFound(kind: string, name: string): Failure {
  return { exception: 'ResourceNotFoundException', message: `${kind} ${name} cannot be found.` };
}

/** A 409 that names the resource that has the id. */
export function alreadyExists(kind: string, resourceId: string, resourceArn: string): Failure {
  return {
    exception: 'ResourceAlreadyExistsException',
    message: `${kind} ${resourceId} already exists`,
    more: { resourceId, resourceArn },
  };
}

/** Why an asynchronous creation failed, as GetOTAUpdate returns it. */
export type ErrorInfo = { readonly code: string; readonly message: string };

/**
 * The error of a service that the OTA process called, as `errorInfo` has it. The code is the class of the exception, and
 * the service's own answer is added to the message.
 */
export function lateError(service: string, status: number, errorCode: string, message: string, code = errorCode): ErrorInfo {
  const source = `Service: ${service}; Status Code: ${status}; Error Code: ${errorCode}; Request ID: ${randomUUID()}; Proxy: null`;
  return { code, message: `${message} (${source})` };
}
