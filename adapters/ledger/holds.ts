import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type Holds, noHolds } from '../../domain/gate/holds.ts';
import type { ProductHolds } from '../../domain/rollout/ports.ts';
import { itemOf, jsonOf } from './items.ts';
import { holdsKey, keyAttributes } from './keys.ts';
import { type Item, jsonAttribute, numberAttribute, putIf, type Table } from './table.ts';

/** The holds of the products. */
export function holds(table: Table) {
  return {
    /** The holds of a product. None at revision 0 if there is no item. */
    async holds(product: string): Promise<ProductHolds> {
      const key = keyAttributes(holdsKey(product));
      const { Item: item } = await table.client.send(new GetItemCommand({ TableName: table.name, Key: key, ConsistentRead: true }));
      return holdsOf(item);
    },

    /**
     * Writes all holds of a product. `itemRevision` is the revision that was read, and 0 if there was none. Returns `false` if somebody
     * else was faster.
     */
    async writeHolds(product: string, { itemRevision, holds }: ProductHolds): Promise<boolean> {
      const item = itemOf(holdsKey(product), {
        ...jsonAttribute('holds', holds),
        itemRevision: numberAttribute(itemRevision + 1),
      });
      return (await putIf(table, item, itemRevision === 0 ? undefined : itemRevision)).done;
    },
  };
}

/** The holds that an item has, or none at revision 0 if there is no item. */
export function holdsOf(item: Item | undefined): ProductHolds {
  if (!item) return { itemRevision: 0, holds: noHolds };
  return { itemRevision: Number(item['itemRevision']?.N), holds: jsonOf(item, 'holds') as Holds };
}
