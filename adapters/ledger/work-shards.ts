import type { Rollout } from '../../domain/rollout/rollout.ts';
import { type Item, numberAttribute } from './table.ts';

/** The index `work` has this many partitions. The id of a rollout decides which one holds it. */
export const WORK_SHARDS = 4;

/** What puts a row into the index. A row that is never due is not in it. */
export function workAttributes({ rolloutId, dueAt }: Rollout): Item {
  return dueAt === undefined ? {} : { workShard: { S: shardName(shardOf(rolloutId)) }, dueAt: numberAttribute(dueAt) };
}

/** By the last hexadecimal digit. The id ends with a digest, so its digits are evenly spread. */
function shardOf(rolloutId: string): number {
  return Number.parseInt(rolloutId.slice(-1), 16) % WORK_SHARDS;
}

/** The name of a partition of the index. */
export const shardName = (shard: number): string => `shard-${shard}`;
