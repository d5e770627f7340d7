import { randomUUID } from 'node:crypto';
import { type TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { FORMAT_VERSION } from '../../domain/rollout/format-version.ts';
import type { Accepted } from '../../domain/rollout/ports.ts';
import type { AcceptedRelease, Rollout } from '../../domain/rollout/rollout.ts';
import { itemOf, jsonOf } from './items.ts';
import { acceptedKey } from './keys.ts';
import { rowItem, rowOf } from './rows.ts';
import { afterTransactions, type Item, jsonAttribute, numberAttribute, type Table } from './table.ts';

/** What each revision of a version stands for. Such an item is never changed and never removed. */
export function accepted(table: Table) {
  return {
    /**
     * Puts a new row, and with it what its revision stands for, both or neither. If the revision stands for other content, or if the
     * rollout has a row, it writes nothing and returns what was `accepted` before. Throws any other error of DynamoDB.
     *
     * The response can get lost. Then DynamoDB knows the token of the transaction and answers the repeated one with success. After
     * ten minutes it has forgotten the token, so the random `writeId` recognises the row of this call.
     */
    async accept(row: Rollout, release: AcceptedRelease): Promise<{ claimed: true } | { claimed: false; accepted: Accepted }> {
      const writeId = randomUUID();
      const request = new TransactWriteItemsCommand({
        ClientRequestToken: writeId,
        TransactItems: [
          {
            Put: {
              TableName: table.name,
              Item: acceptedItem(release),
              ConditionExpression: 'attribute_not_exists(pk) OR (releaseDigest = :digest AND formatVersion <= :formatVersion)',
              ExpressionAttributeValues: { ':digest': { S: release.releaseDigest }, ':formatVersion': numberAttribute(FORMAT_VERSION) },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
          {
            Put: {
              TableName: table.name,
              Item: { ...rowItem(row), writeId: { S: writeId } },
              ConditionExpression: 'attribute_not_exists(pk)',
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
        ],
      });
      try {
        await afterTransactions(table, () => table.client.send(request), isConflict);
        return { claimed: true };
      } catch (error) {
        const [ofRelease, ofRow] = reasonsOf(error);
        if (ofRow?.Item?.['writeId']?.S === writeId) return { claimed: true };
        if (ofRelease?.Item) return { claimed: false, accepted: acceptedOf(ofRelease.Item) };
        if (ofRow?.Item) return { claimed: false, accepted: rowOf(ofRow.Item) };
        throw error;
      }
    },
  };
}

/** The accepted release that an item holds. Throws if the item has a newer format. */
export function acceptedOf(item: Item): AcceptedRelease {
  return jsonOf(item, 'release') as AcceptedRelease;
}

function acceptedItem(release: AcceptedRelease): Item {
  return itemOf(acceptedKey(release), { releaseDigest: { S: release.releaseDigest }, ...jsonAttribute('release', release) });
}

/** Why DynamoDB canceled a transaction: one reason for each of its items. Empty for any other error. */
function reasonsOf(error: unknown): NonNullable<TransactionCanceledException['CancellationReasons']> {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return [];
  return (error as TransactionCanceledException).CancellationReasons ?? [];
}

const isConflict = (error: unknown): boolean => reasonsOf(error).some(({ Code }) => Code === 'TransactionConflict');
