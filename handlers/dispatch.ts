import type { Rejection } from '../domain/release/rejection.ts';
import type { PlannedRollout } from '../domain/request/planned-rollout.ts';
import { claimedRow, conflictWith, type Origin } from '../domain/rollout/claim.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { advance, idsOf, wake } from './advance.ts';
import type { Invocation, Services } from './services.ts';

/** Thrown under the lock, so that a rejection never completes it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly rejection: Rejection;
  constructor(rejection: Rejection) {
    super(rejection.code);
    this.rejection = rejection;
  }
}

/**
 * Claims the rollouts of one message and takes each its first steps. The first row carries the others, so that
 * whoever finds it can claim them; a row that another message put first carries its own. Throws `Refused` when
 * another content was faster, and whatever happened before every channel had a row; what fails later is left to a
 * wake.
 */
export async function dispatch(
  planned: readonly PlannedRollout[],
  origin: Origin,
  invocation: Invocation,
  services: Services,
): Promise<void> {
  const rows = planned.map((rollout) => claimedRow(rollout, origin, services.now(), services.timing));
  const [first, ...others] = rows;
  if (!first) throw new Error('nothing to dispatch');
  const put = await services.ledger.claim({ ...first, siblings: others });
  if (put.claimed) services.telemetry.accepted(first, invocation.who);
  else {
    const conflict = conflictWith(put.existing, { version: first.version, digest: first.releaseDigest });
    if (conflict) throw new Refused(conflict);
  }
  const after = await advanceOrWake(first, invocation, services);
  if (others.length > 0 && (!put.claimed || !after || after.siblings.length > 0)) await requireRows(first, others, services);
  for (const other of others) await advanceOrWake(other, invocation, services);
}

async function advanceOrWake(row: Rollout, invocation: Invocation, services: Services): Promise<Rollout | undefined> {
  try {
    return await advance(row, invocation, services);
  } catch (error) {
    services.telemetry.problem('a claimed rollout could not be advanced; it is woken', error, idsOf(row));
    await wake([row], services);
    return undefined;
  }
}

async function requireRows(first: Rollout, others: readonly Rollout[], services: Services): Promise<void> {
  const { rows } = await services.ledger.lookUp(first.product, first.version, others);
  const missing = others.filter((other) => !rows.some((row) => row.channel === other.channel));
  if (missing.length > 0) throw new Error(`channels without a row yet: ${missing.map((row) => row.channel).join(', ')}`);
}
