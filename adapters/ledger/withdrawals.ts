import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { VersionWithdrawals } from '../../domain/rollout/ports.ts';
import type { RecordedWithdrawal } from '../../domain/rollout/rollout.ts';
import { itemOf, jsonOf } from './items.ts';
import { keyAttributes, withdrawalsKey } from './keys.ts';
import { type Item, jsonAttribute, numberAttribute, putIf, type Table } from './table.ts';

/** The withdrawals of the versions. */
export function withdrawals(table: Table) {
  return {
    /** The withdrawals of a version. An empty list at revision 0 if there are none. */
    async withdrawals(product: string, version: string): Promise<VersionWithdrawals> {
      const key = keyAttributes(withdrawalsKey(product, version));
      const { Item: item } = await table.client.send(new GetItemCommand({ TableName: table.name, Key: key, ConsistentRead: true }));
      return withdrawalsOf(item);
    },

    /**
     * Writes all withdrawals of a version. `itemRevision` is the revision that was read, and 0 if there was none. Returns `false`
     * if somebody else was faster.
     */
    async writeWithdrawals(product: string, version: string, { itemRevision, list }: VersionWithdrawals): Promise<boolean> {
      const item = itemOf(withdrawalsKey(product, version), {
        ...jsonAttribute('withdrawals', list),
        itemRevision: numberAttribute(itemRevision + 1),
      });
      return (await putIf(table, item, itemRevision === 0 ? undefined : itemRevision)).done;
    },
  };
}

/** The withdrawals that an item holds, or an empty list at revision 0 if there is no item. */
export function withdrawalsOf(item: Item | undefined): VersionWithdrawals {
  if (!item) return { itemRevision: 0, list: [] };
  return { itemRevision: Number(item['itemRevision']?.N), list: jsonOf(item, 'withdrawals') as RecordedWithdrawal[] };
}
