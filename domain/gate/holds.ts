import type { Sender } from './sender.ts';

/** A hold: while it is active, nothing new is created on its channels. Without `channels` it covers the whole product. */
export type Hold = {
  readonly holdId: string;
  readonly channels?: readonly string[];
  readonly reason: string;
  /** Epoch ms. The hold is active from this instant on. */
  readonly from?: number;
  /** Epoch ms. From this instant on the hold is not active any more. */
  readonly until?: number;
  readonly by: Sender;
  readonly eventId?: string;
  /** Later events that said the same. */
  readonly repeatedBy?: readonly string[];
  /** Epoch ms. */
  readonly at: number;
};

/** A hold that was resumed. */
export type EndedHold = {
  readonly holdId: string;
  readonly by: Sender;
  /** Epoch ms. */
  readonly at: number;
  /** The events that had set the hold. Absent if it was resumed before any event set it. */
  readonly heldBy?: readonly string[];
};

/**
 * The holds of a product: two sets of ids. A hold is active if it was set, was not ended, and the time is within its bounds. So the
 * order in which the events arrive makes no difference, and neither does a copy of one. Two events with one id and other content are
 * two holds, which end together.
 */
export type Holds = { readonly held: readonly Hold[]; readonly ended: readonly EndedHold[] };

export const noHolds: Holds = { held: [], ended: [] };

/** The holds of a product that are active at `now` (epoch ms), on whatever channel. */
export function activeHolds({ held, ended }: Holds, now: number): Hold[] {
  const endedIds = new Set(ended.map(({ holdId }) => holdId));
  return held.filter(
    ({ holdId, from, until }) => !endedIds.has(holdId) && now >= (from ?? now) && now < (until ?? Number.POSITIVE_INFINITY),
  );
}

/** The active holds that cover a channel. `now` in epoch ms. */
export function holdsOn(channel: string, holds: Holds, now: number): Hold[] {
  return activeHolds(holds, now).filter(({ channels }) => channels === undefined || channels.includes(channel));
}
