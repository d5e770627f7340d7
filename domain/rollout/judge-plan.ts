import { noHolds } from '../gate/holds.ts';
import type { PlannedRollout } from '../request/planned-rollout.ts';
import { type GateFacts, gateOf, type Verdict } from './gate-of.ts';
import { type Outlook, type OutlookFacts, outlookOf } from './outlook-of.ts';
import type { Reason } from './reasons-now.ts';
import type { Rollout, Sender } from './rollout.ts';

/** A rollout that was planned or accepted, with what it waits for. Without `reasons` it waits for nothing, or was not judged. */
export type JudgedRollout = Pick<PlannedRollout, 'rolloutId' | 'channel' | 'operation' | 'input' | 'releaseDigest' | 'gate'> & {
  readonly reasons?: readonly Reason[];
};

/** What the ledger has about a planned rollout. */
export type PlanFacts = Pick<GateFacts, 'upstreams' | 'approvals' | 'holds' | 'now' | 'soakMinute'>;

/** An empty ledger: nothing was published, approved or held before. */
export const emptyLedger: Omit<PlanFacts, 'now' | 'soakMinute'> = { upstreams: {}, approvals: [], holds: noHolds };

/**
 * What a planned rollout would wait for if it were accepted now, by the verdict that the service itself uses. A gate that would never open
 * is a reason, too: its message says how the rollout would end.
 */
export function judgePlanned(planned: PlannedRollout, publishedBy: Sender, facts: PlanFacts): PlannedRollout & JudgedRollout {
  return { ...planned, reasons: reasonsOf(gateOf({ ...facts, looks: {}, rollout: { ...planned, publishedBy } }), planned) };
}

/**
 * The same for a rollout that was accepted before, until something of it may be at AWS. Its row has the request and the gate, which a later
 * channels.yml does not change.
 */
export function judgeAccepted(row: Rollout, facts: OutlookFacts): JudgedRollout {
  const { rolloutId, channel, operation, request: input, releaseDigest, gate } = row;
  const outlook = outlookOf(row, facts);
  return {
    ...{ rolloutId, channel, operation, input, releaseDigest, ...(gate && { gate }) },
    reasons: outlook ? reasonsOf(outlook, row) : [],
  };
}

function reasonsOf(verdict: Verdict | Outlook, { gate }: Pick<PlannedRollout, 'gate'>): readonly Reason[] {
  switch (verdict.kind) {
    case 'open':
      return [];
    case 'wait':
      return verdict.reasons;
    case 'shut': {
      const { channel } = verdict.upstream;
      return [
        { reason: 'THRESHOLD', channel, message: `${verdict.message}, so this gate never opens: the rollout would end with GATE_SHUT` },
      ];
    }
    case 'superseded': {
      const channel = gate?.after?.[0]?.channel;
      const message = `${verdict.by.version} revision ${verdict.by.revision} has taken the channel before, so this rollout would be superseded`;
      return [{ reason: 'THRESHOLD', message, ...(channel !== undefined && { channel }) }];
    }
  }
}
