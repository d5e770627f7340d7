import type { Channels } from '../domain/channels/schema.ts';
import type { Place } from '../domain/channels/variables.ts';
import type { Ports } from '../domain/rollout/ports.ts';
import type { Timing } from '../domain/rollout/timing.ts';

/** Everything that the handling of a record needs. `dependencies/` composes it, and so can a simulation. */
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
export type AdvanceServices = Pick<
  Services,
  'bus' | 'controlPlanes' | 'ledger' | 'limiter' | 'looks' | 'now' | 'pause' | 'queues' | 'telemetry' | 'timing'
>;

/** What the sweep needs. */
export type SweepServices = Pick<Services, 'now' | 'queues' | 'telemetry'>;

/** What the handling of a record must know about its Lambda invocation. */
export type Invocation = {
  /** The function and the message, such as `follow-ups 5f1c…`. The history of a rollout has it. */
  readonly who: string;
  readonly millisecondsLeft: () => number;
  /**
   * The number of this invocation among those of `follow-ups` in its chain of messages. 0 in another function. Every message that
   * the invocation sends continues that chain.
   */
  readonly inChain: number;
  /** How long a look may wait for its turn. */
  readonly lookWaitMilliseconds: number;
  /** An event of AWS IoT caused it, which anybody may have forged. */
  readonly afterJobEvent?: boolean;
  /** Runs work with the same key one after the other within the invocation. */
  readonly inTurn: <T>(key: string, work: () => Promise<T>) => Promise<T>;
};
