import { isFinal, type Rollout } from '../../domain/rollout/rollout.ts';
import type { Made } from '../journey/what-aws-has.ts';
import type { Release } from './backlog.ts';

/** Final, settled and told. */
const isSettled = (row: Rollout): boolean => isFinal(row.state) && row.due === undefined && row.outbox.length === 0;

/** A create without an answer may still land for 20 minutes, and nobody shortens those: a run does not wait for them. */
const waitsForItsTwentyMinutes = (row: Rollout): boolean => row.state === 'SUPERSEDING' && row.openTo !== undefined && row.tries >= LOOKS;
/** So many looks in a row that found nothing at AWS. */
const LOOKS = 3;

/** At its end, as far as a run waits for it. */
export const isOver = (row: Rollout): boolean => isSettled(row) || waitsForItsTwentyMinutes(row);

export type Outcome = {
  readonly backlog: readonly Release[];
  readonly rows: readonly Rollout[];
  readonly made: readonly Made[];
  /** rolloutId → the states it was said to have come to. */
  readonly told: ReadonlyMap<string, ReadonlySet<string>>;
  /** Messages that were kept as refused, and how many should be. */
  readonly rejected: number;
  readonly poison: number;
};

/** What is lost, doubled or wrong, each in a sentence. */
export function findBroken({ backlog, rows, made, told, rejected, poison }: Outcome): string[] {
  const broken: string[] = [];
  const nameOf = ({ version, channel }: { readonly version: string; readonly channel: string }) => `${version} on ${channel}`;
  const byName = new Map(rows.map((row) => [nameOf(row), row]));
  const byId = Map.groupBy(made, ({ rolloutId }) => rolloutId);
  for (const name of new Set(backlog.map(nameOf))) if (!byName.has(name)) broken.push(`lost: ${name} has no row`);
  for (const one of made) {
    const row = rows.find(({ rolloutId }) => rolloutId === one.rolloutId);
    if (!row) broken.push(`wrong: ${one.id} belongs to no rollout`);
    else if (row.requestDigest !== one.requestDigest) broken.push(`wrong: ${one.id} is not what ${nameOf(row)} asked for`);
  }
  for (const row of rows) {
    const own = byId.get(row.rolloutId) ?? [];
    const live = own.filter((one) => one.live);
    if (own.length > Math.max(1, row.attempt)) broken.push(`doubled: ${nameOf(row)} has ${own.length} updates in ${row.attempt} attempts`);
    if (isOver(row) && live.length > 0) broken.push(`wrong: ${nameOf(row)} is ${row.state} and ${live[0]?.id} lives`);
    if (row.state === 'FAILED') broken.push(`wrong: ${nameOf(row)} failed: ${row.code} ${row.message}`);
    if (isSettled(row) && !told.get(row.rolloutId)?.has(row.state))
      broken.push(`lost: nobody was told that ${nameOf(row)} is ${row.state}`);
  }
  broken.push(...findWrongWinners(rows));
  // Delivery is at least once, to the rejected queue too.
  if (rejected < poison) broken.push(`lost: ${rejected} refused messages are kept of ${poison}`);
  return broken;
}

/** The newest release of each channel must be the one that was not superseded. */
function findWrongWinners(rows: readonly Rollout[]): string[] {
  return [...Map.groupBy(rows, ({ channel }) => channel)].flatMap(([channel, ofChannel]) => {
    const newest = ofChannel.toSorted((a, b) => minorOf(b) - minorOf(a))[0];
    return newest?.state === 'SUPERSEDED' ? [`wrong: the newest of ${channel}, ${newest.version}, is superseded`] : [];
  });
}

const minorOf = ({ version }: Rollout): number => Number(version.split('.')[1]);
