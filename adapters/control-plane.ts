import type { LookAt, Reply, Sighting, StopOrder, Subject } from '../domain/rollout/observation.ts';

/** One of the two AWS services that create OTA updates, as the life of a rollout needs it. */
export type ControlPlane = {
  /** Sends one create, once. Never throws: what cannot be told apart is `unknown`. */
  readonly create: (input: Readonly<Record<string, unknown>>) => Promise<Reply>;
  /** Looks. Throws what is worth retrying. */
  readonly look: (subject: Subject, at: LookAt) => Promise<Sighting>;
  /** Asks for a stop; that it returned does not mean that it happened. Throws what is worth retrying. */
  readonly stop: (subject: Subject, order: StopOrder) => Promise<void>;
};
