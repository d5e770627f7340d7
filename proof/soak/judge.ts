import { isFinal, type Rollout } from '../../domain/rollout/rollout.ts';
import { findBroken as findBrokenAnywhere, type Outcome as OutcomeAnywhere } from '../stage/judge.ts';
import { PRODUCT, type Release } from './backlog.ts';

/** Final, settled and published. */
const isSettled = (row: Rollout): boolean => isFinal(row.state) && row.due === undefined && row.outbox.length === 0;

/** A create without an answer may still land for 20 minutes, and nobody shortens those: a run does not wait for them. */
const waitsForItsTwentyMinutes = (row: Rollout): boolean => row.state === 'SUPERSEDING' && row.openTo !== undefined && row.tries >= LOOKS;
/** So many looks in a row that found nothing at AWS. */
const LOOKS = 3;

/** At its end, as far as a run waits for it. */
export const isOver = (row: Rollout): boolean => isSettled(row) || waitsForItsTwentyMinutes(row);

export type Outcome = Pick<OutcomeAnywhere, 'rows' | 'made' | 'published'> & {
  readonly backlog: readonly Release[];
  /** Messages that were kept as refused, and how many should be. */
  readonly rejected: number;
  readonly poison: number;
};

/** What is lost, doubled or wrong, each in a sentence. */
export function findBroken({ backlog, rows, made, published, rejected, poison }: Outcome): string[] {
  const sent = [
    ...new Map(
      backlog.map(({ version, channel }) => [`${version} on ${channel}`, { product: PRODUCT, version, channels: [channel] }]),
    ).values(),
  ];
  const living = new Set(made.filter(({ live }) => live).map(({ rolloutId }) => rolloutId));
  return [
    // What AWS has of each row, and what was published; what is refused is only counted here, most of it names no release.
    ...findBrokenAnywhere({ sent, rows, made, published, rejected: [] }),
    ...rows.filter(({ state, code }) => state === 'FAILED' && code === 'UNCERTAIN').map((row) => `wrong: ${nameOf(row)} failed: UNCERTAIN`),
    ...rows
      .filter((row) => waitsForItsTwentyMinutes(row) && living.has(row.rolloutId))
      .map((row) => `wrong: ${nameOf(row)} finds nothing of itself, and it lives`),
    ...findWrongWinners(rows),
    // Delivery is at least once, to the rejected queue too.
    ...(rejected < poison ? [`lost: ${rejected} refused messages are kept of ${poison}`] : []),
  ];
}

/** The newest release of each channel must be the one that was not superseded. */
function findWrongWinners(rows: readonly Rollout[]): string[] {
  return [...Map.groupBy(rows, ({ channel }) => channel)].flatMap(([channel, ofChannel]) => {
    const newest = ofChannel.toSorted((a, b) => minorOf(b) - minorOf(a))[0];
    return newest?.state === 'SUPERSEDED' ? [`wrong: the newest of ${channel}, ${newest.version}, is superseded`] : [];
  });
}

const minorOf = ({ version }: Rollout): number => Number(version.split('.')[1]);
const nameOf = ({ version, channel }: Rollout): string => `${version} on ${channel}`;
