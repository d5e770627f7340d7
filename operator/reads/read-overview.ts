import type { BatchedReads, DueRow, WorkKind } from '../../adapters/ledger/ledger.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import { type Holds, noHolds } from '../../domain/gate/holds.ts';
import { grouped } from '../../domain/json/grouped.ts';
import { emptyHead, type Head, type Identity, type Rollout } from '../../domain/rollout/rollout.ts';
import { ota } from '../../scripts/installation.ts';
import type { Stage } from '../stage/stage.ts';
import { withLedger } from './known-releases.ts';
import { overview, shownOf } from './overview.ts';
import type { KnownRollout } from './read-model.ts';
import { withOutlooks } from './with-outlooks.ts';

/**
 * How long the keys of what waits and of what starts are kept, in milliseconds. The rows are read each time. So only a rollout that has
 * just come can be missing for so long: one that waits after its first look, one that starts for the moments before it enters its channel.
 */
const KEPT = { gate: 30_000, service: 60_000 } as const;

type Kind = keyof typeof KEPT & WorkKind;

const kinds = Object.keys(KEPT) as Kind[];

/** Of each of the four parts of the index. */
const DUE_MAX = 100;

/** Of each channel: the rollouts that were written last, which may leave the head without a trace. */
const REMEMBERED_MAX = 3;

type Reading = Pick<Stage, 'name' | 'isLocal' | 'ledger' | 'timeFactor'>;

const readers = new WeakMap<Reading, ReturnType<typeof overviewReader>>();

/** The reader of this stage, the same one for everybody who asks. */
export function overviewReaderOf(stage: Reading): ReturnType<typeof overviewReader> {
  const reader = readers.get(stage) ?? overviewReader(stage);
  readers.set(stage, reader);
  return reader;
}

/** Reads overviews of a stage, one after another. It remembers what helps the next one. */
function overviewReader(stage: Reading) {
  const due = new Map<Kind, { readonly at: number; readonly rows: readonly DueRow[]; readonly isWhole: boolean }>();
  const remembered = new Map<string, readonly Identity[]>();

  async function dueOf(kind: Kind, now: number) {
    const kept = due.get(kind);
    if (kept && !stage.isLocal && now - kept.at < KEPT[kind]) return kept;
    const found = { at: now, ...(await stage.ledger.allDue([kind], DUE_MAX)) };
    due.set(kind, found);
    return found;
  }

  async function read(channels: Channels, now: number) {
    const reads = stage.ledger.inBatches();
    const [{ heads, holds }, ...found] = await Promise.all([readHeads(reads, channels), ...kinds.map((kind) => dueOf(kind, now))]);
    const rows = await readRows(reads, [
      ...heads.flatMap(({ product, channel, head }) => shownOf(product, channel, head)),
      ...found.flatMap((of) => of.rows),
      ...[...remembered.values()].flat(),
    ]);
    remember(rows);
    const headOf = new Map(heads.map(({ product, channel, head }) => [nameOf(product, channel), head]));
    const facts = {
      headOf: (product: string, channel: string) => headOf.get(nameOf(product, channel)) ?? emptyHead,
      holdsOf: (product: string) => holds.get(product) ?? noHolds,
      rollouts: await withOutlooks({ ledger: reads, timeFactor: stage.timeFactor }, rows.map(asKnown), now),
    };
    const isWhole = found.every((of) => of.isWhole);
    return {
      ...overview(channels, facts, now),
      remarks: isWhole ? [] : [`more rollouts wait than are shown: ${ota} status --live shows all`],
    };
  }

  function remember(rows: readonly Rollout[]): void {
    for (const [name, ofChannel] of grouped(rows, ({ product, channel }) => nameOf(product, channel)))
      remembered.set(name, ofChannel.sort((a, b) => b.writtenAt - a.writtenAt).slice(0, REMEMBERED_MAX));
  }

  return {
    /**
     * Every product and channel of channels.yml at `now` (epoch ms): consistent reads of the heads, of the rows that they name, and of what
     * is due. A rollout that fails or is withdrawn leaves its head. It stays here if this reader has shown it before. Throws UsageError if
     * the stage has no ledger.
     */
    read: (channels: Channels, now: number) => withLedger(stage, read(channels, now)),
    /** Keeps rollouts that other reads have found in mind, so that those that no head names are shown, too. */
    remember,
  };
}

async function readHeads(reads: BatchedReads, { products }: Channels) {
  const names = Object.entries(products).flatMap(([product, { channels }]) =>
    Object.keys(channels).map((channel) => ({ product, channel })),
  );
  const [heads, holds] = await Promise.all([
    Promise.all(names.map(async (of): Promise<HeadOf> => ({ ...of, head: await reads.head(of.product, of.channel) }))),
    Promise.all(Object.keys(products).map(async (product) => [product, (await reads.holds(product)).holds] as const)),
  ]);
  return { heads, holds: new Map<string, Holds>(holds) };
}

type HeadOf = { readonly product: string; readonly channel: string; readonly head: Head };

/** Each row once. A rollout that has no row is left out. */
async function readRows(reads: BatchedReads, identities: readonly Identity[]): Promise<Rollout[]> {
  const found = await Promise.all(identities.map((identity) => reads.row(identity)));
  return [...new Map(found.flatMap((row) => (row ? [[row.rolloutId, row] as const] : []))).values()];
}

/** A withdrawal that has not stopped its rollout yet, a matter of seconds, is left out. */
const asKnown = (row: Rollout): KnownRollout => ({ row, withdrawal: row.withdrawnBy });

const nameOf = (product: string, channel: string): string => JSON.stringify([product, channel]);
