import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { controlPlaneOptions, supportingOptions } from '../../adapters/clients.ts';
import { type Ledger, ledger } from '../../adapters/ledger.ts';
import type { ControlPlane, Services } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { AdvanceAdapters } from './assemble.ts';
import { later, laterQueues } from './later.ts';

/**
 * What the loop over a rollout needs. Only the ledger is there from the start: which of the others a record needs shows
 * as it goes.
 */
export function laterAdapters(settings: Settings, dynamodb: DynamoDBClient): AdvanceAdapters & { readonly ledger: Ledger } {
  return {
    ledger: ledger(dynamodb, settings.OTA_LEDGER_TABLE),
    controlPlanes: { iot: laterIotCore(), iotmanagedintegrations: laterManagedIntegrations() },
    bus: laterBus(settings),
    queues: laterQueues(settings),
  };
}

function laterPlane(make: () => Promise<ControlPlane>): ControlPlane {
  const plane = later(make);
  return {
    create: async (input) => (await plane()).create(input),
    look: async (subject, at) => (await plane()).look(subject, at),
    stop: async (subject, order) => (await plane()).stop(subject, order),
  };
}

function laterIotCore(): ControlPlane {
  return laterPlane(async () => {
    const { IoTClient, iotCore } = await import('../../adapters/iot-core.ts');
    return iotCore(new IoTClient(controlPlaneOptions));
  });
}

function laterManagedIntegrations(): ControlPlane {
  return laterPlane(async () => {
    const { IoTManagedIntegrationsClient, managedIntegrations } = await import('../../adapters/managed-integrations.ts');
    return managedIntegrations(new IoTManagedIntegrationsClient(controlPlaneOptions));
  });
}

function laterBus(settings: Settings): Services['bus'] {
  const made = later(async () => {
    const { bus, EventBridgeClient } = await import('../../adapters/bus.ts');
    return bus(new EventBridgeClient(supportingOptions), { name: settings.OTA_BUS_NAME });
  });
  return { publish: async (events) => (await made()).publish(events) };
}
