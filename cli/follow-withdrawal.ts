import { setTimeout as sleep } from 'node:timers/promises';
import { remember } from '../domain/rollout/remember.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { findRejected, PATIENCE_MILLISECONDS, POLL_MILLISECONDS } from './follow.ts';
import { progress } from './progress.ts';
import type { Stage } from './stage.ts';

/** What of a release is withdrawn: without a member, all that it could name. */
type Scope = { readonly revision?: number | undefined; readonly channels?: readonly string[] | undefined };

/** A withdrawal that was put on the bus. */
type Withdrawn = {
  readonly product: string;
  readonly version: string;
  readonly scope: Scope;
  readonly force: boolean;
  readonly eventId: string;
};

/**
 * Waits until the ledger has this withdrawal, or others that cover it, and nothing of it is live; answers the rollouts it
 * met. Throws where it was refused, or where nobody took it up in `patience` milliseconds.
 */
export async function untilStopped(
  stage: Pick<Stage, 'ledger' | 'queueUrl' | 'sqs' | 'isLocal'>,
  { product, version, scope: { revision, channels }, force, eventId }: Withdrawn,
  patience = PATIENCE_MILLISECONDS,
): Promise<Rollout[]> {
  const rejectedQueue = await stage.queueUrl('rejected');
  const deadline = Date.now() + patience;
  const scope = { ...(revision !== undefined && { revision }), ...(channels !== undefined && { channels }) };
  for (;;) {
    const { tombstones } = await stage.ledger.lookUp(product, version, []);
    // By the service's own rule: it keeps no withdrawal that another covers.
    const isIn = remember(tombstones.list, { version, ...scope, force, at: 0 }) === 'known';
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
