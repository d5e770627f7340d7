import { AwsError } from '../aws-error.ts';
import { createJsonService, type JsonOperation } from '../aws-json.ts';
import type { JsonInput } from '../member-types.ts';
import type { Clock, Service } from '../service.ts';
import { createSharedLock } from '../shared-lock.ts';
import { createEngine } from './engine.ts';
import { createTables, tableName } from './tables.ts';
import { createTransactions } from './transactions.ts';

const EXPIRY_MILLISECONDS = 30_000;
const FIVE_YEARS_SECONDS = 5 * 365 * 24 * 3600;

/**
 * DynamoDB: dynalite with its gaps closed in front of it. These are the item in the error of a failed condition,
 * transactions, time to live (checked every 30 s of the clock; AWS takes days), deletion protection and point-in-time
 * recovery.
 */
export function createDynamoDb(options: { readonly clock: Clock; readonly accountId: string; readonly region: string }): Service {
  const { clock } = options;
  const engine = createEngine(options);
  const tables = createTables(engine, clock);
  const transactions = createTransactions(engine, clock);
  const lock = createSharedLock();
  let closed = false;

  const named = (input: JsonInput): JsonInput => (input['TableName'] === undefined ? input : { ...input, TableName: tableName(input) });
  const shared =
    (work: JsonOperation): JsonOperation =>
    (input, request) =>
      lock.shared(async () => work(named(input), request));

  async function write(operation: 'PutItem' | 'UpdateItem' | 'DeleteItem', input: JsonInput): Promise<unknown> {
    if (input['ReturnValuesOnConditionCheckFailure'] !== 'ALL_OLD') return lock.shared(() => engine.run(operation, named(input)));
    // Exclusive, so that the returned item is the one on which the condition failed.
    return lock.exclusive(async () => {
      try {
        return await engine.run(operation, named(input));
      } catch (problem) {
        if (!(problem instanceof AwsError) || problem.exception !== 'ConditionalCheckFailedException') throw problem;
        const item = await existing(input);
        throw item === undefined ? problem : new AwsError(problem.exception, problem.message, { fields: { Item: item } });
      }
    });
  }

  async function existing(input: JsonInput): Promise<unknown> {
    const { Table } = await engine.run('DescribeTable', { TableName: tableName(input) });
    const from = (input['Key'] ?? input['Item']) as Record<string, unknown>;
    const names = (Table as { KeySchema: { AttributeName: string }[] }).KeySchema.map(({ AttributeName }) => AttributeName);
    const Key = Object.fromEntries(names.map((name) => [name, from[name]]));
    const { Item } = await engine.run('GetItem', { TableName: tableName(input), Key, ConsistentRead: true });
    return Item;
  }

  async function expire(table: string, attribute: string): Promise<void> {
    const seconds = clock.now() / 1000;
    const expression = {
      ExpressionAttributeNames: { '#ttl': attribute },
      ExpressionAttributeValues: {
        ':now': { N: String(seconds) },
        ':old': { N: String(seconds - FIVE_YEARS_SECONDS) },
        ':number': { S: 'N' },
      },
    };
    const FilterExpression = 'attribute_type(#ttl, :number) AND #ttl <= :now AND #ttl > :old';
    const { Table } = await engine.run('DescribeTable', { TableName: table });
    const names = (Table as { KeySchema: { AttributeName: string }[] }).KeySchema.map(({ AttributeName }) => AttributeName);
    let ExclusiveStartKey: unknown;
    do {
      const page = await engine.run('Scan', {
        TableName: table,
        FilterExpression,
        ...expression,
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      });
      for (const item of page['Items'] as Record<string, unknown>[]) {
        await engine.run('DeleteItem', { TableName: table, Key: Object.fromEntries(names.map((name) => [name, item[name]])) });
      }
      ExclusiveStartKey = page['LastEvaluatedKey'];
    } while (ExclusiveStartKey !== undefined);
  }

  function scheduleExpiry(): void {
    clock.after(EXPIRY_MILLISECONDS, () => {
      if (closed) return;
      lock
        .exclusive(async () => {
          for (const { table, attribute } of tables.expiring()) await expire(table, attribute);
        })
        .catch((error: unknown) => {
          if (!closed) console.error('embedded-aws: DynamoDB could not delete expired items', error);
        });
      scheduleExpiry();
    });
  }
  scheduleExpiry();

  const pass = (operation: Parameters<typeof engine.run>[0]): JsonOperation => shared((input) => engine.run(operation, input));

  const service = createJsonService(
    {
      name: 'dynamodb',
      region: options.region,
      version: '1.0',
      target: 'DynamoDB_20120810',
      errorType: (exception) =>
        exception === 'ValidationException'
          ? 'com.amazon.coral.validate#ValidationException'
          : exception === 'UnknownOperationException' || exception === 'SerializationException'
            ? `com.amazon.coral.service#${exception}`
            : `com.amazonaws.dynamodb.v20120810#${exception}`,
      // The engine checks its own operations. These members belong to operations that are carried out here.
      members: {
        TransactItems: { list: 'structure' },
        Put: 'structure',
        Update: 'structure',
        Delete: 'structure',
        ConditionCheck: 'structure',
        Get: 'structure',
        TimeToLiveSpecification: 'structure',
        PointInTimeRecoverySpecification: 'structure',
      },
    },
    {
      GetItem: pass('GetItem'),
      BatchGetItem: pass('BatchGetItem'),
      BatchWriteItem: pass('BatchWriteItem'),
      Query: pass('Query'),
      Scan: pass('Scan'),
      ListTables: pass('ListTables'),
      TagResource: pass('TagResource'),
      UntagResource: pass('UntagResource'),
      ListTagsOfResource: pass('ListTagsOfResource'),
      PutItem: (input) => write('PutItem', input),
      UpdateItem: (input) => write('UpdateItem', input),
      DeleteItem: (input) => write('DeleteItem', input),
      TransactWriteItems: (input) => lock.exclusive(() => transactions.write(input)),
      TransactGetItems: (input) => lock.exclusive(() => transactions.get(input)),
      DescribeEndpoints: (_input, request) => ({ Endpoints: [{ Address: new URL(request.endpoint).host, CachePeriodInMinutes: 1440 }] }),
      ...Object.fromEntries(Object.entries(tables.operations).map(([name, work]) => [name, shared(work)])),
    },
  );

  return {
    ...service,
    async close() {
      closed = true;
      await lock.exclusive(() => engine.close());
    },
  };
}
