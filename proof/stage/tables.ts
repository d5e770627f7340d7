import { CreateTableCommand, type CreateTableCommandInput, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

const BillingMode = 'PAY_PER_REQUEST' as const;
const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' as const });
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' as const });

/** The input of CreateTable for a ledger, as in the template. */
export function ledgerTable(TableName: string) {
  return {
    TableName,
    BillingMode,
    AttributeDefinitions: [
      text('pk'),
      text('sk'),
      text('workShard'),
      text('rolloutId'),
      { AttributeName: 'dueAt', AttributeType: 'N' as const },
    ],
    KeySchema: [hash('pk'), range('sk')],
    GlobalSecondaryIndexes: [
      { IndexName: 'work', KeySchema: [hash('workShard'), range('dueAt')], Projection: { ProjectionType: 'KEYS_ONLY' as const } },
      { IndexName: 'rolloutId', KeySchema: [hash('rolloutId')], Projection: { ProjectionType: 'KEYS_ONLY' as const } },
    ],
  };
}

/** The input of CreateTable for a lock table, as in the template. */
export function lockTable(TableName: string) {
  return { TableName, BillingMode, AttributeDefinitions: [text('id')], KeySchema: [hash('id')] };
}

/** Creates a table and waits until it can be used. */
export async function createTable(client: DynamoDBClient, table: CreateTableCommandInput): Promise<void> {
  await client.send(new CreateTableCommand(table));
  const { TableName } = table;
  while ((await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus !== 'ACTIVE') {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
