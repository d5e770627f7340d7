import type { WhenSuperseded } from '../channels/schema.ts';
import type { Approval } from '../gate/approvals.ts';
import type { Gate, SkippablePart, WaitReason } from '../gate/gate.ts';
import type { Sender } from '../gate/sender.ts';
import type { ReleaseContent } from '../release/digest.ts';
import type { Operation } from '../request/control-planes.ts';
import type { Identity } from '../request/identity.ts';
import type { AwsIds, Counts, FailureCode, OutcomeEvent } from './outcome-schema.ts';

export type { Identity, Sender };

export type State =
  | 'WAITING' // accepted and frozen; its gate has not opened, and no create was ever sent
  | 'CLAIMED' // accepted and frozen; no create was ever sent
  | 'CREATING' // a create may have been sent, its object is not confirmed
  | 'CREATED' // AWS confirmed the creation
  | 'SUPERSEDING' // gives way to `supersededBy`: whatever may run on a device is being stopped
  | 'WITHDRAWING' // the same, because the release was withdrawn
  | 'COMPLETED'
  | 'SUPERSEDED'
  | 'WITHDRAWN'
  | 'FAILED';

/**
 * Creates of the current attempt that AWS neither confirmed nor refused, so that each may have taken effect. How many, and
 * when the first and the last were sent (epoch ms).
 */
export type UnansweredCreates = {
  readonly count: number;
  readonly firstSentAt?: number;
  readonly lastSentAt?: number;
  /** A random id of the last intent. It belongs to the loop that wrote it, and only that loop sends the create. */
  readonly intentId?: string;
  /** The same values before the last intent to send: a refusal restores them. */
  readonly beforeLast?: Omit<UnansweredCreates, 'beforeLast'>;
};

export const noUnansweredCreates: UnansweredCreates = { count: 0 };

/** One change of the row. `from` is absent at the claim. `at` in epoch ms. */
export type HistoryEntry = {
  readonly at: number;
  readonly from?: State;
  readonly to: State;
  readonly why: string;
  /** The function and the message that caused it: `follow-ups 5f1c…`. */
  readonly who: string;
};

/**
 * What a product, version and revision stands for, on whatever channel. The ledger keeps it for ever, from the first claim on.
 * `detail` is the accepted release, so that it can be published to further channels.
 */
export type AcceptedRelease = {
  readonly product: string;
  readonly version: string;
  readonly revision: number;
  readonly releaseDigest: string;
  readonly detail: ReleaseContent;
};

/** What the claim fixes for ever. */
export type Frozen = Identity & {
  /** The format of the row and of its request. */
  readonly formatVersion: number;
  readonly rolloutId: string;
  readonly releaseDigest: string;
  /** The control plane that creates it. */
  readonly operation: Operation;
  /** The planned AWS request in wire form. Each attempt sends it with an id of its own. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly requestDigest: string;
  readonly whenSuperseded: WhenSuperseded;
  readonly downgrade: boolean;
  readonly continuous: boolean;
  /** Epoch ms. */
  readonly notAfter?: number;
  /** Epoch ms: the end of the schedule that the release gives. A create after it would update no device. */
  readonly endAt?: number;
  /** What must be true before the rollout is created, if its channel has a gate. */
  readonly gate?: Gate;
  readonly correlationId?: string;
  readonly messageId: string;
  readonly bodySha256: string;
  readonly eventId?: string;
  /** The account and the source of the event. */
  readonly publishedBy: Sender;
  /** Epoch ms of the claim. */
  readonly claimedAt: number;
};

/** What was seen of the channel before this one. Epoch ms. */
export type UpstreamRecord = {
  /** Since when its counts meet the rule. */
  readonly metAt?: number;
  /** When it had met the rule for long enough. From then on its counts are not read if a newer release takes its channel. */
  readonly soakedAt?: number;
  /** The counts at the later of these two instants. */
  readonly counts?: Counts;
};

/** For what a rollout waits, other than AWS. */
export type Waits = {
  /** Each reason, and since when it has been one (epoch ms). */
  readonly since: Readonly<Partial<Record<WaitReason, number>>>;
  /** The reasons that the last outcome named. */
  readonly told: readonly WaitReason[];
  /** The channels before this one, by name. */
  readonly upstreams: Readonly<Record<string, UpstreamRecord>>;
};

/** Why a gate opened. It is written once. Times in epoch ms. */
export type Opened = {
  readonly at: number;
  readonly after: readonly {
    readonly channel: string;
    readonly rolloutId: string;
    readonly counts: Counts;
    readonly metAt: number;
    readonly soakedAt: number;
  }[];
  readonly approvals: readonly Approval[];
  readonly skipped: readonly SkippablePart[];
};

