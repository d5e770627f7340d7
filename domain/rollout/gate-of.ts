import { type Approval, approversOf, countingApprovals, evidenceOf } from '../gate/approvals.ts';
import type { Gate, SkippablePart, UpstreamRule } from '../gate/gate.ts';
import type { Holds } from '../gate/holds.ts';
import { noDevices } from './counts.ts';
import type { UpstreamLook } from './observation.ts';
import type { Counts } from './outcome-schema.ts';
import { type Reason, reasonsNow } from './reasons-now.ts';
import {
  type Head,
  holdsItsChannel,
  type Identity,
  mayHaveReachedAws,
  type Opened,
  type Rollout,
  type Sender,
  type UpstreamRecord,
} from './rollout.ts';
import { inWords, isMet } from './thresholds.ts';

/** What the ledger has about the same release on the channel before. */
export type Upstream = {
  readonly row: Rollout | undefined;
  readonly head: Head;
  /** The rollouts in the head that entered it after `row`, the last first. At most ten. */
  readonly newer: readonly Rollout[];
};

/** What a gate looks at. */
export type GateFacts = {
  /** The rollout that waits, or one that is only planned. */
  readonly rollout: Identity & {
    readonly releaseDigest: string;
    readonly publishedBy: Sender;
    readonly gate?: Gate;
    readonly waits?: Rollout['waits'];
  };
  /** By channel. A channel that is missing here has no rollout of the release. */
  readonly upstreams: Readonly<Record<string, Upstream>>;
  /** Looks at AWS that were made just now, by channel. */
  readonly looks: Readonly<Record<string, UpstreamLook>>;
  readonly approvals: readonly Approval[];
  readonly holds: Holds;
  /** Epoch ms. */
  readonly now: number;
  /** The milliseconds of a minute of `soakMinutes`. A local run shortens them. */
  readonly soakMinute: number;
};

/** What became of a rollout on the channel before, as events report it. */
export type ShutBy = { readonly rolloutId: string; readonly channel: string; readonly state: string; readonly counts: Counts };

export type Verdict =
  | { readonly kind: 'open'; readonly opened: Opened; readonly upstreams: Readonly<Record<string, UpstreamRecord>> }
  | {
      readonly kind: 'wait';
      /** At least one. */
      readonly reasons: readonly Reason[];
      readonly upstreams: Readonly<Record<string, UpstreamRecord>>;
      /** The channel before whose devices must be looked at now, to learn whether it is still healthy. */
      readonly look?: string;
      /** Epoch ms: the next instant at which time alone can change the verdict. */
      readonly lookAt?: number;
    }
  | { readonly kind: 'shut'; readonly message: string; readonly upstream: ShutBy }
  | { readonly kind: 'superseded'; readonly by: { readonly rolloutId: string; readonly version: string; readonly revision: number } };

/**
 * THE verdict on a gate: open with the whole evidence, wait with every reason, or shut for good. The loop, `status`, `plan` and dry
 * runs all use it, so they cannot disagree. It depends on nothing but its argument. Of a rollout without a gate it judges only the holds.
 */
export function gateOf(facts: GateFacts): Verdict {
  const { rollout, approvals, now } = facts;
  const { gate } = rollout;
  const counting = gate?.approval ? countingApprovals(rollout, approvals) : [];
  const skipped = skippedBy(gate, counting);
  const judged = skipped.includes('after') ? [] : (gate?.after ?? []).map((rule) => judgeUpstream(rule, skipped, facts));
  for (const { ended } of judged) if (ended?.kind === 'shut') return ended;
  for (const { ended } of judged) if (ended) return ended;
  const upstreams = Object.fromEntries(judged.flatMap(({ channel, record }) => (record ? [[channel, record]] : [])));
  const reasons = [
    ...judged.flatMap(({ reason }) => reason ?? []),
    ...approvalReason(gate, counting),
    ...reasonsNow(rollout, facts, skipped),
  ];
  if (reasons.length > 0) {
    const look = judged.find(({ wantsLook }) => wantsLook)?.channel;
    const instants = reasons.flatMap(({ until }) => until ?? []);
    return {
      kind: 'wait',
      reasons,
      upstreams,
      ...(look !== undefined && { look }),
      ...(instants.length > 0 && { lookAt: Math.min(...instants) }),
    };
  }
  const after = judged.flatMap(({ evidence }) => evidence ?? []);
  const evidence = evidenceOf(counting, gate?.approval?.required ?? 0, skipped);
  return { kind: 'open', upstreams, opened: { at: now, after, approvals: evidence, skipped } };
}

