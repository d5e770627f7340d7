import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createOptions, endingCalls, repeatableOptions } from '../../adapters/clients.ts';
import { type Ledger, ledger } from '../../adapters/ledger/ledger.ts';
import { type ReportSlowCall, reportingSlowCalls } from '../../adapters/slow-calls.ts';
import type { Operation } from '../../domain/request/control-planes.ts';
import type { ControlPlane, Ports } from '../../domain/rollout/ports.ts';
import type { AdvanceAdapters } from './functions.ts';
import type { Settings } from './settings.ts';
import { ahead, type Loadable, queuesOf, whenFirstNeeded } from './when-first-needed.ts';

/** The adapters that `advance` needs, some of which can be loaded ahead. */
type LoadableAdapters = Pick<AdvanceAdapters, 'bus'> & {
  readonly ledger: Ledger;
  readonly controlPlanes: { readonly [Name in Operation]: ControlPlane & Loadable };
  readonly queues: Ports['queues'] & Loadable;
};

/** The adapters that `advance` needs. The ledger is loaded at the start, because every record needs it. The others are loaded when first needed. */
export function advanceAdapters(settings: Settings, dynamodb: DynamoDBClient, report: ReportSlowCall): LoadableAdapters {
  return {
    ledger: ledger(dynamodb, settings.OTA_LEDGER_TABLE),
    controlPlanes: {
      CreateOTAUpdate: controlPlane(async () => {
        const { IoTClient, iotCore } = await import('../../adapters/iot-core.ts');
        return iotCore({
          creates: reportingSlowCalls(new IoTClient(createOptions), report),
          others: reportingSlowCalls(new IoTClient(repeatableOptions), report),
        });
      }),
      CreateJob: controlPlane(async () => {
        const { IoTClient, iotJobs } = await import('../../adapters/iot-jobs.ts');
        return iotJobs({
          creates: reportingSlowCalls(new IoTClient(createOptions), report),
          others: reportingSlowCalls(new IoTClient(repeatableOptions), report),
        });
      }),
      CreateOtaTask: controlPlane(async () => {
        const { IoTManagedIntegrationsClient, managedIntegrations } = await import(
          '../../adapters/managed-integrations/managed-integrations.ts'
        );
        return managedIntegrations({
          creates: reportingSlowCalls(new IoTManagedIntegrationsClient(createOptions), report),
          others: reportingSlowCalls(new IoTManagedIntegrationsClient(repeatableOptions), report),
        });
      }),
    },
    bus: busOf(settings, report),
    queues: queuesOf(settings, report),
  };
}

function busOf(settings: Settings, report: ReportSlowCall): Ports['bus'] {
  const buses = whenFirstNeeded(async () => {
    const { bus, EventBridgeClient } = await import('../../adapters/bus.ts');
    return bus(endingCalls(reportingSlowCalls(new EventBridgeClient(repeatableOptions), report)), { name: settings.OTA_BUS_NAME });
  });
  return { publish: async (events) => (await buses()).publish(events) };
}

function controlPlane(make: () => Promise<ControlPlane>): ControlPlane & Loadable {
  const plane = whenFirstNeeded(make);
  return {
    loadAhead: ahead(plane),
    create: async (input) => (await plane()).create(input),
    look: async (subject, at, time) => (await plane()).look(subject, at, time),
    stop: async (subject, order, time) => (await plane()).stop(subject, order, time),
  };
}
