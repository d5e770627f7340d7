import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Approval } from '../../domain/gate/approvals.ts';
import type { VersionApprovals } from '../../domain/rollout/ports.ts';
import { itemOf, jsonOf } from './items.ts';
import { approvalsKey, keyAttributes } from './keys.ts';
import { type Item, jsonAttribute, numberAttribute, putIf, type Table } from './table.ts';

/** The approvals of the versions. */
export function approvals(table: Table) {
  return {
    /** The approvals of a version. An empty list at revision 0 if there are none. */
    async approvals(product: string, version: string): Promise<VersionApprovals> {
      const key = keyAttributes(approvalsKey(product, version));
      const { Item: item } = await table.client.send(new GetItemCommand({ TableName: table.name, Key: key, ConsistentRead: true }));
      return approvalsOf(item);
    },

    /**
     * Writes all approvals of a version. `itemRevision` is the revision that was read, and 0 if there was none. Returns `false` if
     * somebody else was faster.
     */
    async writeApprovals(product: string, version: string, { itemRevision, list }: VersionApprovals): Promise<boolean> {
      const item = itemOf(approvalsKey(product, version), {
        ...jsonAttribute('approvals', list),
        itemRevision: numberAttribute(itemRevision + 1),
      });
      return (await putIf(table, item, itemRevision === 0 ? undefined : itemRevision)).done;
    },
  };
}

/** The approvals that an item has, or an empty list at revision 0 if there is no item. */
export function approvalsOf(item: Item | undefined): VersionApprovals {
  if (!item) return { itemRevision: 0, list: [] };
  return { itemRevision: Number(item['itemRevision']?.N), list: jsonOf(item, 'approvals') as Approval[] };
}
