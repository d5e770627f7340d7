import type { Faults } from '../../faults.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Clock, ObjectStore } from '../service.ts';
import type { QueueDelivery } from '../sqs/sqs.ts';
import type { IotCoreAssumptions } from './assumptions.ts';
import type { PublishedMessage } from './job-events.ts';

export type IotCoreOptions = Partial<IotCoreAssumptions> & {
  readonly clock: Clock;
  readonly objects: ObjectStore;
  readonly accountId: string;
  readonly region: string;
  /** Where each creation takes its `createFailed` fault from, and each job event its own. */
  readonly faults?: Pick<Faults, 'takeCreateFailed' | 'takeEventFault'> | undefined;
  /** The queues that topic rules send to. Default: none. */
  readonly queues?: QueueDelivery | undefined;
  /** The simulated devices. Default: all succeed. */
  readonly fleet?: Fleet | undefined;
  /** Is called with every message on `$aws/events/`, like the topic rules. The newest thousand are kept as well. */
  readonly publish?: ((message: PublishedMessage) => void) | undefined;
  /** Writes signed objects. Without it, signing makes no object. */
  readonly writeObject?: ((bucket: string, key: string, body: Buffer) => void) | undefined;
};
