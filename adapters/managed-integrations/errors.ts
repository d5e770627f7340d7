import { ServiceException } from '@smithy/core/client';
import { TypeRegistry } from '@smithy/core/schema';

/** The namespace of the public API model. */
export const namespace = 'com.amazonaws.iotmanagedintegrations';
const errorNamespace = `smithy.ts.sdk.synthetic.${namespace}`;

/**
 * Any error that the service returns. `name` is the exception name of AWS. There is no class per exception, because the
 * adapters tell exceptions apart by their names only.
 */
export class IoTManagedIntegrationsServiceException extends ServiceException {
  constructor(options: ConstructorParameters<typeof ServiceException>[0]) {
    super(options);
    Object.setPrototypeOf(this, new.target.prototype);
  }
}

const registry = new TypeRegistry(errorNamespace);
registry.registerError([-3, errorNamespace, 'IoTManagedIntegrationsServiceException', 0, [], []], IoTManagedIntegrationsServiceException);

/** In these the protocol of the SDK looks up what to throw. */
export const errorTypeRegistries: readonly TypeRegistry[] = [registry];
