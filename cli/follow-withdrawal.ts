import { compact } from '../domain/json/compact.ts';
import type { Withdrawal } from '../domain/release/withdrawal.ts';
import { isCovered } from '../domain/rollout/record-withdrawal.ts';
import { isFinal, type Rollout } from '../domain/rollout/rollout.ts';
import { viewOf } from '../operator/reads/read-model.ts';
import { poll } from '../operator/stage/poll.ts';
import { type Stage, unreachable } from '../operator/stage/stage.ts';
import { exit } from '../scripts/command.ts';
import { clearProgress, progress } from '../scripts/progress.ts';
import { stateLine } from './ending.ts';
import { NotedError } from './explain.ts';
import { findRejected, type Limits, NotProcessed } from './follow.ts';
import type { FollowOptions } from './follow-options.ts';
import { noteOn, orStopped, statusCommand } from './goes-on.ts';
import { releaseName } from './publish-and-follow.ts';
import { RejectedEvent } from './rejected-event.ts';

/**
 * Reports a published withdrawal, with its `source` if that may surprise. Follows it if `wait` is set, and prints how it ended. Answers the exit status: 1 if the time was over
 * before every rollout had stopped, or else 0. Throws as {@link untilStopped} does. Unless the withdrawal was rejected, it is a
 * NotedError, which has how to look again.
 */
export async function followWithdrawal(
  stage: Stage,
  withdrawal: Scope,
  eventId: string,
  { wait, json, limits }: FollowOptions,
  source?: string,
): Promise<number> {
  const goesOn = `the withdrawal goes on; look again with ${statusCommand(stage, withdrawal)}`;
  const { rows, timedOut } = await orStopped(goesOn, async () => {
    const from = withdrawal.channels === undefined ? '' : ` from ${withdrawal.channels.join(', ')}`;
    const as = source === undefined ? '' : ` as ${source}`;
    if (!json) console.log(`published the withdrawal of ${releaseName(withdrawal)}${from}${as} (event ${eventId})`);
    return wait ? untilStopped(stage, withdrawal, eventId, limits) : { rows: [], timedOut: undefined };
  }).catch((error: unknown) => {
    clearProgress();
    const shown = unreachable(error, stage.endpoint);
    const { message, rejected } = shown as Partial<RejectedEvent>;
    if (json) console.log(JSON.stringify(compact({ eventId, rejected, error: rejected === undefined ? message : undefined })));
    throw shown instanceof RejectedEvent ? shown : new NotedError(shown, noteOn(shown, goesOn, statusCommand(stage, withdrawal)));
  });
  clearProgress();
  if (json) console.log(JSON.stringify(compact({ eventId, rollouts: rows.map(viewOf), timedOut })));
  else console.log(wait ? withdrawalLines(rows).join('\n') : `look at it with ${statusCommand(stage, withdrawal)}`);
  if (!timedOut) return exit.ok;
  if (!json) console.log(`not stopped within ${(limits.timeout ?? 0) / 60_000} min; ${goesOn}`);
  return exit.failed;
}

/** What a withdrawal stops. Without a revision or channels it stops all of them. */
export type Scope = Pick<Withdrawal, 'product' | 'version' | 'revision' | 'channels' | 'force'>;
type WatchedStage = Pick<Stage, 'ledger' | 'queueUrl' | 'sqs' | 'isLocal'>;

/** Whether a rollout is in the scope of a withdrawal. */
export function isInScope(row: Rollout, { version, revision, channels }: Scope): boolean {
  return row.version === version && (revision ?? row.revision) === row.revision && (channels?.includes(row.channel) ?? true);
}

/**
 * Waits until the ledger has this withdrawal, or others that cover it, and no rollout in its scope is live. It also ends when the
 * time is over. Answers the rollouts in its scope. Throws Error if the withdrawal was rejected, and NotProcessed if the service does not
 * process it within `patience`. Throws as {@link poll} does if AWS cannot be read.
 */
export async function untilStopped(
  stage: WatchedStage,
  scope: Scope,
  eventId: string,
  { patience, timeout = Number.POSITIVE_INFINITY }: Pick<Limits, 'patience' | 'timeout'>,
): Promise<{ readonly rows: Rollout[]; readonly timedOut?: true }> {
  const { product, version, revision, channels, force } = scope;
  const look = async (elapsed: () => number): Promise<{ rows: Rollout[]; timedOut?: true } | undefined> => {
    const known = await stage.ledger.releaseOf(product, version);
    // The service does not store a withdrawal that another one covers, so its own rule must answer.
    const isStored = isCovered(compact({ version, revision, channels, force }), known.withdrawals);
    const rows = known.rows.filter((row) => isInScope(row, scope));
    if (isStored && rows.every(hasStopped)) return { rows };
    const rejected = isStored ? undefined : await findRejected(stage, eventId);
    if (rejected) throw new RejectedEvent(rejected);
    const followedFor = elapsed();
    if (!isStored && followedFor > Math.min(patience, timeout)) throw new NotProcessed('withdrawal', Math.min(patience, timeout));
    if (followedFor > timeout) return { rows, timedOut: true };
    progress(rows.map((row) => `${row.channel} ${row.state}`).join(' · '));
    return undefined;
  };
  return poll(look, { patience, timeout }, progress);
}

/** How a withdrawal ended, with a line for each rollout in its scope. A withdrawal never takes an update back from a device. */
export function withdrawalLines(rows: readonly Rollout[]): string[] {
  return rows.length === 0 ? ['no rollout matched; future releases that match will be rejected'] : rows.map(rolloutLine);
}

function rolloutLine({ channel, state, code, counts }: Rollout): string {
  const end = `${channel}: ${state}${code === undefined ? '' : ` (${code})`}`;
  const succeeded = counts?.succeeded ?? 0;
  if (succeeded === 0) return end;
  return `${end}; ${succeeded === 1 ? '1 device already has the update and keeps it' : `${succeeded} devices already have the update and keep it`}`;
}

/** What a withdrawal will do to each rollout in its scope, one line each, for a person who has not decided yet. */
export function intentLines(rows: readonly Rollout[]): string[] {
  return rows.map((row) => `${stateLine(row)}: ${intentOf(row)}`);
}

function intentOf(row: Rollout): string {
  if (hasStopped(row)) return 'stays as it is';
  if (isFinal(row.state) && row.state !== 'FAILED') return 'has ended, becomes WITHDRAWN';
  return row.state === 'WAITING' ? 'never starts' : 'is stopped';
}

/** A rollout that failed as UNCERTAIN may still be live. After a withdrawal, the service searches for it once more. */
function hasStopped({ state, code }: Rollout): boolean {
  return state === 'WITHDRAWN' || (state === 'FAILED' && code !== 'UNCERTAIN');
}
