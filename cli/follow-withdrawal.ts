import { setTimeout as sleep } from 'node:timers/promises';
import { compact } from '../domain/json/compact.ts';
import type { Withdrawal } from '../domain/release/withdrawal.ts';
import { isCovered } from '../domain/rollout/record-withdrawal.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { clearProgress, progress } from '../scripts/progress.ts';
import { findRejected, NotProcessed, PATIENCE_MILLISECONDS, POLL_MILLISECONDS } from './follow.ts';
import { viewOf } from './read-model.ts';
import type { Stage } from './stage.ts';

/** How to follow a published event. `patience` is how many milliseconds the service may take to process it. */
export type FollowOptions = { readonly wait: boolean; readonly json: boolean; readonly patience?: number };

/** Follows a published withdrawal if `wait` is set, and prints how it ended. Throws as {@link untilStopped} does. */
export async function followWithdrawal(
  stage: WatchedStage,
  withdrawal: Scope,
  eventId: string,
  { wait, json, patience }: FollowOptions,
): Promise<void> {
  const rows = wait ? await untilStopped(stage, withdrawal, eventId, patience) : [];
  clearProgress();
  if (json) console.log(JSON.stringify({ eventId, rollouts: rows.map(viewOf) }));
  else if (wait) console.log(withdrawalLines(rows).join('\n'));
}

type Scope = Pick<Withdrawal, 'product' | 'version' | 'revision' | 'channels' | 'force'>;
type WatchedStage = Pick<Stage, 'ledger' | 'queueUrl' | 'sqs' | 'isLocal'>;

/**
 * Waits until the ledger has this withdrawal, or others that cover it, and no rollout in its scope is live. Answers the
 * rollouts in its scope. Throws Error if the withdrawal was rejected, and NotProcessed if the service does not process it
 * within `patience` milliseconds.
 */
export async function untilStopped(
  stage: WatchedStage,
  { product, version, revision, channels, force }: Scope,
  eventId: string,
  patience = PATIENCE_MILLISECONDS,
): Promise<Rollout[]> {
  const rejectedQueue = await stage.queueUrl('rejected');
  const deadline = Date.now() + patience;
  const scope = compact({ revision, channels });
  for (;;) {
    const known = await stage.ledger.releaseOf(product, version);
    // The service does not store a withdrawal that another one covers, so its own rule must answer.
    const isStored = isCovered({ version, ...scope, force }, known.withdrawals);
    const rows = known.rows.filter(
      (row) => row.version === version && (revision ?? row.revision) === row.revision && (channels?.includes(row.channel) ?? true),
    );
    if (isStored && rows.every(hasStopped)) return rows;
    const rejected = isStored ? undefined : await findRejected(stage, rejectedQueue, eventId);
    if (rejected) throw new Error(`rejected: ${rejected.code} ${rejected.path}: ${rejected.reason}`);
    if (!isStored && Date.now() > deadline) throw new NotProcessed('withdrawal', patience);
    progress(rows.map((row) => `${row.channel} ${row.state}`).join(' · '));
    await sleep(POLL_MILLISECONDS);
  }
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

/** A rollout that failed as UNCERTAIN may still be live. After a withdrawal, the service searches for it once more. */
function hasStopped({ state, code }: Rollout): boolean {
  return state === 'WITHDRAWN' || (state === 'FAILED' && code !== 'UNCERTAIN');
}
