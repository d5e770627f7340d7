import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createOptions, repeatableOptions } from '../../adapters/clients.ts';
import { type Ledger, ledger } from '../../adapters/ledger/ledger.ts';
import type { ControlPlane, Ports } from '../../domain/rollout/ports.ts';
import type { AdvanceAdapters } from './functions.ts';
import type { Settings } from './settings.ts';
import { queuesOf, whenFirstNeeded } from './when-first-needed.ts';

/** The adapters that `advance` needs. The ledger is loaded at the start, because every record needs it. The others are loaded when first needed. */
export function advanceAdapters(settings: Settings, dynamodb: DynamoDBClient): AdvanceAdapters & { readonly ledger: Ledger } {
  return {
    ledger: ledger(dynamodb, settings.OTA_LEDGER_TABLE),
    controlPlanes: {
      CreateOTAUpdate: controlPlane(async () => {
        const { IoTClient, iotCore } = await import('../../adapters/iot-core.ts');
        return iotCore({ creates: new IoTClient(createOptions), others: new IoTClient(repeatableOptions) });
      }),
      CreateOtaTask: controlPlane(async () => {
        const { IoTManagedIntegrationsClient, managedIntegrations } = await import(
          '../../adapters/managed-integrations/managed-integrations.ts'
        );
        return managedIntegrations({
          creates: new IoTManagedIntegrationsClient(createOptions),
          others: new IoTManagedIntegrationsClient(repeatableOptions),
        });
      }),
    },
    bus: busOf(settings),
    queues: queuesOf(settings),
  };
}

function busOf(settings: Settings): Ports['bus'] {
  const buses = whenFirstNeeded(async () => {
    const { bus, EventBridgeClient } = await import('../../adapters/bus.ts');
    return bus(new EventBridgeClient(repeatableOptions), { name: settings.OTA_BUS_NAME });
  });
  return { publish: async (events) => (await buses()).publish(events) };
}

function controlPlane(make: () => Promise<ControlPlane>): ControlPlane {
  const plane = whenFirstNeeded(make);
  return {
    create: async (input) => (await plane()).create(input),
    look: async (subject, at, time) => (await plane()).look(subject, at, time),
    stop: async (subject, order, time) => (await plane()).stop(subject, order, time),
  };
}
