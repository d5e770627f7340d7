import type { Rollout } from '../../domain/rollout/rollout.ts';
import { type Item, numberAttribute } from './table.ts';

/**
 * What a rollout that is due waits for. `devices`: it is CREATED, so the sweep looks at its devices, and a stage can have a hundred
 * thousand of these. `gate`: people or a time keep it, so it stays due. `service`: anything else, such as an answer of AWS or of the bus.
 * The sweep wakes each kind without regard to the others.
 */
export type WorkKind = 'service' | 'gate' | 'devices';

/** Each kind has this many partitions of the index `work`. The id of a rollout decides which one holds it. */
export const WORK_SHARDS = 4;

/** What puts a row into the index. A row that is never due is not in it. */
export function workAttributes(row: Rollout): Item {
  if (row.dueAt === undefined) return {};
  return { workShard: { S: shardName(kindOf(row), shardOf(row.rolloutId)) }, dueAt: numberAttribute(row.dueAt) };
}

function kindOf({ state, waits }: Rollout): WorkKind {
  if (waits !== undefined) return 'gate';
  return state === 'CREATED' ? 'devices' : 'service';
}

/** By the last hexadecimal digit. The id ends with a digest, so its digits are evenly spread. */
function shardOf(rolloutId: string): number {
  return Number.parseInt(rolloutId.slice(-1), 16) % WORK_SHARDS;
}

/** The kinds, in the order in which the sweep wakes them. */
export const workKinds: readonly WorkKind[] = ['service', 'gate', 'devices'];

/** The name of a partition of the index. */
export const shardName = (kind: WorkKind, shard: number): string => `${kind}-${shard}`;
