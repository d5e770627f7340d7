import { type AttributeValue, type ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

/** The table, with a client that reaches it. */
export type Table = { readonly client: Pick<DynamoDBClient, 'send'>; readonly name: string };

/** An item as the DynamoDB API has it: each attribute with its type. */
export type Item = Record<string, AttributeValue>;

/** A number attribute. */
export const numberAttribute = (value: number): AttributeValue => ({ N: String(value) });

/** A value as one attribute of JSON text. */
export const jsonAttribute = (name: string, value: unknown): Item => ({ [name]: { S: JSON.stringify(value) } });

/**
 * Puts an item if the table still has the `itemRevision` that was read, or no item if none was read (`undefined`). If somebody
 * else was faster, it writes nothing and returns `done: false`. For an item that should not have existed, the result also has
 * the `existing` one. Throws any other error of DynamoDB.
 */
export async function putIf(
  { client, name }: Table,
  item: Item,
  revisionRead: number | undefined,
): Promise<{ done: true } | { done: false; existing?: Item }> {
  const condition =
    revisionRead === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }
      : { ConditionExpression: 'itemRevision = :read', ExpressionAttributeValues: { ':read': numberAttribute(revisionRead) } };
  try {
    await client.send(new PutItemCommand({ TableName: name, Item: item, ...condition }));
    return { done: true };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    const existing = (error as ConditionalCheckFailedException).Item;
    return existing ? { done: false, existing } : { done: false };
  }
}
