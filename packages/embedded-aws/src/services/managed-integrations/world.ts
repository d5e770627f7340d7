import type { Devices } from '../../fleet/devices.ts';
import type { Jobs } from '../../fleet/jobs.ts';
import type { Clock } from '../service.ts';
import type { ManagedIntegrationsAssumptions, ManagedIntegrationsOptions } from './options.ts';
import type { OtaTask } from './ota-task.ts';
import type { TaskConfiguration } from './task-configuration.ts';

/** Everything that the operations of one managed integrations service share. */
export type MiWorld = {
  readonly options: ManagedIntegrationsOptions;
  readonly assumptions: ManagedIntegrationsAssumptions;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly devices: Devices;
  readonly tasks: Map<string, OtaTask>;
  readonly configurations: Map<string, TaskConfiguration>;
};
