import { compact } from '../../domain/json/compact.ts';
import type { Withdrawal } from '../../domain/release/withdrawal.ts';
import { isCovered } from '../../domain/rollout/record-withdrawal.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { poll } from '../stage/poll.ts';
import { hasStopped } from '../words/withdrawal-words.ts';
import { findRejected, NotProcessed, RejectedEvent, type Watch, type WatchedStage } from './answer.ts';

/** What a withdrawal stops. Without a revision or channels it stops all of them. */
export type Scope = Pick<Withdrawal, 'product' | 'version' | 'revision' | 'channels' | 'force'>;

/** Whether a rollout is in the scope of a withdrawal. */
export function isInScope(row: Rollout, { version, revision, channels }: Scope): boolean {
  return row.version === version && (revision ?? row.revision) === row.revision && (channels?.includes(row.channel) ?? true);
}

/**
 * Waits until the ledger has this withdrawal, or others that cover it, and no rollout in its scope is live. It also ends when the
 * time is over. Answers the rollouts in its scope. `timeout` in milliseconds. Throws RejectedEvent if the withdrawal was rejected, and
 * NotProcessed if the service does not process it within `patience`. Throws as {@link poll} does if AWS cannot be read.
 */
export async function untilStopped(
  stage: WatchedStage,
  scope: Scope,
  eventId: string,
  { patience, timeout = Number.POSITIVE_INFINITY, progress = () => undefined }: Watch & { readonly timeout?: number },
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
