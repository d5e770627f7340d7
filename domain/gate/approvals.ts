import { bytesInItem } from '../json/item-bytes.ts';
import type { SkippablePart } from './gate.ts';
import type { Sender } from './sender.ts';

/** An approval that the service accepted. It is bound to one revision of one version and to its content. */
export type Approval = {
  /** With its build metadata. */
  readonly version: string;
  readonly revision: number;
  readonly channels: readonly string[];
  readonly releaseDigest: string;
  readonly by: Sender;
  /** What the sender says about the person. It is shown and never used in a decision. */
  readonly approvedBy?: string;
  readonly comment?: string;
  readonly skip?: readonly SkippablePart[];
  readonly eventId?: string;
  /** Epoch ms. */
  readonly at: number;
};

/** What an approval must be about, so that it counts. */
type Approved = {
  readonly version: string;
  readonly revision: number;
  readonly channel: string;
  readonly releaseDigest: string;
  readonly publishedBy: Sender;
};

/**
 * The approvals that count for a rollout: about its identity and its content, and not from the source that published it. They are
 * in the order in which they were accepted. Several of one source are one approver.
 */
export function countingApprovals(rollout: Approved, approvals: readonly Approval[]): Approval[] {
  return approvals.filter(
    ({ version, revision, channels, releaseDigest, by }) =>
      version === rollout.version &&
      revision === rollout.revision &&
      channels.includes(rollout.channel) &&
      releaseDigest === rollout.releaseDigest &&
      by.source !== rollout.publishedBy.source,
  );
}

/** The evidence is in the row of a rollout and once more in its outbox, and an item of DynamoDB has at most 400 KB. */
const EVIDENCE_BYTES_MAX = 20_000;

/**
 * The approvals that a gate opens with: the first of each approver, as many as are required, and the first that asks for each skipped
 * part. If they take too many bytes for a row, they are without their comments, and then without the names of people, too. The list
 * of approvals in the ledger keeps both.
 */
export function evidenceOf(counting: readonly Approval[], required: number, skipped: readonly SkippablePart[]): readonly Approval[] {
  const first = counting.filter((one, index) => counting.findIndex(({ by }) => by.source === one.by.source) === index);
  const asking = skipped.flatMap((part) => counting.find(({ skip }) => skip?.includes(part)) ?? []);
  const evidence = counting.filter((one) => (first.indexOf(one) >= 0 && first.indexOf(one) < required) || asking.includes(one));
  if (bytesInItem(evidence) <= EVIDENCE_BYTES_MAX) return evidence;
  const withoutComments = evidence.map(({ comment: _tooLong, ...approval }) => approval);
  if (bytesInItem(withoutComments) <= EVIDENCE_BYTES_MAX) return withoutComments;
  return withoutComments.map(({ approvedBy: _tooLong, ...approval }) => approval);
}

/** How many different approvers there are. They differ if their sources differ. */
export function approversOf(approvals: readonly Approval[]): number {
  return new Set(approvals.map(({ by }) => by.source)).size;
}
