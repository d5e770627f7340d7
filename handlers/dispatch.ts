import type { Rejection } from '../domain/release/rejection.ts';
import type { PlannedRollout } from '../domain/request/planned-rollout.ts';
import { claimedRow, conflictWith, type Origin } from '../domain/rollout/claim.ts';
import type { AcceptedRelease, Rollout } from '../domain/rollout/rollout.ts';
import { advance, idsOf } from './advance.ts';
import type { Invocation, Services } from './services.ts';
import { wake } from './wake.ts';

/** A rejection that is found under the lock. It is thrown, so that the lock is released and not completed. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly rejection: Rejection;
  constructor(rejection: Rejection) {
    super(rejection.code);
    this.rejection = rejection;
  }
}

/**
 * Claims the rollouts of one message and takes the first steps of each. The first row holds the others as siblings, so that
 * anybody who loads it can claim them. A row that another message put first holds the siblings of that message. Throws
 * `Refused` if a release with different content was faster, on whatever channel. Throws any error that happens before every
 * channel has a row. After that, a follow-up continues what fails.
 */
export async function dispatch(
  release: AcceptedRelease,
  planned: readonly PlannedRollout[],
  origin: Origin,
  invocation: Invocation,
  services: Services,
): Promise<void> {
  const rows = planned.map((rollout) => claimedRow(rollout, origin, services.now(), services.timing));
  const [first, ...others] = rows;
  if (!first) throw new Error('dispatch needs at least one planned rollout');
  const put = await services.ledger.accept({ ...first, siblings: others }, release);
  if (put.claimed) services.telemetry.accepted(first, invocation.who);
  else {
    const conflict = conflictWith(put.accepted, release);
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
    services.telemetry.problem('could not advance a claimed rollout; a follow-up continues', error, idsOf(row));
    await wake([row], invocation, services);
    return undefined;
  }
}

async function requireRows(first: Rollout, others: readonly Rollout[], services: Services): Promise<void> {
  const { rows } = await services.ledger.lookUp({ ...first, channels: others.map(({ channel }) => channel) });
  const missing = others.filter((other) => !rows.some((row) => row.channel === other.channel));
  if (missing.length > 0) throw new Error(`these channels have no row yet: ${missing.map((row) => row.channel).join(', ')}`);
}
