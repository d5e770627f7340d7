import { randomUUID } from 'node:crypto';
import { type AttributeValue, type ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

/** The table, with a client that reaches it. `pause` waits so many milliseconds. */
export type Table = {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly name: string;
  readonly pause: (milliseconds: number) => Promise<void>;
};

/** An item as the DynamoDB API has it: each attribute with its type. */
export type Item = Record<string, AttributeValue>;

/** A number attribute. */
export const numberAttribute = (value: number): AttributeValue => ({ N: String(value) });

/** A value as one attribute of JSON text. */
export const jsonAttribute = (name: string, value: unknown): Item => ({ [name]: { S: JSON.stringify(value) } });

/**
 * Puts an item if the table still has the `itemRevision` that was read, or no item if none was read (`undefined`). If somebody
 * else was faster, it writes nothing and returns `done: false`, with the `existing` item if there is one. Throws any other error
 * of DynamoDB.
 *
 * The response to a write can get lost. Then the SDK sends the write again, and its condition fails on its own first attempt. The
 * random `writeId` tells that apart from a write of somebody else, even if both wrote the same content.
 */
export async function putIf(
  table: Table,
  item: Item,
  revisionRead: number | undefined,
): Promise<{ done: true } | { done: false; existing?: Item }> {
  const { client, name } = table;
  const writeId = randomUUID();
  const condition =
    revisionRead === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : { ConditionExpression: 'itemRevision = :read', ExpressionAttributeValues: { ':read': numberAttribute(revisionRead) } };
  const put = new PutItemCommand({
    TableName: name,
    Item: { ...item, writeId: { S: writeId } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ...condition,
  });
  try {
    await afterTransactions(table, () => client.send(put), isInTransaction);
    return { done: true };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    const existing = (error as ConditionalCheckFailedException).Item;
    if (existing?.['writeId']?.S === writeId) return { done: true };
    return existing ? { done: false, existing } : { done: false };
  }
}

/** Transactions on one item meet for milliseconds only. Together the pauses take a third of a second. */
const TRIES = 5;

/**
 * Sends a write, and sends it again while a transaction of somebody else holds one of its items. DynamoDB refuses such a write at
 * once, and the SDK does not repeat it (TransactionConflictException in the API reference). After five tries, throws the error.
 */
export async function afterTransactions(
  { pause }: Table,
  send: () => Promise<unknown>,
  isConflict: (error: unknown) => boolean,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await send();
      return;
    } catch (error) {
      if (tries === TRIES || !isConflict(error)) throw error;
      await pause(2 ** tries * 10);
    }
  }
}

const isInTransaction = (error: unknown): boolean => error instanceof Error && error.name === 'TransactionConflictException';
