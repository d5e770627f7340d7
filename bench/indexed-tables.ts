import type { Rollout } from '../domain/rollout/rollout.ts';
import { dynamoDbTables, keyOf } from '../proof/simulate/aws/tables.ts';
import type { Input } from '../proof/simulate/transport.ts';

/** What DynamoDB bills: writes of 1 KB and consistent reads of 4 KB, those of the indexes included. */
export type DynamoDbUnits = { writeUnits: number; readUnits: number };

type Item = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

type AnyItem = Parameters<typeof keyOf>[0];

/** A query of an index reads a key of about 100 bytes for each row, and needs no consistent read. */
const ROWS_PER_UNIT = 80;

/**
 * The ledger's table in memory, with its two indexes, for many rows. The simulated table answers a query by a look at every item, which would
 * take most of the time. A row that has ended is removed, because nothing needs it any more. `onRemoved` gets that row.
 */
export function indexedTables(name: string, units: DynamoDbUnits, onRemoved: (row: Rollout) => void) {
  /** The index `work`: the items of each of its partitions. */
  const due = new Map<string, Map<string, Item>>();
  const byRolloutId = new Map<string, Item>();
  const ended: string[] = [];
  const partition = (name: string | undefined): Map<string, Item> => {
    const found = due.get(name ?? '') ?? new Map<string, Item>();
    if (name !== undefined) due.set(name, found);
    return found;
  };
  const tables = dynamoDbTables([name], {
    onWrite: ({ key, before, after }) => {
      if (before) partition(before['workShard']?.S).delete(key);
      if (!after) return;
      const { pk, sk, workShard, dueAt, rolloutId } = after;
      if (workShard) partition(workShard.S).set(key, { pk, sk, workShard, dueAt } as Item);
      if (rolloutId?.S !== undefined) byRolloutId.set(rolloutId.S, { pk, sk } as Item);
      if (rolloutId && !dueAt) ended.push(key);
      // A changed key of an index is a delete and a put there.
      const inIndex = before?.['dueAt']?.N === dueAt?.N ? 0 : 2;
      units.writeUnits += unitsOf(after as Item, 1_024) + inIndex;
    },
  });
  const items = tables.items(name);

  function query(input: Input): { readonly Items: readonly Item[]; readonly LastEvaluatedKey?: Item } {
    const values = input['ExpressionAttributeValues'] as Item;
    if (input['IndexName'] === 'rolloutId') {
      units.readUnits += 0.5;
      const item = byRolloutId.get(values[':rolloutId']?.S ?? '');
      return { Items: item ? [item] : [] };
    }
    const before = Number(values[':now']?.N);
    const from = input['ExclusiveStartKey'] as Item | undefined;
    const limit = Number(input['Limit']);
    const found = [...partition(values[':shard']?.S).values()]
      .filter((item) => dueOf(item) < before && (from === undefined || order(item, from) > 0))
      .sort(order);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    units.readUnits += 0.5 * Math.max(1, page.length / (ROWS_PER_UNIT / 2));
    return { Items: page, ...(found.length > limit && last && { LastEvaluatedKey: last }) };
  }

  function removeEnded(): void {
    for (const key of ended.splice(0)) {
      const row = JSON.parse(items.get(key)?.['rollout']?.S ?? '{}') as Rollout;
      items.delete(key);
      items.delete(`CHANNEL#${row.product}#${row.channel}|HEAD`);
      byRolloutId.delete(row.rolloutId);
      onRemoved(row);
    }
  }

  return {
    /** The answer to an operation, or the error that the SDK would throw. */
    handle(operation: string, input: Input): unknown {
      if (operation === 'Query' && input['IndexName'] !== undefined) return query(input);
      const answer = tables.handle(operation, input) as { readonly Item?: Item; readonly Responses?: Readonly<Record<string, Item[]>> };
      for (const item of [answer.Item ?? [], ...Object.values(answer.Responses ?? {})].flat()) units.readUnits += unitsOf(item, 4_096);
      removeEnded();
      return answer;
    },
  };
}

const dueOf = (item: Item): number => Number(item['dueAt']?.N);

function order(a: Item, b: Item): number {
  if (dueOf(a) !== dueOf(b)) return dueOf(a) - dueOf(b);
  return keyOf(a as AnyItem) > keyOf(b as AnyItem) ? 1 : -1;
}

function unitsOf(item: Item, bytesOfUnit: number): number {
  const bytes = Object.entries(item).reduce((sum, [name, { S: text, N: number }]) => sum + name.length + (text ?? number ?? '').length, 0);
  return Math.ceil(bytes / bytesOfUnit);
}
