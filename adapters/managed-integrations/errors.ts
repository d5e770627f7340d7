import { ServiceException } from '@smithy/core/client';
import { TypeRegistry } from '@smithy/core/schema';

export const namespace = 'com.amazonaws.iotmanagedintegrations';
const base = `smithy.ts.sdk.synthetic.${namespace}`;

/** Any error of the service; `name` is AWS's exception name, also where the model does not know it. */
export class IoTManagedIntegrationsServiceException extends ServiceException {
  constructor(options: ConstructorParameters<typeof ServiceException>[0]) {
    super(options);
    Object.setPrototypeOf(this, new.target.prototype);
  }
}

export class AccessDeniedException extends IoTManagedIntegrationsServiceException {
  override name = 'AccessDeniedException';
}
export class ConflictException extends IoTManagedIntegrationsServiceException {
  override name = 'ConflictException';
}
export class InternalServerException extends IoTManagedIntegrationsServiceException {
  override name = 'InternalServerException';
}
export class InvalidRequestException extends IoTManagedIntegrationsServiceException {
  override name = 'InvalidRequestException';
}
export class LimitExceededException extends IoTManagedIntegrationsServiceException {
  override name = 'LimitExceededException';
}
export class ResourceNotFoundException extends IoTManagedIntegrationsServiceException {
  override name = 'ResourceNotFoundException';
  ResourceId?: string;
  ResourceType?: string;
}
export class ThrottlingException extends IoTManagedIntegrationsServiceException {
  override name = 'ThrottlingException';
}
export class UnauthorizedException extends IoTManagedIntegrationsServiceException {
  override name = 'UnauthorizedException';
}
export class ValidationException extends IoTManagedIntegrationsServiceException {
  override name = 'ValidationException';
}

const synthetic = new TypeRegistry(base);
synthetic.registerError([-3, base, 'IoTManagedIntegrationsServiceException', 0, [], []], IoTManagedIntegrationsServiceException);

const modelled = new TypeRegistry(namespace);
const register = (name: string, httpError: number, type: typeof IoTManagedIntegrationsServiceException, members: string[] = []) =>
  modelled.registerError(
    [
      -3,
      namespace,
      name,
      { error: httpError < 500 ? 'client' : 'server', httpError },
      ['Message', ...members],
      [0, ...members.map(() => 0)],
    ],
    type,
  );

register('AccessDeniedException', 403, AccessDeniedException);
register('ConflictException', 409, ConflictException);
register('InternalServerException', 500, InternalServerException);
register('InvalidRequestException', 400, InvalidRequestException);
register('LimitExceededException', 410, LimitExceededException);
register('ResourceNotFoundException', 404, ResourceNotFoundException, ['ResourceId', 'ResourceType']);
register('ThrottlingException', 429, ThrottlingException);
register('UnauthorizedException', 401, UnauthorizedException);
register('ValidationException', 400, ValidationException);

/** Where the protocol looks up what to throw. */
export const errorTypeRegistries: readonly TypeRegistry[] = [synthetic, modelled];
