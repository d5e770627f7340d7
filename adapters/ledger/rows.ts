import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Identity, Rollout } from '../../domain/rollout/rollout.ts';
import { itemOf, jsonOf } from './items.ts';
import { identityOf, keyAttributes, ROLLOUTS, rowKey, versionKey } from './keys.ts';
import { type Item, jsonAttribute, numberAttribute, putIf, type Table } from './table.ts';
import { workAttributes } from './work-shards.ts';

/** The rows of the rollouts. */
export function rows(table: Table) {
  /** One row, or `undefined` if there is none. */
  async function read(identity: Identity): Promise<Rollout | undefined> {
    const { Item: item } = await table.client.send(
      new GetItemCommand({ TableName: table.name, Key: keyAttributes(rowKey(identity)), ConsistentRead: true }),
    );
    return item && rowOf(item);
  }

  return {
    read,

    /** Puts a new row. Returns `false`, and writes nothing, if the rollout already has a row. */
    async claim(row: Rollout): Promise<boolean> {
      return (await putIf(table, rowItem(row), undefined)).done;
    },

    /** Writes a changed row. Its `itemRevision` is the revision that was read, plus 1. Returns `false` if somebody else was faster. */
    async write(row: Rollout): Promise<boolean> {
      return (await putIf(table, rowItem(row), row.itemRevision - 1)).done;
    },

    /** The rollout with this id, by an index that is eventually consistent. `undefined` if it has none. */
    async identityOf(rolloutId: string): Promise<Identity | undefined> {
      const { Items: [item] = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: 'rolloutId',
          KeyConditionExpression: 'rolloutId = :rolloutId',
          ExpressionAttributeValues: { ':rolloutId': { S: rolloutId } },
          Limit: 1,
        }),
      );
      return item && identityOf(item);
    },

    /** All rows of a version: every revision on every channel. */
    async rowsOf(product: string, version: string): Promise<Rollout[]> {
      const found: Rollout[] = [];
      let from: Item | undefined;
      do {
        const page = await table.client.send(
          new QueryCommand({
            TableName: table.name,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :rows)',
            ExpressionAttributeValues: { ':pk': { S: versionKey(product, version) }, ':rows': { S: ROLLOUTS } },
            ConsistentRead: true,
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        found.push(...(page.Items ?? []).map(rowOf));
        from = page.LastEvaluatedKey;
      } while (from);
      return found;
    },
  };
}

/** The row that an item holds. Throws if the item has a newer format, or if it is not one of a rollout. */
export function rowOf(item: Item): Rollout {
  return jsonOf(item, 'rollout') as Rollout;
}

/** The row is one JSON text. `state` and `rolloutId` are also attributes, for people who read the table. */
export function rowItem(row: Rollout): Item {
  return itemOf(rowKey(row), {
    itemRevision: numberAttribute(row.itemRevision),
    state: { S: row.state },
    rolloutId: { S: row.rolloutId },
    ...jsonAttribute('rollout', row),
    ...workAttributes(row),
  });
}
