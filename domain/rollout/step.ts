import type { Rejection } from '../release/rejection.ts';
import type { LookAt, Reply, Sighting, StopOrder } from './observation.ts';
import type { Head, HeadEntry, Identity, RecordedWithdrawal, Rollout } from './rollout.ts';
import type { Timing } from './timing.ts';

/** What the loop has learnt since it last loaded the items or changed the state. */
export type Seen = {
  /** Rivals whose rows were read: do they count in the order of the channel? */
  readonly rivals: Readonly<Record<string, boolean>>;
  /** The message's other channels were put; these have accepted something else. */
  readonly siblings?: { readonly conflicts: readonly Rejection[] };
  /** The intent of this very loop is in the row, and nothing was sent under it yet. */
  readonly intent?: true;
  readonly reply?: Reply;
  readonly sighting?: Sighting;
  readonly stopSent?: true;
  /** AWS confirmed the creation in this loop: the sweep looks at the devices, not we. */
  readonly justCreated?: true;
  /** Older rollouts that were told in the head that this one exists, and are still to be woken. */
  readonly toWake?: readonly string[];
  readonly published?: true;
  /** The bus did not take the outcomes: they stay in the outbox until the next look. */
  readonly unpublished?: true;
  /** This loop's last row write set `no` and `due`: the follow-up may be sent without another. */
  readonly wrote?: true;
  /** Nothing more to decide: publish what is in the outbox and come back later. */
  readonly resting?: true;
};

export const nothingSeen: Seen = { rivals: {} };

/** Everything that the next step depends on. */
export type View = {
  readonly row: Rollout;
  readonly head: Head;
  readonly withdrawals: readonly RecordedWithdrawal[];
  readonly seen: Seen;
  /** Epoch ms. */
  readonly now: number;
  readonly timing: Timing;
};

/** The members of a row that a write changes; `null` removes. `applyChange` sets `followUpNumber`, `dueAt`, `itemRevision`, `writtenAt` and `history`. */
export type Change = {
  readonly [K in keyof Omit<Rollout, 'itemRevision' | 'followUpNumber' | 'writtenAt' | 'history'>]?: Rollout[K] | null;
};

/**
 * The one next step. `seen` is what the loop has seen once the write or the stop is done; after other steps their answer is
 * added to what was seen before.
 */
export type Step =
  | { readonly do: 'putSiblings'; readonly rows: readonly Rollout[] }
  | { readonly do: 'write'; readonly change: Change; readonly why: string; readonly seen: Seen }
  | { readonly do: 'writeHead'; readonly head: Head; readonly why: string; readonly seen: Seen }
  | { readonly do: 'readRival'; readonly rolloutId: string; readonly identity: Identity }
  | { readonly do: 'send' }
  | { readonly do: 'look'; readonly at: LookAt }
  | { readonly do: 'cancelAtAws'; readonly order: StopOrder; readonly seen: Seen }
  | { readonly do: 'publish' }
  | { readonly do: 'wake'; readonly rollouts: readonly (Identity & { readonly rolloutId: string })[] }
  /** Ends the loop: a follow-up comes back after so many milliseconds. */
  | { readonly do: 'rest'; readonly delay: number }
  /** Ends the loop: nothing is left, or the sweep watches from here. */
  | { readonly do: 'done' };

/** An entry of the head that is not one's own. */
export type Rival = HeadEntry & { readonly rolloutId: string };
