import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Identity, Rollout } from '../../domain/rollout/rollout.ts';
import { identityOf } from './keys.ts';
import { type Item, numberAttribute, type Table } from './table.ts';

/** A rollout that is due, so that the sweep may have to wake it. `dueAt` is in epoch milliseconds. */
export type DueRow = Identity & { readonly dueAt: number };

/** The index `work` has this many partitions. The id of a rollout decides which one holds it. */
export const WORK_SHARDS = 4;

const ROWS_PER_PAGE = 500;

/** The index `work`: the rollouts that have a time when they are due. */
export function work(table: Table) {
  return {
    /**
     * The rollouts of one shard (0 to `WORK_SHARDS` - 1) that were due before `now` (epoch milliseconds), page by page. The
     * longest due come first. The index is eventually consistent.
     */
    async *due(shard: number, now: number): AsyncGenerator<DueRow[]> {
      let from: Item | undefined;
      do {
        const page: QueryCommandOutput = await table.client.send(
          new QueryCommand({
            TableName: table.name,
            IndexName: 'work',
            KeyConditionExpression: 'workShard = :shard AND dueAt < :now',
            ExpressionAttributeValues: { ':shard': { S: shardName(shard) }, ':now': numberAttribute(now) },
            Limit: ROWS_PER_PAGE,
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        yield (page.Items ?? []).map(dueRowOf);
        from = page.LastEvaluatedKey;
      } while (from);
    },
  };
}

/** What puts a row into the index. A row that is never due is not in it. */
export function workAttributes({ rolloutId, dueAt }: Rollout): Item {
  return dueAt === undefined ? {} : { workShard: { S: shardName(shardOf(rolloutId)) }, dueAt: numberAttribute(dueAt) };
}

/** By the last hexadecimal digit. The id ends with a digest, so its digits are evenly spread. */
function shardOf(rolloutId: string): number {
  return Number.parseInt(rolloutId.slice(-1), 16) % WORK_SHARDS;
}

const shardName = (shard: number): string => `shard-${shard}`;

function dueRowOf(item: Item): DueRow {
  return { ...identityOf(item), dueAt: Number(item['dueAt']?.N) };
}
