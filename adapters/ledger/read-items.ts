import { BatchGetItemCommand, type BatchGetItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { type Key, keyAttributes } from './keys.ts';
import type { Item, Table } from './table.ts';

/** BatchGetItem takes at most 100 keys. */
const KEYS_PER_CALL = 100;

/**
 * DynamoDB leaves keys unread if it throttles, or if an answer would be too long (API reference of BatchGetItem). They are requested again. So
 * many calls in a row may read nothing.
 */
const IDLE_CALLS_MAX = 4;

/** The items that have one of these keys, by consistent reads and in no particular order. Throws if keys stay unread. */
export async function readItems({ client, name }: Pick<Table, 'client' | 'name'>, keys: readonly Key[]): Promise<Item[]> {
  const items: Item[] = [];
  for (let start = 0; start < keys.length; start += KEYS_PER_CALL) {
    let wanted: Item[] | undefined = keys.slice(start, start + KEYS_PER_CALL).map(keyAttributes);
    for (let idle = 0; wanted && wanted.length > 0; ) {
      if (idle === IDLE_CALLS_MAX) throw new Error(`DynamoDB left ${wanted.length} keys of a BatchGetItem unread`);
      const page: BatchGetItemCommandOutput = await client.send(
        new BatchGetItemCommand({ RequestItems: { [name]: { Keys: wanted, ConsistentRead: true } } }),
      );
      items.push(...(page.Responses?.[name] ?? []));
      const unread: Item[] | undefined = page.UnprocessedKeys?.[name]?.Keys;
      idle = unread?.length === wanted.length ? idle + 1 : 0;
      wanted = unread;
    }
  }
  return items;
}
