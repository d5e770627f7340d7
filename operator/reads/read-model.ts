import type { Gate, WaitReason } from '../../domain/gate/gate.ts';
import type { Hold } from '../../domain/gate/holds.ts';
import { compact } from '../../domain/json/compact.ts';
import { controlPlanes } from '../../domain/request/control-planes.ts';
import { attemptId } from '../../domain/request/identity.ts';
import { approvalInEvent, reasonInEvent } from '../../domain/rollout/outcome.ts';
import type { Counts } from '../../domain/rollout/outcome-schema.ts';
import { isThrottled, type Opened, type RecordedWithdrawal, type Rollout, waitingSince } from '../../domain/rollout/rollout.ts';
import type { Outlook, Steering } from './outlook.ts';

/** Who withdrew something, why, and when (RFC 3339 in UTC). */
type WithdrawnBy = {
  readonly account: string;
  readonly source: string;
  readonly reasonCode?: string;
  readonly comment?: string;
  readonly at: string;
};

/** A rollout as `ota status --json` shows it. */
export type RolloutView = {
  readonly rolloutId: string;
  readonly product: string;
  readonly version: string;
  readonly revision: number;
  readonly channel: string;
  readonly service: string;
  readonly operation: string;
  readonly releaseDigest: string;
  readonly state: string;
  readonly attempt: number;
  readonly code?: string;
  readonly message?: string;
  /** The answer of AWS behind `code`. */
  readonly errorInfo?: { readonly code?: string; readonly message?: string };
  readonly aws: { readonly otaUpdateId?: string; readonly jobId?: string; readonly taskId?: string };
  readonly counts?: Counts;
  /** When a look last found other counts than the look before. */
  readonly countsChangedAt?: string;
  /** Members of the request that somebody has changed at AWS since the create. Absent if there are none. */
  readonly drift?: readonly string[];
  /** When the row was last written. */
  readonly at: string;
  /** When state or attempt last changed. */
  readonly since: string;
  /** Since when AWS has refused every create, with a reason that can pass. Absent while it does not. */
  readonly throttledSince?: string;
  /** What must be true before it is created. Absent if its channel has no gate. */
  readonly gate?: Gate;
  /** Every reason why it is not created yet, other than AWS, sorted. Empty if its gate opens at the next look of the service. */
  readonly waitingFor?: readonly WaitReason[];
  readonly reasons?: readonly ReturnType<typeof reasonInEvent>[];
  /** Why its gate opened. */
  readonly opened?: OpenedView;
  readonly publishedBy: { readonly account: string; readonly source: string; readonly eventId?: string };
  readonly supersededBy?: { readonly rolloutId: string; readonly version: string; readonly revision: number };
  readonly withdrawnBy?: WithdrawnBy;
  readonly history: readonly {
    readonly at: string;
    readonly from: string | null;
    readonly to: string;
    readonly why: string;
  }[];
};

/** The evidence with which a gate opened. Times are RFC 3339 in UTC. */
type OpenedView = {
  readonly at: string;
  readonly after: readonly {
    readonly channel: string;
    readonly rolloutId: string;
    readonly counts: Counts;
    readonly metAt: string;
    readonly soakedAt: string;
  }[];
  readonly approvals: readonly ReturnType<typeof approvalInEvent>[];
  readonly skipped: Opened['skipped'];
};

/** A hold as `ota status --json` shows it. Without `channels` it covers the whole product. */
export type HoldView = {
  readonly product: string;
  readonly holdId: string;
  readonly channels?: readonly string[];
  readonly reason: string;
  readonly from?: string;
  readonly until?: string;
  readonly by: Hold['by'];
  readonly at: string;
};

/** A withdrawal of a release that never came, as `ota status --json` shows it. Without `revision` or `channels` it blocks all of them. */
export type WithdrawalView = WithdrawnBy & {
  readonly product: string;
  readonly version: string;
  readonly revision?: number;
  readonly channels?: readonly string[];
};

/** A rollout with the withdrawal that covers it, if there is one. `outlook` is what it waits for, other than AWS, and `steering` why. */
export type KnownRollout = {
  readonly row: Rollout;
  readonly withdrawal: RecordedWithdrawal | undefined;
  readonly steering?: Steering;
  readonly outlook?: Outlook | undefined;
};

/** The public view of a rollout with its withdrawal, and with what it waits for. */
export function knownView({ row, withdrawal, outlook }: KnownRollout): RolloutView {
  return compact({ ...viewOf(row), ...waitingView(outlook), withdrawnBy: withdrawal && withdrawnBy(withdrawal) });
}

