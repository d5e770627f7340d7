import type { Approval } from '../gate/approvals.ts';
import type { Holds } from '../gate/holds.ts';
import type { Upstream } from './gate-of.ts';
import type { LookAt, Reply, Sighting, StopOrder, UpstreamLook } from './observation.ts';
import type { Head, HeadEntry, Identity, RecordedWithdrawal, Rollout } from './rollout.ts';
import type { Timing } from './timing.ts';

/** What the loop has learned since it last loaded the items or changed the state. */
export type Seen = {
  /** Rivals whose rows were read, and whether each still holds its place in the channel. */
  readonly rivals: Readonly<Record<string, boolean>>;
  /** Those of them that have lost their place, although AWS may have had something of them. */
  readonly goneRivals?: readonly string[];
  /** The channels before this one, as they were read. */
  readonly upstreams?: Readonly<Record<string, Upstream>>;
  /** Looks at the devices of the channels before this one. */
  readonly looks?: Readonly<Record<string, UpstreamLook>>;
  /** The holds were read again after the intent to send was written. */
  readonly holdsReadAgain?: true;
  /** Each other channel of the message has a row. */
  readonly siblingsPut?: true;
  /** This loop has written the intent to send into the row, and has not sent yet. */
  readonly intent?: true;
  readonly reply?: Reply;
  readonly sighting?: Sighting;
  readonly stopSent?: true;
  /** AWS confirmed the creation in this loop. The next sweep looks at the devices. */
  readonly justCreated?: true;
  /** Older rollouts of the channel that must give way and are still to be woken. */
  readonly toWake?: readonly string[];
  readonly published?: true;
  /** The bus refused the outcomes. They stay in the outbox until the next look. */
  readonly unpublished?: true;
  /** The last write of this loop set `followUpNumber` and `dueAt`, so a follow-up can be sent without another write. */
  readonly wrote?: true;
  /** Epoch ms: the next instant at which time alone can change for what the rollout waits. */
  readonly lookAgainAt?: number;
  /** Nothing is left to decide now: publish the outbox and come back later. */
  readonly resting?: true;
};

export const nothingSeen: Seen = { rivals: {} };

/** Everything on which the next step depends. */
export type View = {
  readonly row: Rollout;
  readonly head: Head;
  readonly withdrawals: readonly RecordedWithdrawal[];
  readonly approvals: readonly Approval[];
  readonly holds: Holds;
  readonly seen: Seen;
  /** Epoch ms. */
  readonly now: number;
  readonly timing: Timing;
  /** An event of AWS IoT says that the job of this rollout has ended or was canceled. Anybody may have forged it, or it may be old. */
  readonly afterJobEvent?: boolean;
};

/**
 * The members of a row that a write changes. `null` removes a member. `applyChange` sets `followUpNumber`, `itemRevision`, `writtenAt` and
 * `history`, and `dueAt` if the change does not.
 */
export type Change = {
  readonly [K in keyof Omit<Rollout, 'itemRevision' | 'followUpNumber' | 'writtenAt' | 'history'>]?: Rollout[K] | null;
};

/**
 * The next step. `seen` of a write or a cancel is what the loop has seen when that is done. The answers to other steps are
 * added to what the loop has seen before.
 */
export type Step =
  | { readonly do: 'putSiblings'; readonly rows: readonly Rollout[] }
  | { readonly do: 'write'; readonly change: Change; readonly why: string; readonly seen: Seen }
  | { readonly do: 'writeHead'; readonly head: Head; readonly why: string; readonly seen: Seen }
  | { readonly do: 'readRival'; readonly rolloutId: string; readonly identity: Identity }
  | { readonly do: 'readUpstreams'; readonly channels: readonly string[] }
  | { readonly do: 'lookUpstream'; readonly channel: string; readonly row: Rollout }
  | { readonly do: 'readHolds' }
  | { readonly do: 'send' }
  | { readonly do: 'look'; readonly at: LookAt }
  | { readonly do: 'cancelAtAws'; readonly order: StopOrder; readonly seen: Seen }
  | { readonly do: 'publish' }
  | { readonly do: 'wake'; readonly rollouts: readonly (Identity & { readonly rolloutId: string })[] }
  /** Ends the loop. A follow-up comes after `delay` milliseconds. */
  | { readonly do: 'rest'; readonly delay: number }
  /** Ends the loop. Nothing is left to do, or the sweep takes over. */
  | { readonly do: 'done' };

/** An entry of the head that belongs to another rollout. */
export type Rival = HeadEntry & { readonly rolloutId: string };
