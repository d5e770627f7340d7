import { findSteered } from '../domain/channels/steering.ts';
import { compact } from '../domain/json/compact.ts';
import type { Envelope, ReleaseWithdrawal } from '../domain/release/intake.ts';
import type { Rejection } from '../domain/release/rejection.ts';
import type { Withdrawal } from '../domain/release/withdrawal.ts';
import { withdrawalOutcome } from '../domain/rollout/outcome.ts';
import { recordWithdrawal } from '../domain/rollout/record-withdrawal.ts';
import { type RecordedWithdrawal, type Rollout, withdrawalOf } from '../domain/rollout/rollout.ts';
import { advance } from './advance.ts';
import type { Incoming } from './incoming.ts';
import { refuse } from './refuse.ts';
import type { Invocation, Services } from './services.ts';

/** If somebody else writes withdrawals of the same version first, this reads them again, at most this many times. */
const WRITE_TRIES = 5;

/**
 * Records the withdrawal first, so that no new rollout can start. Then it marks every existing rollout in its scope, and then it stops them. So
 * a control plane that does not answer keeps no other rollout from being marked. Throws, so that the record is retried, until each of
 * them is being stopped, is withdrawn or has failed.
 */
export async function withdraw(
  { withdrawal, envelope }: ReleaseWithdrawal,
  incoming: Incoming,
  invocation: Invocation,
  services: Services,
): Promise<'dispatched' | 'rejected'> {
  const product = findSteered(services.channels, withdrawal.product, envelope.source, 'withdraw');
  if (!product.ok) return refuse(incoming, product.rejection, services);
  const recorded = recordedWithdrawalOf(withdrawal, envelope, services.now());
  const rejection = await record(withdrawal, recorded, services);
  if (rejection) return refuse(incoming, rejection, services);
  const rows = await services.ledger.rowsOf(withdrawal.product, withdrawal.version);
  const inScope = rows.filter((one) => withdrawalOf(one, [recorded]));
  if (inScope.length > 1)
    for (const row of inScope.filter((one) => !isMarked(one))) await advance(row, invocation, services, undefined, isMarked);
  const marked: Rollout[] = [];
  for (const row of inScope) {
    const after = (await advance(row, invocation, services)) ?? row;
    if (!isMarked(after)) throw new Error(`${row.rolloutId} is not marked as withdrawn yet; retrying later`);
    marked.push(after);
  }
  await services.bus.publish([withdrawalOutcome(incoming, withdrawal, marked, services.now())]);
  return 'dispatched';
}

/** A rollout that ended without the mark is never looked at again. So it would block its channel for ever. */
function isMarked(row: Rollout): boolean {
  return row.state === 'WITHDRAWING' || row.state === 'WITHDRAWN' || (row.state === 'FAILED' && row.code !== 'UNCERTAIN');
}

function recordedWithdrawalOf(
  { version, revision, channels, force, reasonCode, comment, correlationId }: Withdrawal,
  { account, source, id: eventId }: Envelope,
  now: number,
): RecordedWithdrawal {
  return compact({ version, revision, channels, force, reasonCode, comment, correlationId, account, source, eventId, at: now });
}

/** Adds the withdrawal to those of its version. Returns a rejection if there are too many. Throws if other writes kept winning. */
async function record({ product, version }: Withdrawal, recorded: RecordedWithdrawal, services: Services): Promise<Rejection | undefined> {
  for (let round = 0; round < WRITE_TRIES; round += 1) {
    const withdrawals = await services.ledger.withdrawals(product, version);
    const list = recordWithdrawal(withdrawals.list, recorded);
    if (list === 'known') return undefined;
    if (list === 'tooLarge')
      return {
        code: 'TOO_LARGE',
        path: 'channels',
        message: 'this version has too many withdrawals; withdraw it without channels',
      };
    if (await services.ledger.writeWithdrawals(product, version, { itemRevision: withdrawals.itemRevision, list })) return undefined;
  }
  throw new Error('lost the race against other withdrawals of this version');
}