/** Whether the channels before an opened gate have gone bad since. `undefined` if they have not, or if an approval skipped them. */
export function judgeAgain(
  facts: GateFacts,
  opened: Opened,
):
  | { readonly kind: 'shut'; readonly message: string; readonly upstream: ShutBy }
  | { readonly kind: 'wait'; readonly reason: Reason }
  | undefined {
  if (opened.skipped.includes('after')) return undefined;
  for (const rule of facts.rollout.gate?.after ?? []) {
    const upstream = ofChannel(facts.upstreams, rule.channel);
    const row = upstream?.row;
    if (!row) continue;
    if (hasFailed(row))
      return shut(rule.channel, row, `${rule.channel} has ${row.state}${row.code ? ` ${row.code}` : ''} since the gate opened`);
    if (isTaken(row, upstream.head, upstream.newer) === 'yes') continue;
    if (isMet(rule, row.counts)) continue;
    const message = `${inWords(rule, row.counts)} since the gate opened`;
    return row.state === 'COMPLETED'
      ? shut(rule.channel, row, message)
      : { kind: 'wait', reason: { reason: 'THRESHOLD', message, channel: rule.channel } };
  }
  return undefined;
}

type Judged = {
  readonly channel: string;
  readonly ended?: Extract<Verdict, { kind: 'shut' | 'superseded' }>;
  readonly reason?: Reason;
  readonly record?: UpstreamRecord;
  readonly wantsLook?: true;
  readonly evidence?: Opened['after'][number];
};

/** The parts that an approval skips, if the gate permits it. */
function skippedBy(gate: Gate | undefined, counting: readonly Approval[]): SkippablePart[] {
  const wanted = new Set(counting.flatMap(({ skip }) => skip ?? []));
  return (gate?.approval?.skip ?? []).filter((part) => wanted.has(part));
}

function judgeUpstream(rule: UpstreamRule, skipped: readonly SkippablePart[], facts: GateFacts): Judged {
  const { channel } = rule;
  const { rollout, now } = facts;
  const upstream = ofChannel(facts.upstreams, channel);
  const row = upstream?.row;
  if (!row || row.releaseDigest !== rollout.releaseDigest) {
    return { channel, reason: { reason: 'UPSTREAM_MISSING', channel, message: `${rollout.version} was not published to ${channel}` } };
  }
  if (hasFailed(row)) return { channel, ended: shut(channel, row, `${channel} is ${row.state}${row.code ? ` (${row.code})` : ''}`) };
  if (row.state === 'WAITING' || row.state === 'CLAIMED' || row.state === 'CREATING') {
    return { channel, reason: { reason: 'UPSTREAM_PENDING', channel, message: `${channel} is not created yet` } };
  }
  const known = ofChannel(rollout.waits?.upstreams ?? {}, channel) ?? {};
  const taken = isTaken(row, upstream.head, upstream.newer);
  if (taken === 'yes')
    return known.soakedAt === undefined ? { channel, ended: brokenBy(channel, row, upstream.newer) } : met(rule, row, known);
  if (!isMet(rule, row.counts)) {
    if (row.state === 'COMPLETED') return { channel, ended: shut(channel, row, inWords(rule, row.counts)) };
    return { channel, record: {}, reason: { reason: 'THRESHOLD', channel, message: inWords(rule, row.counts) } };
  }
  if (known.soakedAt !== undefined) return met(rule, row, known);
  const metAt = known.metAt ?? completedAt(row) ?? now;
  const soak = skipped.includes('soakMinutes') ? 0 : rule.soakMinutes * facts.soakMinute;
  const record: UpstreamRecord = known.metAt === undefined ? { metAt, counts: row.counts ?? noDevices } : known;
  if (taken === 'perhaps') {
    return {
      channel,
      record,
      reason: { reason: 'SOAKING', channel, message: `a newer release is about to be created on ${channel}` },
    };
  }
  if (metAt + soak > now) {
    return {
      channel,
      record,
      reason: { reason: 'SOAKING', channel, until: metAt + soak, message: `soaking: ${inWords(rule, row.counts)}` },
    };
  }
  if (row.state === 'COMPLETED') return met(rule, row, { metAt, soakedAt: now, counts: row.counts ?? noDevices });
  const look = ofChannel(facts.looks, channel);
  if (!look) {
    return {
      channel,
      record,
      wantsLook: true,
      reason: { reason: 'SOAKING', channel, message: `${inWords(rule, row.counts)}; the devices are looked at once more` },
    };
  }
  if (look.kind === 'unread') {
    return { channel, record, reason: { reason: 'SOAKING', channel, message: `AWS did not answer how the devices of ${channel} are` } };
  }
  if (look.kind !== 'exists' || (look.job !== 'live' && look.job !== 'completed')) {
    return {
      channel,
      record,
      reason: { reason: 'SOAKING', channel, message: `the update on ${channel} is no longer live, which its rollout has yet to record` },
    };
  }
  const counts = look.counts ?? row.counts;
  if (!isMet(rule, counts)) return { channel, record: {}, reason: { reason: 'THRESHOLD', channel, message: inWords(rule, counts) } };
  return met(rule, row, { metAt, soakedAt: now, counts: counts ?? noDevices });
}

