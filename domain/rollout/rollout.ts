import type { WhenSuperseded } from '../channels/schema.ts';
import type { Operation } from '../request/control-planes.ts';
import type { Identity } from '../request/identity.ts';
import type { OutcomeEvent } from './outcome-schema.ts';

export type { Identity };

export type State =
  | 'CLAIMED' // accepted and frozen; no create was ever sent
  | 'CREATING' // a create may have been sent, its object is not confirmed
  | 'CREATED' // AWS confirmed the creation
  | 'SUPERSEDING' // gives way to `by`; whatever is or may come alive is being stopped
  | 'WITHDRAWING' // the same, because withdrawn
  | 'COMPLETED'
  | 'SUPERSEDED'
  | 'WITHDRAWN'
  | 'FAILED';

export type FailureCode =
  | 'AWS_REFUSED'
  | 'NOT_ADOPTABLE'
  | 'CREATE_FAILED'
  | 'ABORTED'
  | 'CANCELED_OUTSIDE'
  | 'GONE'
  | 'EXPIRED'
  | 'UNCERTAIN';

/** Devices by the state of their job execution. */
export type Counts = {
  readonly queued: number;
  readonly inProgress: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly rejected: number;
  readonly timedOut: number;
  readonly removed: number;
  readonly canceled: number;
};

/** What AWS calls the things behind a rollout. */
export type AwsIds = {
  readonly otaUpdateId?: string;
  readonly otaUpdateArn?: string;
  readonly jobId?: string;
  readonly jobArn?: string;
  readonly taskId?: string;
  readonly taskArn?: string;
};

/** Creates of the current attempt that may have taken effect: how many, and when the first and the last were sent (epoch ms). */
export type UnansweredCreates = {
  readonly count: number;
  readonly firstSentAt?: number;
  readonly lastSentAt?: number;
  /** The same before the last intent to send, to undo it after a refusal. */
  readonly beforeLast?: Omit<UnansweredCreates, 'beforeLast'>;
};

export const noUnansweredCreates: UnansweredCreates = { count: 0 };

/** One line of who did what when. `from` is absent at the claim. */
export type HistoryEntry = {
  readonly at: number;
  readonly from?: State;
  readonly to: State;
  readonly why: string;
  /** The function and the message that made it: `follow-ups 5f1c…`. */
  readonly who: string;
};

/** What was frozen at the claim and never changes. */
export type Frozen = Identity & {
  readonly rolloutId: string;
  readonly releaseDigest: string;
  /** Which control plane creates it. */
  readonly operation: Operation;
  /** The AWS request in wire form, as planned; each attempt puts its own id into it. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly requestDigest: string;
  readonly whenSuperseded: WhenSuperseded;
  readonly downgrade: boolean;
  readonly continuous: boolean;
  /** Epoch ms. */
  readonly notAfter?: number;
  readonly correlationId?: string;
  readonly messageId: string;
  readonly bodySha256: string;
  readonly eventId?: string;
  /** Epoch ms of the claim. */
  readonly claimedAt: number;
};

/** A rollout's row in the ledger. */
export type Rollout = Frozen & {
  readonly state: State;
  readonly code?: FailureCode;
  readonly message?: string;
  readonly errorInfo?: { readonly code?: string; readonly message?: string };
  /** The rollout that superseded this one. */
  readonly supersededBy?: { readonly rolloutId: string; readonly version: string; readonly revision: number };
  readonly attempt: number;
  readonly unansweredCreates: UnansweredCreates;
  readonly aws: AwsIds;
  readonly counts?: Counts;
  /** Number of the one follow-up that is still awaited; older ones are stale. */
  readonly followUpNumber: number;
  /** Rests without news since the last change of state. */
  readonly restsWithoutNews: number;
  readonly outbox: readonly OutcomeEvent[];
  /** Frozen rows of the message's other channels, until they are claimed. */
  readonly siblings: readonly Rollout[];
  readonly history: readonly HistoryEntry[];
  /** Epoch ms of the last write. */
  readonly writtenAt: number;
  /** Revision of the item: every write is conditional on the one that was read. */
  readonly itemRevision: number;
  /** Epoch ms when the sweep shall look; absent when nothing is left to do. */
  readonly dueAt?: number;
};

export type HeadEntry = {
  readonly sequence: number;
  readonly version: string;
  readonly revision: number;
  readonly created?: true;
  readonly done?: true;
};

/** The order of a channel: an index over its rollouts' rows, never the truth about one. */
export type Head = {
  readonly itemRevision: number;
  readonly lastSequence: number;
  readonly entries: Readonly<Record<string, HeadEntry>>;
};

/** A withdrawal as kept for ever beside the rows of its version (those of other build metadata lie there too). Without `revision`, `channels`: all of them. */
export type RecordedWithdrawal = {
  readonly version: string;
  readonly revision?: number;
  readonly channels?: readonly string[];
  readonly force: boolean;
  readonly reasonCode?: string;
  readonly comment?: string;
  readonly correlationId?: string;
  /** Epoch ms. */
  readonly at: number;
};

export const emptyHead: Head = { itemRevision: 0, lastSequence: 0, entries: {} };

/** Whether a rollout in this state takes part in the order of its channel. */
export function holdsItsChannel(state: State): boolean {
  return state !== 'WITHDRAWING' && state !== 'WITHDRAWN' && state !== 'FAILED';
}

export function isFinal(state: State): boolean {
  return state === 'COMPLETED' || state === 'SUPERSEDED' || state === 'WITHDRAWN' || state === 'FAILED';
}

/** The withdrawal that covers a rollout of this very version, the forceful one first. */
export function withdrawalOf(
  identity: Omit<Identity, 'product'>,
  withdrawals: readonly RecordedWithdrawal[],
): RecordedWithdrawal | undefined {
  const covering = withdrawals.filter(
    (t) =>
      t.version === identity.version &&
      (t.revision === undefined || t.revision === identity.revision) &&
      (t.channels === undefined || t.channels.includes(identity.channel)),
  );
  return covering.find((t) => t.force) ?? covering[0];
}