/** The row of a rollout in the ledger. */
export type Rollout = Frozen & {
  readonly state: State;
  readonly code?: FailureCode;
  readonly message?: string;
  readonly errorInfo?: { readonly code?: string; readonly message?: string };
  /** The withdrawal that stops, or stopped, this rollout. A later one that covers it too does not replace it here. */
  readonly withdrawnBy?: RecordedWithdrawal;
  /** The rollout that takes, or took, the place of this one. */
  readonly supersededBy?: { readonly rolloutId: string; readonly version: string; readonly revision: number };
  /** For what the rollout waits, other than AWS. Absent if it waits for nothing else. */
  readonly waits?: Waits;
  /** Why the gate opened. Absent before, and where there is no gate. */
  readonly opened?: Opened;
  /** Epoch ms. Until then the rollout waited for people or for a time, after its gate had opened or without a gate. */
  readonly waitedUntil?: number;
  /** The place in the order of the channel, from the first intent to create on. */
  readonly sequence?: number;
  readonly attempt: number;
  readonly unansweredCreates: UnansweredCreates;
  readonly aws: AwsIds;
  readonly counts?: Counts;
  /** Members of the request that somebody has changed at AWS since the create. Absent if there are none. */
  readonly drift?: readonly string[];
  /** Epoch ms of the last look that found other counts than the look before. */
  readonly countsChangedAt?: number;
  /** Epoch ms since when AWS has answered every create with a refusal that can pass, such as a throttle. */
  readonly throttledSince?: number;
  /** Number of the only follow-up that the row still waits for. Older ones are stale. */
  readonly followUpNumber: number;
  /** How often the rollout was looked at in vain since its state changed or its devices moved. Delays grow with it. */
  readonly restsWithoutNews: number;
  readonly outbox: readonly OutcomeEvent[];
  /** Rows of the other channels of the same message, until each of them is claimed. */
  readonly siblings: readonly Rollout[];
  readonly history: readonly HistoryEntry[];
  /** Epoch ms of the last write. */
  readonly writtenAt: number;
  /** Every write is conditional on the revision that was read, and adds one. */
  readonly itemRevision: number;
  /** Epoch ms from which the sweep wakes the rollout. Absent when nothing is left to do. */
  readonly dueAt?: number;
};

export type HeadEntry = {
  readonly sequence: number;
  readonly version: string;
  readonly revision: number;
  readonly created?: true;
  readonly done?: true;
};

/** The order in which the rollouts of a channel entered it. An index: the row of a rollout is the truth about it. */
export type Head = {
  readonly itemRevision: number;
  readonly lastSequence: number;
  /** The highest sequence of all rollouts that AWS may ever have had. It never falls, although entries leave. 0 if there was none. */
  readonly taken: number;
  readonly entries: Readonly<Record<string, HeadEntry>>;
};

/**
 * A withdrawal as the ledger keeps it for ever, beside the rows of its version. Versions that differ in build metadata
 * share that place. Without `revision` or `channels` it covers all of them.
 */
export type RecordedWithdrawal = Sender & {
  readonly version: string;
  readonly revision?: number;
  readonly channels?: readonly string[];
  readonly force: boolean;
  readonly reasonCode?: string;
  readonly comment?: string;
  readonly correlationId?: string;
  readonly eventId?: string;
  /** Epoch ms. */
  readonly at: number;
};

export const emptyHead: Head = { itemRevision: 0, lastSequence: 0, taken: 0, entries: {} };

/** Whether a rollout in this state still holds its place in the order of its channel. */
export function holdsItsChannel(state: State): boolean {
  return state !== 'WITHDRAWING' && state !== 'WITHDRAWN' && state !== 'FAILED';
}

/** Whether a rollout in this state waits for AWS to create or to stop something. A CREATED one only waits for devices. */
export function isWaitingForAws(state: State): boolean {
  return state === 'CLAIMED' || state === 'CREATING' || state === 'SUPERSEDING' || state === 'WITHDRAWING';
}

export function isFinal(state: State): boolean {
  return state === 'COMPLETED' || state === 'SUPERSEDED' || state === 'WITHDRAWN' || state === 'FAILED';
}

/**
 * Whether AWS refused the last create with a reason that can pass, such as a throttle, and none was sent since. `throttledSince`
 * stays in the row until its state changes.
 */
export function isThrottled({ throttledSince, unansweredCreates }: Pick<Rollout, 'throttledSince' | 'unansweredCreates'>): boolean {
  return throttledSince !== undefined && (unansweredCreates.lastSentAt ?? 0) < throttledSince;
}

/**
 * Since when the rollout has waited, in epoch ms: since the last change of state or attempt, or since a hold or a closed time ended. A
 * write that changes none of these does not move it.
 */
export function waitingSince({ history, claimedAt, waitedUntil }: Pick<Rollout, 'history' | 'claimedAt' | 'waitedUntil'>): number {
  return Math.max(history.at(-1)?.at ?? claimedAt, waitedUntil ?? 0);
}

/** Whether AWS has, or may have had, something of this rollout. Every create that was refused counts as never sent. */
export function mayHaveReachedAws({ aws, attempt, unansweredCreates }: Pick<Rollout, 'aws' | 'attempt' | 'unansweredCreates'>): boolean {
  return unansweredCreates.count > 0 || attempt > 1 || Object.keys(aws).length > 0;
}

/** What a withdrawal covers, and whether it also stops devices that have started. */
export type WithdrawalScope = Pick<RecordedWithdrawal, 'version' | 'revision' | 'channels' | 'force'>;

/** A withdrawal that covers this rollout; one with `force`, if there is one. Build metadata must be equal. */
export function withdrawalOf<W extends WithdrawalScope>(identity: Omit<Identity, 'product'>, withdrawals: readonly W[]): W | undefined {
  const covering = withdrawals.filter(
    (t) =>
      t.version === identity.version &&
      (t.revision === undefined || t.revision === identity.revision) &&
      (t.channels === undefined || t.channels.includes(identity.channel)),
  );
  return covering.find((t) => t.force) ?? covering[0];
}
