import { findSteered, rejectUnknownChannel } from '../domain/channels/steering.ts';
import type { Holds } from '../domain/gate/holds.ts';
import { ACTIVE_HOLDS_MAX, recordHold, recordResume } from '../domain/gate/record-hold.ts';
import { compact } from '../domain/json/compact.ts';
import { parseInstant } from '../domain/release/instant.ts';
import type { HeldChannel, ResumedChannel } from '../domain/release/intake.ts';
import { type Result, reject } from '../domain/release/rejection.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { heldOutcome, resumedOutcome } from '../domain/rollout/steering-outcome.ts';
import type { Incoming } from './incoming.ts';
import { refuse } from './refuse.ts';
import type { Invocation, Services } from './services.ts';
import { wake } from './wake.ts';

/** If somebody else writes holds of the same product first, this reads them again, at most this many times. */
const WRITE_TRIES = 5;

/** A resume wakes at most this many rollouts. The sweep wakes the others within minutes. */
const WAKES_MAX = 500;

/**
 * Records a hold, and answers with what is held, what waits and what runs all the same. From the answer on, no create is sent whose
 * intent is later. Throws, so that the record is retried, if anything fails. A copy of the message gets the same answer.
 */
export async function hold(
  { hold: held, envelope }: HeldChannel,
  incoming: Incoming,
  services: Services,
): Promise<'dispatched' | 'duplicate' | 'rejected'> {
  const { account, source, id: eventId } = envelope;
  const { product, holdId, channels, reason, from, until } = held;
  const found = findSteered(services.channels, product, source, 'hold');
  if (!found.ok) return refuse(incoming, found.rejection, services);
  const unknown = rejectUnknownChannel(found.value, channels ?? []);
  if (unknown) return refuse(incoming, unknown.rejection, services);
  const now = services.now();
  const recorded = compact({
    holdId,
    channels,
    reason,
    from: from === undefined ? undefined : parseInstant(from),
    until: until === undefined ? undefined : parseInstant(until),
    by: { account, source },
    eventId,
    at: now,
  });
  const result = await record(product, (holds) => judged(recordHold(holds, recorded, now)), services);
  if (!result.ok) return refuse(incoming, result.rejection, services);
  const { holds, isNew } = result.value;
  const rows = await services.ledger.unfinishedOf(product);
  await services.bus.publish([heldOutcome(incoming, { holdId, holds, rows }, services.now())]);
  return isNew ? 'dispatched' : 'duplicate';
}

/** Ends a hold, wakes what waits, and answers as {@link hold} does. */
export async function resume(
  { resume: resumed, envelope }: ResumedChannel,
  incoming: Incoming,
  invocation: Invocation,
  services: Services,
): Promise<'dispatched' | 'duplicate' | 'rejected'> {
  const { account, source } = envelope;
  const { product, holdId } = resumed;
  const found = findSteered(services.channels, product, source, 'resume');
  if (!found.ok) return refuse(incoming, found.rejection, services);
  const now = services.now();
  const ended = { holdId, by: { account, source }, at: now };
  const result = await record(product, (holds) => ({ ok: true, value: recordResume(holds, ended, now) }), services);
  if (!result.ok) return refuse(incoming, result.rejection, services);
  const { holds, isNew } = result.value;
  const rows = await services.ledger.unfinishedOf(product);
  const waiting = rows.filter(mayWaitForHold).slice(0, WAKES_MAX);
  if (waiting.length > 0) await wake(waiting, invocation, services);
  await services.bus.publish([resumedOutcome(incoming, { holdId, holds, rows }, services.now())]);
  return isNew ? 'dispatched' : 'duplicate';
}

/** Nobody may have looked at a rollout since the hold was set, so it need not have noted that the hold keeps it. */
function mayWaitForHold({ state, waits }: Rollout): boolean {
  return state === 'WAITING' || state === 'CLAIMED' || waits !== undefined;
}

function judged(result: ReturnType<typeof recordHold>): Result<Holds | 'known'> {
  switch (result) {
    case 'ended':
      return reject('HOLD_ENDED', 'holdId', 'a hold with this id was set and ended before: hold with another id');
    case 'tooMany':
      return reject(
        'INVALID_HOLD',
        'holdId',
        `the product has ${ACTIVE_HOLDS_MAX} active holds, or as many with those for later, and this one is for later: end one of them first`,
      );
    case 'tooLarge':
      return reject('TOO_LARGE', 'channels', 'the holds of this product take too many bytes: leave out channels to hold all of them');
    default:
      return { ok: true, value: result };
  }
}

/** Changes the holds of a product. Throws if other writes kept winning. */
async function record(
  product: string,
  change: (holds: Holds) => Result<Holds | 'known'>,
  services: Services,
): Promise<Result<{ readonly holds: Holds; readonly isNew: boolean }>> {
  for (let round = 0; round < WRITE_TRIES; round += 1) {
    const { itemRevision, holds } = await services.ledger.holds(product);
    const changed = change(holds);
    if (!changed.ok) return changed;
    if (changed.value === 'known') return { ok: true, value: { holds, isNew: false } };
    if (await services.ledger.writeHolds(product, { itemRevision, holds: changed.value }))
      return { ok: true, value: { holds: changed.value, isNew: true } };
  }
  throw new Error('lost the race against other holds of this product');
}
