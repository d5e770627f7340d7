import { compact } from '../domain/json/compact.ts';
import { controlPlanes } from '../domain/request/control-planes.ts';
import { attemptId } from '../domain/request/identity.ts';
import type { Counts } from '../domain/rollout/outcome-schema.ts';
import { type Rollout, waitingSince } from '../domain/rollout/rollout.ts';

/** A rollout as `ota status --json` shows it. */
export type RolloutView = {
  readonly rolloutId: string;
  readonly product: string;
  readonly version: string;
  readonly revision: number;
  readonly channel: string;
  readonly service: string;
  readonly state: string;
  readonly attempt: number;
  readonly code?: string;
  readonly message?: string;
  readonly aws: { readonly otaUpdateId?: string; readonly jobId?: string; readonly taskId?: string };
  readonly counts?: Counts;
  /** When the row was last written. */
  readonly at: string;
  /** When state or attempt last changed. */
  readonly since: string;
  readonly history: readonly {
    readonly at: string;
    readonly from: string | null;
    readonly to: string;
    readonly why: string;
  }[];
};

/** The public view of a row of the ledger. Its members are a contract with programs. Times are RFC 3339 in UTC. */
export function viewOf(row: Rollout): RolloutView {
  const { rolloutId, product, version, revision, channel, operation, state, attempt, code, message, counts } = row;
  const { jobId, taskId } = row.aws;
  const otaUpdateId =
    controlPlanes[operation].idMember === 'otaUpdateId' && attempt > 0 ? (row.aws.otaUpdateId ?? attemptId(rolloutId, attempt)) : undefined;
  return compact({
    rolloutId,
    product,
    version,
    revision,
    channel,
    service: controlPlanes[operation].service,
    state,
    attempt,
    code,
    message,
    aws: compact({ otaUpdateId, jobId, taskId }),
    counts,
    at: instant(row.writtenAt),
    since: instant(waitingSince(row)),
    history: row.history.map(({ at, from, to, why }) => ({ at: instant(at), from: from ?? null, to, why })),
  });
}

/** The device states that have devices, in the order of a device's life: `3 queued, 7 succeeded`. */
export function countsLine(counts: Counts | undefined): string {
  if (!counts) return '';
  const named: [number, string][] = [
    [counts.queued, 'queued'],
    [counts.inProgress, 'in progress'],
    [counts.succeeded, 'succeeded'],
    [counts.failed, 'failed'],
    [counts.rejected, 'rejected'],
    [counts.timedOut, 'timed out'],
    [counts.removed, 'removed'],
    [counts.canceled, 'canceled'],
  ];
  return named
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${count} ${name}`)
    .join(', ');
}

function instant(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString();
}
