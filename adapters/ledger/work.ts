import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Identity, Rollout } from '../../domain/rollout/rollout.ts';
import { identityOf, rowKey } from './keys.ts';
import { readItems } from './read-items.ts';
import { rowOf } from './rows.ts';
import { type Item, numberAttribute, type Table } from './table.ts';
import { shardName, WORK_SHARDS, type WorkKind, workKinds } from './work-shards.ts';

/** A rollout that is due, so that the sweep may have to wake it. `dueAt` is in epoch milliseconds. */
export type DueRow = Identity & { readonly dueAt: number };

const ROWS_PER_PAGE = 500;

/** A product has few rollouts that have not ended. If there are more, the answer to a hold has those that are due first. */
const UNFINISHED_MAX = 1_000;

/** The index `work`: the rollouts that have a time when they are due. */
export function work(table: Pick<Table, 'client' | 'name'>) {
  async function* pagesOf(kind: WorkKind, shard: number, before: number): AsyncGenerator<DueRow[]> {
    let from: Item | undefined;
    do {
      const page: QueryCommandOutput = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: 'work',
          KeyConditionExpression: 'workShard = :shard AND dueAt < :now',
          ExpressionAttributeValues: { ':shard': { S: shardName(kind, shard) }, ':now': numberAttribute(before) },
          Limit: ROWS_PER_PAGE,
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      yield (page.Items ?? []).map(dueRowOf);
      from = page.LastEvaluatedKey;
    } while (from);
  }

  return {
    /**
     * The rollouts of one kind and shard (0 to `WORK_SHARDS` - 1) that were due before `now` (epoch milliseconds), page by page. The
     * longest due come first. The index is eventually consistent.
     */
    due: pagesOf,

    /**
     * The rollouts of a product that are still due at some time, at most a thousand: those that have not ended, and some that have ended
     * and have an outcome left to publish. It reads the whole index, which is eventually consistent, so it can miss a rollout that was
     * claimed a moment ago. The rows are consistent.
     */
    async unfinishedOf(product: string): Promise<Rollout[]> {
      // A row that is written meanwhile can be in two pages. BatchGetItem refuses a key that comes twice.
      const found = new Map<string, DueRow>();
      const partitions = workKinds.flatMap((kind) => Array.from({ length: WORK_SHARDS }, (_, shard) => ({ kind, shard })));
      for (const { kind, shard } of partitions) {
        for await (const page of pagesOf(kind, shard, Number.MAX_SAFE_INTEGER)) {
          for (const row of page.filter((one) => one.product === product)) found.set(JSON.stringify(rowKey(row)), row);
        }
      }
      const first = [...found.values()].sort((one, other) => one.dueAt - other.dueAt).slice(0, UNFINISHED_MAX);
      return (await readItems(table, first.map(rowKey))).map(rowOf);
    },
  };
}

function dueRowOf(item: Item): DueRow {
  return { ...identityOf(item), dueAt: Number(item['dueAt']?.N) };
}
