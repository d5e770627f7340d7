import { releaseDigest } from '../../domain/release/digest.ts';
import type { Message, PublishedRelease } from '../../domain/release/intake.ts';
import { isCovered } from '../../domain/rollout/record-withdrawal.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import type { Stage } from '../stage/stage.ts';

/** What the service made of a message that it did not reject. */
export type ResultInLedger = 'accepted' | 'duplicate' | 'withdrawn' | 'recorded';

/** `isCertain` is false if an earlier message may have left it, and the service may yet reject this one. */
type Found = { readonly result: ResultInLedger; readonly isCertain: boolean };

/**
 * What the ledger shows of a message. Undefined if the service has not processed it, or has rejected it. `isOwn` tells the rows of this
 * message from those of an earlier one: a release whose rows are all of another message is a duplicate.
 */
export async function resultInLedger(
  ledger: Stage['ledger'],
  message: Message,
  isOwn: (row: Rollout) => boolean,
): Promise<Found | undefined> {
  const { id } = message.envelope;
  const isOfThisEvent = (eventId: string | undefined): boolean => eventId !== undefined && eventId === id;
  switch (message.kind) {
    case 'release': {
      const result = await resultOfRelease(ledger, message, isOwn);
      return result && { result, isCertain: true };
    }
    case 'withdrawal': {
      const { product, version } = message.withdrawal;
      const { withdrawals } = await ledger.releaseOf(product, version);
      if (!isCovered(message.withdrawal, withdrawals)) return undefined;
      return { result: 'withdrawn', isCertain: withdrawals.some(({ eventId }) => isOfThisEvent(eventId)) };
    }
    case 'approval': {
      const { product, version } = message.approval;
      const { list } = await ledger.approvals(product, version);
      return list.some(({ eventId }) => isOfThisEvent(eventId)) ? { result: 'recorded', isCertain: true } : undefined;
    }
    case 'hold':
    case 'resume': {
      const { product, holdId } = message.kind === 'hold' ? message.hold : message.resume;
      const { held, ended } = (await ledger.holds(product)).holds;
      const isOfIt = (one: { readonly holdId: string }): boolean => one.holdId === holdId;
      const [holds, ends] = [message.kind === 'hold' ? held.filter(isOfIt) : [], ended.filter(isOfIt)];
      if (holds.length + ends.length === 0) return undefined;
      const eventIds = [
        ...holds.flatMap(({ eventId, repeatedBy = [] }) => [eventId, ...repeatedBy]),
        ...ends.flatMap(({ heldBy = [] }) => heldBy),
      ];
      return { result: 'recorded', isCertain: eventIds.some(isOfThisEvent) };
    }
  }
}

async function resultOfRelease(
  ledger: Stage['ledger'],
  { release }: PublishedRelease,
  isOwn: (row: Rollout) => boolean,
): Promise<ResultInLedger | undefined> {
  const { product, version, channels, revision } = release;
  const { rows } = await ledger.releaseOf(product, version);
  const digest = releaseDigest(release);
  const found = rows.filter((row) => row.revision === revision && channels.includes(row.channel) && row.releaseDigest === digest);
  if (found.length < channels.length) return undefined;
  return found.some(isOwn) ? 'accepted' : 'duplicate';
}
