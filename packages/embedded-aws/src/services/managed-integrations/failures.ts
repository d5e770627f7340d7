import type { Failure } from '../rest-json/rest-json.ts';

/** The HTTP statuses of the modelled errors. Throttling is a 429 here and a 400 in IoT Core. */
export const managedIntegrationsStatuses: Readonly<Record<string, number>> = {
  ValidationException: 400,
  InvalidRequestException: 400,
  UnauthorizedException: 401,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  ConflictException: 409,
  LimitExceededException: 410,
  ThrottlingException: 429,
  InternalServerException: 500,
};

/** A 400 whose message says what is wrong with the request. */
export function invalid(message: string): Failure {
  return { exception: 'ValidationException', message };
}

/** A 404 for a resource that does not exist. */
export function notFound(ResourceType: string, ResourceId: string): Failure {
  const more = { ResourceId, ResourceType };
  return { exception: 'ResourceNotFoundException', message: `${ResourceType} ${ResourceId} cannot be found.`, more };
}

/** The answer to a ClientToken that was used with other parameters. */
export const tokenConflict: Failure = {
  exception: 'ConflictException',
  message: 'The ClientToken was used before with different parameters',
};
