import type { Envelope } from '../domain/release/intake.ts';
import type { Rejection } from '../domain/release/rejection.ts';
import type { Withdrawal } from '../domain/release/withdrawal.ts';
import { type MessageFacts, withdrawalOutcome } from '../domain/rollout/outcome.ts';
import { recordWithdrawal } from '../domain/rollout/remember.ts';
import { type RecordedWithdrawal, type Rollout, withdrawalOf } from '../domain/rollout/rollout.ts';
import { advance } from './advance.ts';
import type { Invocation, Services } from './ports.ts';
import { refuse } from './refuse.ts';

/** Two withdrawals of one version at the same instant: the loser reads again. */
const WRITE_TRIES = 5;

/**
 * Withdraws: the recorded first, so that nothing new can come alive; then every rollout that is there is told.
 * Acknowledged when each of them is being stopped, is withdrawn or has failed; until then it throws and is retried.
 */
export async function withdraw(
  body: string,
  message: MessageFacts,
  withdrawal: Withdrawal,
  envelope: Envelope,
  errand: Invocation,
  services: Services,
): Promise<'dispatched' | 'rejected'> {
  const forbidden = judge(withdrawal, envelope, services);
  if (forbidden) return refuse(body, message, forbidden, services);
  const recorded = recordedWithdrawalOf(withdrawal, services.now());
  const unkept = await record(withdrawal, recorded, services);
  if (unkept) return refuse(body, message, unkept, services);
  const rows = await services.ledger.rowsOf(withdrawal.product, withdrawal.version);
  const left: Rollout[] = [];
  for (const row of rows.filter((one) => withdrawalOf(one, [recorded]))) {
    const after = (await advance(row, errand, services)) ?? row;
    if (!isMarked(after)) throw new Error(`${row.rolloutId} could not be marked as withdrawn yet`);
    left.push(after);
  }
  await services.bus.publish([withdrawalOutcome(message, withdrawal, left, services.now())]);
  return 'dispatched';
}

/** An ended rollout that nobody marked would never be looked at again, and would count for ever. */
function isMarked(row: Rollout): boolean {
  return row.state === 'WITHDRAWING' || row.state === 'WITHDRAWN' || (row.state === 'FAILED' && row.code !== 'UNCERTAIN');
}

function judge(withdrawal: Withdrawal, envelope: Envelope, services: Services): Rejection | undefined {
  const { products } = services.channels;
  const product = Object.hasOwn(products, withdrawal.product) ? products[withdrawal.product] : undefined;
  if (!product) return { code: 'UNKNOWN_PRODUCT', path: 'product', message: 'channels.yml has no such product' };
  if (!product.sources.includes(envelope.source)) {
    return { code: 'SOURCE_NOT_ALLOWED', path: 'source', message: 'this source may not withdraw releases of this product' };
  }
  return undefined;
}

function recordedWithdrawalOf(
  { version, revision, channels, force, reasonCode, comment, correlationId }: Withdrawal,
  now: number,
): RecordedWithdrawal {
  return {
    version,
    ...(revision !== undefined && { revision }),
    ...(channels !== undefined && { channels }),
    force,
    ...(reasonCode !== undefined && { reasonCode }),
    ...(comment !== undefined && { comment }),
    ...(correlationId !== undefined && { correlationId }),
    at: now,
  };
}

/** Writes the recorded beside the others of its version. Answers why it can never be kept; throws where others kept coming first. */
async function record({ product, version }: Withdrawal, recorded: RecordedWithdrawal, services: Services): Promise<Rejection | undefined> {
  for (let round = 0; round < WRITE_TRIES; round += 1) {
    const { withdrawals } = await services.ledger.lookUp(product, version, []);
    const list = recordWithdrawal(withdrawals.list, recorded);
    if (list === 'known') return undefined;
    if (list === 'tooLarge')
      return {
        code: 'TOO_LARGE',
        path: 'channels',
        message: 'this version has too many withdrawals to keep: withdraw it without channels',
      };
    if (await services.ledger.writeWithdrawals(product, version, { itemRevision: withdrawals.itemRevision, list })) return undefined;
  }
  throw new Error('other withdrawals of this version kept coming first');
}
