import { createHash } from 'node:crypto';
import { createDevices } from '../../fleet/devices.ts';
import { createFleet, type Fleet } from '../../fleet/fleet.ts';
import { createJobs } from '../../fleet/jobs.ts';
import { createRestJsonService } from '../rest-json/rest-json.ts';
import type { Service } from '../service.ts';
import { configurationHandlers } from './configurations.ts';
import { managedIntegrationsStatuses } from './failures.ts';
import { QUERY_TARGET } from './job-of-task.ts';
import { managedIntegrationsModel } from './operations.ts';
import { defaultManagedIntegrationsAssumptions, type ManagedIntegrationsAssumptions, type ManagedIntegrationsOptions } from './options.ts';
import { otaTaskHandlers } from './ota-tasks.ts';
import { tagHandlers } from './tags.ts';
import type { MiWorld } from './world.ts';

export type { ManagedIntegrationsAssumptions, ManagedIntegrationsOptions } from './options.ts';

export type ManagedIntegrations = Service & {
  readonly fleet: Fleet;
  /**
   * From now on the query matches this managed thing, and of all others only those named for it. Continuous tasks take it
   * in at once. A query for which none was named matches `queryMatches` simulated things.
   */
  match(query: string, managedThingId: string): void;
  /** The query no longer matches this managed thing. */
  unmatch(query: string, managedThingId: string): void;
};

/**
 * AWS IoT managed integrations as far as OTA needs it: OTA tasks, their configurations and executions, tags.
 * Everything is in memory. `ManagedIntegrationsAssumptions` lists what is assumed.
 */
export function createManagedIntegrations(options: ManagedIntegrationsOptions): ManagedIntegrations {
  const assumptions: ManagedIntegrationsAssumptions = { ...defaultManagedIntegrationsAssumptions, ...options };
  const fleet = options.fleet ?? createFleet();
  const devices = createDevices();
  const matches = new Map<string, Set<number>>();

  const membersOf = (target: string): Iterable<number> => {
    if (!target.startsWith(QUERY_TARGET)) return [devices.numberOf(target.slice(target.lastIndexOf('/') + 1))];
    const named = matches.get(target);
    if (named !== undefined) return named;
    const name = createHash('sha256').update(target).digest('hex').slice(0, 8);
    return Array.from({ length: assumptions.queryMatches }, (_, at) => devices.numberOf(`managed-${name}-${at + 1}`));
  };
  const jobs = createJobs({ clock: options.clock, fleet, nameOf: devices.nameOf, membersOf, settings: assumptions.jobs });
  const world: MiWorld = { options, assumptions, clock: options.clock, jobs, devices, tasks: new Map(), configurations: new Map() };
  const service = createRestJsonService({
    name: 'iotmanagedintegrations',
    model: managedIntegrationsModel,
    handlers: { ...otaTaskHandlers(world), ...configurationHandlers(world), ...tagHandlers(world) },
    statuses: managedIntegrationsStatuses,
    invalid: 'ValidationException',
    messageKey: 'Message',
    region: options.region,
  });
  return {
    ...service,
    fleet,
    match(query, managedThingId) {
      const target = `${QUERY_TARGET}${query}`;
      const device = devices.numberOf(managedThingId);
      matches.set(target, (matches.get(target) ?? new Set<number>()).add(device));
      jobs.join(target, device);
    },
    unmatch(query, managedThingId) {
      const target = `${QUERY_TARGET}${query}`;
      const device = devices.numberOf(managedThingId);
      const named = matches.get(target) ?? new Set<number>();
      named.delete(device);
      matches.set(target, named);
      jobs.leave(target, device);
    },
  };
}
