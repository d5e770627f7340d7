import { releaseDigest } from '../../domain/release/digest.ts';
import type { Message, PublishedRelease } from '../../domain/release/intake.ts';
import { isCovered } from '../../domain/rollout/record-withdrawal.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import type { Stage } from '../stage/stage.ts';

/** What the service made of a message that it did not reject. */
export type ResultInLedger = 'accepted' | 'duplicate' | 'withdrawn' | 'recorded';

/**
 * What the ledger shows of a message. Undefined if the service has not processed it, or has rejected it. `isOwn` tells the rows of this
 * message from those of an earlier one: a release whose rows are all of another message is a duplicate.
 */
export async function resultInLedger(
  ledger: Stage['ledger'],
  message: Message,
  isOwn: (row: Rollout) => boolean,
): Promise<ResultInLedger | undefined> {
  switch (message.kind) {
    case 'release':
      return resultOfRelease(ledger, message, isOwn);
    case 'withdrawal': {
      const { product, version } = message.withdrawal;
      const { withdrawals } = await ledger.releaseOf(product, version);
      return isCovered(message.withdrawal, withdrawals) ? 'withdrawn' : undefined;
    }
    case 'approval': {
      const { product, version } = message.approval;
      const { list } = await ledger.approvals(product, version);
      return list.some(({ eventId }) => eventId !== undefined && eventId === message.envelope.id) ? 'recorded' : undefined;
    }
    case 'hold':
    case 'resume': {
      const { product, holdId } = message.kind === 'hold' ? message.hold : message.resume;
      const { held, ended } = (await ledger.holds(product)).holds;
      const isRecorded = [...(message.kind === 'hold' ? held : []), ...ended].some((one) => one.holdId === holdId);
      return isRecorded ? 'recorded' : undefined;
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
