import { selfApproval } from '../channels/steering.ts';
import { type Approval, approversOf, countingApprovals } from '../gate/approvals.ts';
import type { Gate } from '../gate/gate.ts';
import { isSameApproval } from '../gate/record-approval.ts';
import type { ReleaseApproval } from '../release/approval.ts';
import { accept, type Rejection, type Result, reject } from '../release/rejection.ts';
import type { Accepted } from './ports.ts';
import { isFinal, type Rollout } from './rollout.ts';

/** What an approval meets. `rows` are the rollouts that it is about, on whatever channel. */
export type Approvable = {
  readonly rows: readonly Rollout[];
  readonly accepted: Accepted | undefined;
  /** By channel: the gate of channels.yml. It counts where a channel has no rollout of the release. */
  readonly gates: Readonly<Record<string, Gate | undefined>>;
};

/** Why a source may not approve these rollouts: it has published one of them, although the product lists it in approvers today. */
export function rejectPublisher(rows: readonly Rollout[], source: string): Rejection | undefined {
  const own = rows.find(({ publishedBy }) => publishedBy.source === source);
  return own && reject('SELF_APPROVAL', 'source', selfApproval, own.channel).rejection;
}

/**
 * The digest that an approval is bound to, or why it cannot be. In this order: SKIP_NOT_ALLOWED if a channel does not permit what it
 * skips, UNKNOWN_RELEASE if it names no digest and a channel has no rollout, APPROVAL_MISMATCH if the release has another digest.
 */
export function bindApproval(approval: ReleaseApproval, { rows, accepted, gates }: Approvable): Result<string> {
  const { channels, skip = [], releaseDigest } = approval;
  const rowOf = (channel: string) => rows.find((row) => row.channel === channel);
  for (const [index, part] of skip.entries()) {
    for (const channel of channels) {
      const row = rowOf(channel);
      const permitted = (row ? row.gate : gates[channel])?.approval?.skip ?? [];
      if (permitted.includes(part)) continue;
      const instead = permitted.length === 0 ? 'it permits nothing' : `it permits ${permitted.join(', ')}`;
      const message = `${channel} does not permit an approval to skip ${part}: ${instead}`;
      return reject('SKIP_NOT_ALLOWED', `skip[${index}]`, message, channel);
    }
  }
  const unknown = channels.find((channel) => !rowOf(channel));
  if (releaseDigest === undefined && unknown !== undefined) {
    const message = `${unknown} has no rollout of this revision yet: publish it first, or add releaseDigest, which ota plan prints`;
    return reject('UNKNOWN_RELEASE', 'releaseDigest', message, unknown);
  }
  const known = accepted?.releaseDigest ?? rows[0]?.releaseDigest;
  if (releaseDigest !== undefined && known !== undefined && releaseDigest !== known) {
    const message =
      'the release was accepted with another digest: look at its content, and approve the digest that ota status --json prints';
    return reject('APPROVAL_MISMATCH', 'releaseDigest', message);
  }
  return accept(releaseDigest ?? String(known));
}

/** What an approval means for one rollout. */
export type ApprovalAnswer = {
  readonly channel: string;
  readonly revision: number;
  readonly rolloutId?: string;
  readonly state?: string;
  readonly counted: boolean;
  readonly why: string;
};

/**
 * What an approval that was recorded means on each of its channels. It counts if the list of approvals or the evidence has one of this
 * approver. It does not count where no approval is asked for. It does not count if the rollout has ended, unless this very event is in its
 * evidence.
 */
export function answersTo(approval: Approval, list: readonly Approval[], { rows, gates }: Omit<Approvable, 'accepted'>): ApprovalAnswer[] {
  return approval.channels.map((channel) => {
    const row = rows.find((one) => one.channel === channel);
    const { revision } = approval;
    return row
      ? { channel, revision, rolloutId: row.rolloutId, state: row.state, ...meaningOf(approval, list, row) }
      : { channel, revision, ...meaningAhead(channel, gates[channel]) };
  });
}

type Meaning = Pick<ApprovalAnswer, 'counted' | 'why'>;

function meaningAhead(channel: string, gate: Gate | undefined): Meaning {
  return gate?.approval
    ? { counted: true, why: `it is kept until this content is published to ${channel}` }
    : { counted: false, why: `${channel} asks for no approval` };
}

function meaningOf(approval: Approval, list: readonly Approval[], row: Rollout): Meaning {
  const evidence = row.opened?.approvals ?? [];
  const hasEnded = isFinal(row.state) || row.state === 'WITHDRAWING' || row.state === 'SUPERSEDING';
  if (hasEnded) {
    return evidence.some((one) => isSameApproval(one, approval))
      ? { counted: true, why: `the gate opened with it; since then the rollout is ${endingOf(row)}` }
      : { counted: false, why: `the rollout is ${endingOf(row)}` };
  }
  if (!row.gate?.approval) return { counted: false, why: `${row.channel} asks for no approval` };
  const counting = countingApprovals(row, list);
  const isOwn = ({ by }: Approval) => by.source === approval.by.source;
  if (!row.opened) {
    const { required } = row.gate.approval;
    return { counted: counting.some(isOwn), why: `${approversOf(counting)} of ${required} approvals` };
  }
  if (evidence.some(isOwn)) return { counted: true, why: 'the gate has opened with an approval of this source' };
  return { counted: counting.some(isOwn), why: 'it is kept, but the gate had opened before' };
}

function endingOf({ state, code, supersededBy }: Rollout): string {
  if (state === 'SUPERSEDED' || state === 'SUPERSEDING') return `${state} by ${supersededBy?.version ?? 'another release'}`;
  return code === undefined ? state : `${state} (${code})`;
}
