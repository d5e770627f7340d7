import { isFinal, type Rollout } from '../../domain/rollout/rollout.ts';
import { findBroken as findBrokenAnywhere, type Outcome as OutcomeAnywhere } from '../stage/judge.ts';
import { PRODUCT, type Release } from './backlog.ts';

/** Final, settled and published. */
const isSettled = (row: Rollout): boolean => isFinal(row.state) && row.dueAt === undefined && row.outbox.length === 0;

/**
 * A create without an answer may still take effect for 20 minutes. A run does not wait for that. A create of a task is never repeated before
 * that, as AWS chooses its id.
 */
const waitsForItsTwentyMinutes = ({ state, operation, unansweredCreates, restsWithoutNews }: Rollout): boolean =>
  (state === 'SUPERSEDING' || (state === 'CREATING' && operation === 'CreateOtaTask')) &&
  unansweredCreates.lastSentAt !== undefined &&
  restsWithoutNews >= LOOKS;
/** The number of looks in a row that found nothing at AWS. */
const LOOKS = 3;

/** Whether a run does not wait for the rollout any longer. */
export const isOver = (row: Rollout): boolean => isSettled(row) || waitsForItsTwentyMinutes(row);

export type Outcome = Pick<OutcomeAnywhere, 'rows' | 'made' | 'published'> & {
  readonly backlog: readonly Release[];
  /** Messages that were kept as refused, and how many there should be. */
  readonly rejected: number;
  readonly poison: number;
};

/** A sentence for each thing that is lost, doubled or wrong. */
export function findBroken({ backlog, rows, made, published, rejected, poison }: Outcome): string[] {
  const sent = [
    ...new Map(
      backlog.map(({ version, channel }) => [`${version} on ${channel}`, { product: PRODUCT, version, channels: [channel] }]),
    ).values(),
  ];
  const living = new Set(made.filter(({ live }) => live).map(({ rolloutId }) => rolloutId));
  return [
    // Refused messages are only counted below, as most of them do not name a release.
    ...findBrokenAnywhere({ sent, rows, made, published, rejected: [] }),
    ...rows.filter(({ state, code }) => state === 'FAILED' && code === 'UNCERTAIN').map((row) => `wrong: ${nameOf(row)} failed: UNCERTAIN`),
    ...rows
      .filter((row) => waitsForItsTwentyMinutes(row) && living.has(row.rolloutId))
      .map((row) => `wrong: ${nameOf(row)} finds nothing of itself, and it lives`),
    ...findWrongWinners(rows),
    // Delivery to the rejected queue is at least once too.
    ...(rejected < poison ? [`lost: ${rejected} refused messages are kept of ${poison}`] : []),
  ];
}

/** Judges that the newest release of each channel is the one that was not superseded. */
function findWrongWinners(rows: readonly Rollout[]): string[] {
  return [...Map.groupBy(rows, ({ channel }) => channel)].flatMap(([channel, ofChannel]) => {
    const newest = ofChannel.toSorted((a, b) => minorOf(b) - minorOf(a))[0];
    return newest?.state === 'SUPERSEDED' ? [`wrong: the newest of ${channel}, ${newest.version}, is superseded`] : [];
  });
}

const minorOf = ({ version }: Rollout): number => Number(version.split('.')[1]);
const nameOf = ({ version, channel }: Rollout): string => `${version} on ${channel}`;
