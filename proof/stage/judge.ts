import { isFinal, type Rollout } from '../../domain/rollout/rollout.ts';
import type { Made } from './what-aws-has.ts';

/** A release that was published, and whether its withdrawal was. */
export type Sent = { readonly product: string; readonly version: string; readonly channels: readonly string[]; withdrawn?: true };

/** The detail of an event `OTA Release Rejected`. */
export type Rejected = { readonly product?: string; readonly version?: string; readonly code: string };

export type Outcome = {
  readonly sent: readonly Sent[];
  readonly rows: readonly Rollout[];
  readonly made: readonly Made[];
  /** rolloutId → the states that its events reported. */
  readonly published: ReadonlyMap<string, ReadonlySet<string>>;
  readonly rejected: readonly Rejected[];
};

/** Whether a rollout is at rest: final and settled, or CREATED and published if it is continuous. */
export function hasCome(row: Rollout): boolean {
  return isFinal(row.state) ? row.dueAt === undefined : row.state === 'CREATED' && row.continuous && row.outbox.length === 0;
}

/** A sentence for each thing that is lost, doubled or wrong when everything has come to rest. */
export function findBroken({ sent, rows, made, published, rejected }: Outcome): string[] {
  const broken: string[] = [];
  for (const one of made) {
    const row = rows.find(({ rolloutId }) => rolloutId === one.rolloutId);
    if (!row) broken.push(`wrong: ${one.id} belongs to no rollout`);
    else if (row.requestDigest !== one.requestDigest) broken.push(`wrong: ${one.id} is not what ${row.rolloutId} asked for`);
  }
  for (const row of rows) {
    const own = made.filter(({ rolloutId }) => rolloutId === row.rolloutId);
    const origin = sent.find(({ product, version }) => product === row.product && version === row.version);
    broken.push(...brokenOf(row, own, origin));
    if (hasCome(row) && !published.get(row.rolloutId)?.has(row.state)) broken.push(`lost: no event says that ${nameOf(row)}`);
  }
  for (const { product, version, channels, withdrawn } of sent) {
    const wasRefused = withdrawn === true && rejected.some((one) => one.product === product && one.version === version);
    for (const channel of channels) {
      const row = rows.find((one) => one.product === product && one.version === version && one.channel === channel);
      if (!row && !wasRefused) broken.push(`lost: ${product} ${version} has no row on ${channel} and was not refused`);
    }
  }
  for (const { product, version, code } of rejected) {
    const origin = sent.find((one) => one.product === product && one.version === version);
    // A withdrawal can overtake its release, or a copy of it.
    if (!(origin?.withdrawn && code === 'RELEASE_WITHDRAWN')) broken.push(`lost: ${product} ${version} was refused: ${code}`);
  }
  return broken;
}

function brokenOf(row: Rollout, own: readonly Made[], origin: Sent | undefined): string[] {
  const broken: string[] = [];
  const live = own.filter((one) => one.live);
  const name = nameOf(row);
  if (own.length > Math.max(1, row.attempt) || live.length > 1)
    broken.push(`doubled: ${name} has ${own.length} of which ${live.length} live`);
  if (isFinal(row.state) && live.length > 0) broken.push(`wrong: ${name} has ended and ${live[0]?.id} lives`);
  if (row.state === 'CREATED' && live.length === 0) broken.push(`lost: ${name} and nothing of it lives at AWS`);
  if (row.state === 'COMPLETED' && own.length === 0) broken.push(`lost: ${name} and AWS has never had it`);
  if (row.state === 'FAILED' && row.code !== 'UNCERTAIN') broken.push(`wrong: ${name} failed: ${row.code} ${row.message}`);
  if (origin?.withdrawn && live.length > 0) broken.push(`wrong: ${name} was withdrawn and lives`);
  return broken;
}

const nameOf = ({ product, version, channel, state }: Rollout): string => `${product} ${version} ${channel} (${state})`;