/** What a rollout waits for, as the outcome event has it. Nothing if it does not wait, or no longer. */
export function waitingView(outlook: Outlook | undefined): Pick<RolloutView, 'waitingFor' | 'reasons'> {
  if (outlook?.kind === 'open') return { waitingFor: [], reasons: [] };
  if (outlook?.kind !== 'wait') return {};
  const waitingFor = [...new Set(outlook.reasons.map(({ reason }) => reason))].sort();
  return { waitingFor, reasons: outlook.reasons.map(reasonInEvent) };
}

/** The public view of a row of the ledger. Its members are a contract with programs. Times are RFC 3339 in UTC. */
export function viewOf(row: Rollout): RolloutView {
  const { rolloutId, product, version, revision, channel, operation, releaseDigest, state, attempt, code, message, counts } = row;
  return compact({
    rolloutId,
    product,
    version,
    revision,
    channel,
    service: controlPlanes[operation].service,
    operation,
    releaseDigest,
    state,
    attempt,
    code,
    message,
    errorInfo: row.errorInfo,
    aws: awsIdsOf(row),
    counts,
    countsChangedAt: row.countsChangedAt === undefined ? undefined : instant(row.countsChangedAt),
    at: instant(row.writtenAt),
    since: instant(waitingSince(row)),
    drift: row.drift,
    throttledSince: isThrottled(row) && row.throttledSince !== undefined ? instant(row.throttledSince) : undefined,
    gate: row.gate,
    opened: row.opened && openedView(row.opened),
    publishedBy: compact({ ...row.publishedBy, eventId: row.eventId }),
    supersededBy: row.supersededBy,
    history: row.history.map(({ at, from, to, why }) => ({ at: instant(at), from: from ?? null, to, why })),
  });
}

/** What AWS calls a rollout. An id that the request names is known before AWS has answered. */
function awsIdsOf({ operation, rolloutId, attempt, aws }: Rollout): RolloutView['aws'] {
  const { otaUpdateId, jobId, taskId } = aws;
  const { idMember } = controlPlanes[operation];
  const ofRequest = attempt > 0 && idMember !== 'ClientToken' ? { [idMember]: attemptId(rolloutId, attempt) } : {};
  return compact({ ...ofRequest, ...compact({ otaUpdateId, jobId, taskId }) });
}

/** The public view of a withdrawal of `product`. */
export function withdrawalView(product: string, withdrawal: RecordedWithdrawal): WithdrawalView {
  const { version, revision, channels } = withdrawal;
  return compact({ product, version, revision, channels, ...withdrawnBy(withdrawal) });
}

/** The public view of a hold of `product`. */
export function holdView(product: string, { holdId, channels, reason, from, until, by, at }: Hold): HoldView {
  const bounds = { from: from === undefined ? undefined : instant(from), until: until === undefined ? undefined : instant(until) };
  return compact({ product, holdId, channels, reason, ...bounds, by, at: instant(at) });
}

function openedView({ at, after, approvals, skipped }: Opened): OpenedView {
  return {
    at: instant(at),
    after: after.map(({ metAt, soakedAt, ...upstream }) => ({ ...upstream, metAt: instant(metAt), soakedAt: instant(soakedAt) })),
    approvals: approvals.map(approvalInEvent),
    skipped,
  };
}

function withdrawnBy({ account, source, reasonCode, comment, at }: RecordedWithdrawal): WithdrawnBy {
  return compact({ account, source, reasonCode, comment, at: instant(at) });
}

/** The device states that have devices, in the order of a device's life: `3 queued, 7 succeeded`. */
export function countsLine(counts: Counts | undefined): string {
  return devicesIn(counts)
    .map(([count, name]) => `${count} ${name}`)
    .join(', ');
}

/** As {@link countsLine}, with the number of all devices and the share of each state: `10 devices: 3 queued (30 %), 7 succeeded (70 %)`. */
export function sharesLine(counts: Counts | undefined): string {
  const devices = devicesIn(counts);
  const all = devices.reduce((sum, [count]) => sum + count, 0);
  const shares = devices.map(([count, name]) => `${count} ${name} (${percentage(count, all)} %)`);
  return devices.length === 0 ? '' : `${all} ${all === 1 ? 'device' : 'devices'}: ${shares.join(', ')}`;
}

/** Rounded down, so that 100 % means every device. */
function percentage(count: number, all: number): string {
  const share = Math.floor((100 * count) / all);
  return share === 0 ? '< 1' : String(share);
}

function devicesIn(counts: Counts | undefined): (readonly [count: number, name: string])[] {
  if (!counts) return [];
  const named = [
    [counts.queued, 'queued'],
    [counts.inProgress, 'in progress'],
    [counts.succeeded, 'succeeded'],
    [counts.failed, 'failed'],
    [counts.rejected, 'rejected'],
    [counts.timedOut, 'timed out'],
    [counts.removed, 'removed'],
    [counts.canceled, 'canceled'],
  ] as const;
  return named.filter(([count]) => count > 0);
}

/** A time for people and programs: RFC 3339 in UTC. */
export function instant(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString();
}