/** A channel may be named constructor, which every object has. */
function ofChannel<T>(byChannel: Readonly<Record<string, T>>, channel: string): T | undefined {
  return Object.hasOwn(byChannel, channel) ? byChannel[channel] : undefined;
}

function met({ channel }: UpstreamRule, row: Rollout, record: UpstreamRecord): Judged {
  const { metAt = 0, soakedAt = 0, counts = noDevices } = record;
  return { channel, record, evidence: { channel, rolloutId: row.rolloutId, counts, metAt, soakedAt } };
}

/** A rollout that has failed or was withdrawn never becomes healthy again. */
function hasFailed({ state }: Rollout): boolean {
  return state === 'FAILED' || state === 'WITHDRAWING' || state === 'WITHDRAWN';
}

/**
 * Whether a newer rollout has had the channel, so that devices may run something else. `perhaps`: AWS has not answered the first create
 * of one yet, or its row was not read. One of which nothing was sent makes no difference: a hold may keep it for ever.
 */
function isTaken(row: Rollout, head: Head, newer: readonly Rollout[]): 'yes' | 'perhaps' | 'no' {
  if (row.state === 'SUPERSEDING' || row.state === 'SUPERSEDED') return 'yes';
  const own = row.sequence ?? head.entries[row.rolloutId]?.sequence ?? 0;
  const later = Object.entries(head.entries).filter(([, { sequence }]) => sequence > own);
  if (head.taken > own || later.some(([, { created, done }]) => created || done) || newer.some(hasReachedAws)) return 'yes';
  const isUnread = later.some(([rolloutId]) => !newer.some((one) => one.rolloutId === rolloutId));
  return isUnread || newer.some(mayHaveReachedAws) ? 'perhaps' : 'no';
}

/** Whether AWS has, or had, something of a newer rollout. AWS may still refuse a first create, and then nobody gave way to anything. */
function hasReachedAws(newer: Rollout): boolean {
  return mayHaveReachedAws(newer) && !(newer.state === 'CREATING' && newer.attempt <= 1);
}

/** The newer rollout takes the place of the waiting one, too, if it still counts. Otherwise nothing was proved, and nothing will be. */
function brokenBy(channel: string, row: Rollout, newer: readonly Rollout[]): Extract<Verdict, { kind: 'shut' | 'superseded' }> {
  const winner = newer.find((one) => holdsItsChannel(one.state) && hasReachedAws(one));
  if (winner) {
    const { rolloutId, version, revision } = winner;
    return { kind: 'superseded', by: { rolloutId, version, revision } };
  }
  const by = row.supersededBy ? `${row.supersededBy.version} revision ${row.supersededBy.revision}` : 'a newer release';
  return shut(channel, row, `${by} came to ${channel} before the soak had ended`);
}

function shut(channel: string, { rolloutId, state, counts }: Rollout, message: string): Extract<Verdict, { kind: 'shut' }> {
  return { kind: 'shut', message, upstream: { rolloutId, channel, state, counts: counts ?? noDevices } };
}

/** When every device had ended: what happened before somebody asked for the next channel counts, too. */
function completedAt({ history }: Rollout): number | undefined {
  return history.findLast(({ to }) => to === 'COMPLETED')?.at;
}

function approvalReason(gate: Gate | undefined, counting: readonly Approval[]): Reason[] {
  const required = gate?.approval?.required ?? 0;
  const given = approversOf(counting);
  return given < required ? [{ reason: 'APPROVAL', message: `${given} of ${required} approvals` }] : [];
}
