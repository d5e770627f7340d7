import type { Faults } from '../../faults.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Clock, ObjectStore } from '../service.ts';
import type { IotCoreAssumptions } from './assumptions.ts';
import type { PublishedMessage } from './job-events.ts';

export type IotCoreOptions = Partial<IotCoreAssumptions> & {
  readonly clock: Clock;
  readonly objects: ObjectStore;
  readonly accountId: string;
  readonly region: string;
  /** Asked once per creation for a late failure. */
  readonly faults?: Pick<Faults, 'takeCreateFailed'> | undefined;
  /** The simulated devices; a fleet of which every device succeeds when absent. */
  readonly fleet?: Fleet | undefined;
  /** Hears of every job event that UpdateEventConfigurations enabled; the newest thousand are kept as well. */
  readonly publish?: ((message: PublishedMessage) => void) | undefined;
  /** Where signed objects go. Without it signing leaves no object behind. */
  readonly writeObject?: ((bucket: string, key: string, body: Buffer) => void) | undefined;
};
