import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Holds } from '../../domain/gate/holds.ts';
import type { Upstream } from '../../domain/rollout/gate-of.ts';
import type { VersionApprovals } from '../../domain/rollout/ports.ts';
import type { Head, Identity, Rollout } from '../../domain/rollout/rollout.ts';
import { approvalsOf } from './approvals.ts';
import { headOf } from './heads.ts';
import { holdsOf } from './holds.ts';
import { approvalsKey, headKey, holdsKey, type Key, rowKey } from './keys.ts';
import { readItems } from './read-items.ts';
import { rowOf } from './rows.ts';
import type { Item, Table } from './table.ts';
import { upstreamsFrom } from './upstreams.ts';
import { type DueRow, work } from './work.ts';
import { WORK_SHARDS, type WorkKind } from './work-shards.ts';

/** Reads of one moment, for people who look at many rollouts at once. What is asked for at the same time takes one call for 100 items. */
export type BatchedReads = {
  head(product: string, channel: string): Promise<Head>;
  /** `undefined` if there is no such rollout. */
  row(identity: Identity): Promise<Rollout | undefined>;
  holds(product: string): Promise<{ readonly holds: Holds }>;
  approvals(product: string, version: string): Promise<VersionApprovals>;
  upstreams(identity: Identity, channels: readonly string[]): Promise<Readonly<Record<string, Upstream>>>;
};

/** Reads whole views of the ledger with few calls. It is not a part of the ledger that the functions have. */
export function batchedReads(client: Pick<DynamoDBClient, 'send'>, tableName: string) {
  const table = { client, name: tableName };
  const { due } = work(table);
  return {
    /**
     * The rollouts of these kinds that are due at any time, of every product, at most `most` of each shard. Those that are due first come
     * first. `isWhole` is false if there are more. It reads keys only, from the index, which is eventually consistent.
     */
    async allDue(kinds: readonly WorkKind[], most: number): Promise<{ readonly rows: readonly DueRow[]; readonly isWhole: boolean }> {
      const partitions = kinds.flatMap((kind) => Array.from({ length: WORK_SHARDS }, (_, shard) => ({ kind, shard })));
      const found = await Promise.all(
        partitions.map(async ({ kind, shard }) => {
          const rows: DueRow[] = [];
          for await (const page of due(kind, shard, Number.MAX_SAFE_INTEGER)) {
            rows.push(...page);
            if (rows.length > most) break;
          }
          return rows;
        }),
      );
      const rows = found.flatMap((of) => of.slice(0, most)).sort((one, other) => one.dueAt - other.dueAt);
      return { rows, isWhole: found.every((of) => of.length <= most) };
    },

    /**
     * A new reader. It reads each item once, by a consistent read, and answers from its memory from then on. So it is for one view, and the
     * next view needs a new one. Each of its functions throws as DynamoDB does.
     */
    inBatches(): BatchedReads {
      const item = itemLoader(table);
      return {
        head: async (product, channel) => headOf(await item(headKey(product, channel))),
        async row(identity) {
          const found = await item(rowKey(identity));
          return found && rowOf(found);
        },
        holds: async (product) => holdsOf(await item(holdsKey(product))),
        approvals: async (product, version) => approvalsOf(await item(approvalsKey(product, version))),
        upstreams: (identity, channels) =>
          upstreamsFrom(async (keys) => (await Promise.all(keys.map(item))).filter((one) => one !== undefined), identity, channels),
      };
    },
  };
}

/** Reads single items. All that are asked for before the event loop comes round are read together. */
function itemLoader(table: Pick<Table, 'client' | 'name'>): (key: Key) => Promise<Item | undefined> {
  const known = new Map<string, Promise<Item | undefined>>();
  let batch: { readonly keys: Key[]; readonly items: Promise<ReadonlyMap<string, Item>> } | undefined;

  function openBatch() {
    const keys: Key[] = [];
    const items = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
      batch = undefined;
      const found = await readItems(table, keys);
      return new Map(found.map((item) => [nameOf({ pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' }), item]));
    });
    return { keys, items };
  }

  return (key) => {
    const name = nameOf(key);
    const before = known.get(name);
    if (before) return before;
    batch ??= openBatch();
    batch.keys.push(key);
    const item = batch.items.then((items) => items.get(name));
    known.set(name, item);
    return item;
  };
}

const nameOf = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);
