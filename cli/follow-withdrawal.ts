import { setTimeout as sleep } from 'node:timers/promises';
import type { Withdrawal } from '../domain/release/withdrawal.ts';
import { recordWithdrawal } from '../domain/rollout/record-withdrawal.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { findRejected, PATIENCE_MILLISECONDS, POLL_MILLISECONDS } from './follow.ts';
import { clearProgress, progress } from './progress.ts';
import { viewOf } from './read-model.ts';
import type { Stage } from './stage.ts';

/** How what was put on the bus is followed: `json` tells a program, `patience` is how many milliseconds it may lie there. */
export type FollowOptions = { readonly wait: boolean; readonly json: boolean; readonly patience?: number };

/** Follows a withdrawal that was put on the bus, unless nobody wants to `wait`, and prints what it came to. Throws as {@link untilStopped}. */
export async function followWithdrawal(
  stage: StageToLookAt,
  withdrawal: Meant,
  eventId: string,
  { wait, json, patience }: FollowOptions,
): Promise<void> {
  const rows = wait ? await untilStopped(stage, withdrawal, eventId, patience) : [];
  clearProgress();
  if (json) console.log(JSON.stringify({ eventId, rollouts: rows.map(viewOf) }));
  else if (wait) console.log(endsOf(rows).join('\n'));
}

type Meant = Pick<Withdrawal, 'product' | 'version' | 'revision' | 'channels' | 'force'>;
type StageToLookAt = Pick<Stage, 'ledger' | 'queueUrl' | 'sqs' | 'isLocal'>;

/**
 * Waits until the ledger has this withdrawal, or others that cover it, and nothing of it is live; answers the rollouts it
 * met. Throws where it was refused, or where nobody took it up in `patience` milliseconds.
 */
export async function untilStopped(
  stage: StageToLookAt,
  { product, version, revision, channels, force }: Meant,
  eventId: string,
  patience = PATIENCE_MILLISECONDS,
): Promise<Rollout[]> {
  const rejectedQueue = await stage.queueUrl('rejected');
  const deadline = Date.now() + patience;
  const scope = { ...(revision !== undefined && { revision }), ...(channels !== undefined && { channels }) };
  for (;;) {
    const { withdrawals } = await stage.ledger.lookUp(product, version, []);
    // By the service's own rule: it keeps no withdrawal that another covers.
    const isIn = recordWithdrawal(withdrawals.list, { version, ...scope, force, at: 0 }) === 'known';
    const rows = (await stage.ledger.rowsOf(product, version)).filter(
      (row) => row.version === version && (revision ?? row.revision) === row.revision && (channels?.includes(row.channel) ?? true),
    );
    if (isIn && rows.every(isStopped)) return rows;
    const refused = isIn ? undefined : await findRejected(stage, rejectedQueue, eventId);
    if (refused) throw new Error(`refused: ${refused.code} ${refused.path}: ${refused.reason}`);
    if (!isIn && Date.now() > deadline) throw new Error(`nobody took the withdrawal up in ${patience / 1000} s`);
    progress(rows.map((row) => `${row.channel} ${row.state}`).join(' · '));
    await sleep(POLL_MILLISECONDS);
  }
}

/** What a withdrawal came to, a line for each rollout that it met. No withdrawal takes an update back from a device that has it. */
export function endsOf(rows: readonly Rollout[]): string[] {
  return rows.length === 0 ? ['nothing of it was there; what comes of it is refused from now on'] : rows.map(endOf);
}

function endOf({ channel, state, code, counts }: Rollout): string {
  const end = `${channel}: ${state}${code === undefined ? '' : ` (${code})`}`;
  const succeeded = counts?.succeeded ?? 0;
  if (succeeded === 0) return end;
  return `${end}; ${succeeded === 1 ? '1 device had already succeeded and keeps it' : `${succeeded} devices had already succeeded and keep it`}`;
}

/** A withdrawal makes the service search once more for what failed as UNCERTAIN: it may be live. */
function isStopped({ state, code }: Rollout): boolean {
  return state === 'WITHDRAWN' || (state === 'FAILED' && code !== 'UNCERTAIN');
}
