import type { Channels } from '../domain/channels/schema.ts';
import type { Place } from '../domain/channels/variables.ts';
import type { Ports } from '../domain/rollout/ports.ts';
import type { Timing } from '../domain/rollout/timing.ts';

/** Everything that the way of a record needs: `dependencies/` puts it together, a simulation may. */
export type Services = Ports & {
  /** Epoch ms. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly timing: Timing;
  readonly place: Place;
  readonly allowedAccounts: readonly string[];
  readonly channels: Channels;
};

/** What the loop over one rollout needs. */
export type AdvanceServices = Pick<Services, 'bus' | 'controlPlanes' | 'ledger' | 'limiter' | 'now' | 'queues' | 'telemetry' | 'timing'>;

/** What the sweep needs. */
export type SweepServices = Pick<Services, 'now' | 'queues' | 'telemetry'>;

/** What one Lambda invocation brings to a record: who works on it, and how long that may take. */
export type Invocation = {
  /** The function and the message: `follow-ups 5f1c…`. */
  readonly who: string;
  readonly millisecondsLeft: () => number;
  /** Lets work on one release run one after the other within the invocation. */
  readonly inTurn: <T>(key: string, work: () => Promise<T>) => Promise<T>;
};
