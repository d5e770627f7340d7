import { randomUUID } from 'node:crypto';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import {
  BatchGetItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../../support/endpoints.ts';
import { eventually } from '../../support/eventually.ts';

let aws: TestAws;
const ledger = `ledger-${randomUUID()}`;
const lock = `lock-${randomUUID()}`;

beforeAll(async () => {
  aws = await startTestAws({}, 'named');
  await aws.dynamodb.send(
    new CreateTableCommand({
      TableName: ledger,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: 'w', AttributeType: 'S' },
        { AttributeName: 'due', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'work',
          KeySchema: [
            { AttributeName: 'w', KeyType: 'HASH' },
            { AttributeName: 'due', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      SSESpecification: { Enabled: true },
    }),
  );
  await aws.dynamodb.send(
    new CreateTableCommand({
      TableName: lock,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  for (const TableName of [ledger, lock]) await waitUntilTableExists({ client: aws.dynamodb, maxWaitTime: 60 }, { TableName });
}, 120_000);
afterAll(async () => {
  for (const TableName of [ledger, lock]) await aws.dynamodb.send(new DeleteTableCommand({ TableName }));
  await aws.stop();
});

const key = (pk: string, sk = '0') => ({ pk: { S: pk }, sk: { S: sk } });
const put = (item: Record<string, { S: string } | { N: string }>) =>
  aws.dynamodb.send(new PutItemCommand({ TableName: ledger, Item: item }));
const get = async (pk: string, sk?: string) =>
  (await aws.dynamodb.send(new GetItemCommand({ TableName: ledger, Key: key(pk, sk), ConsistentRead: true }))).Item;

describe('a condition that fails', () => {
  const returning = { TableName: ledger, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

  it('returns the item on which it failed, if requested, for put, update and delete', async () => {
    const item = { ...key('shown'), state: { S: 'CREATED' } };
    await put(item);
    const failed = { name: 'ConditionalCheckFailedException', Item: item };
    const ConditionExpression = 'attribute_not_exists(pk)';
    await expect(aws.dynamodb.send(new PutItemCommand({ ...returning, Item: key('shown'), ConditionExpression }))).rejects.toMatchObject(
      failed,
    );
    const update = new UpdateItemCommand({
      ...returning,
      Key: key('shown'),
      UpdateExpression: 'SET a = :a',
      ExpressionAttributeValues: { ':a': { N: '1' } },
      ConditionExpression,
    });
    await expect(aws.dynamodb.send(update)).rejects.toMatchObject(failed);
    await expect(aws.dynamodb.send(new DeleteItemCommand({ ...returning, Key: key('shown'), ConditionExpression }))).rejects.toMatchObject(
      failed,
    );
    expect(await get('shown')).toEqual(item);
  });

  it('returns no item if it was not requested or does not exist', async () => {
    await put(key('unshown'));
    const unasked = aws.dynamodb.send(
      new PutItemCommand({ TableName: ledger, Item: key('unshown'), ConditionExpression: 'attribute_not_exists(pk)' }),
    );
    await expect(unasked).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item: undefined });
    const missing = aws.dynamodb.send(
      new DeleteItemCommand({ ...returning, Key: key('missing'), ConditionExpression: 'attribute_exists(pk)' }),
    );
    await expect(missing).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item: undefined });
  });

  it('lets exactly one of many writers through', async () => {
    const attempts = Array.from({ length: 20 }, (_, number) =>
      aws.dynamodb
        .send(
          new PutItemCommand({
            ...returning,
            Item: { ...key('raced'), winner: { N: String(number) } },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        )
        .then(() => number),
    );
    const outcomes = await Promise.allSettled(attempts);
    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(won).toHaveLength(1);
    const item = { ...key('raced'), winner: { N: String(won[0]?.value) } };
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason.Item).toEqual(item);
  });
});

describe('the sparse index', () => {
  it('has the keys of the items that are due, in order, without those that no longer are', async () => {
    await put({ ...key('due', '1'), w: { S: 'w1' }, due: { N: '100' }, other: { S: 'x' } });
    await put({ ...key('due', '2'), w: { S: 'w1' }, due: { N: '20' } });
    await put({ ...key('due', '3'), other: { S: 'not due' } });
    await put({ ...key('due', '4'), w: { S: 'w1' }, due: { N: '1795427067429' } });
    const query = async () =>
      (
        await aws.dynamodb.send(
          new QueryCommand({
            TableName: ledger,
            IndexName: 'work',
            KeyConditionExpression: 'w = :w AND due <= :now',
            ExpressionAttributeValues: { ':w': { S: 'w1' }, ':now': { N: '1000' } },
          }),
        )
      ).Items;
    await eventually(query).toEqual([
      { ...key('due', '2'), w: { S: 'w1' }, due: { N: '20' } },
      { ...key('due', '1'), w: { S: 'w1' }, due: { N: '100' } },
    ]);
    await aws.dynamodb.send(new UpdateItemCommand({ TableName: ledger, Key: key('due', '2'), UpdateExpression: 'REMOVE w, due' }));
    await eventually(async () => (await query())?.length).toBe(1);
  });
});

describe('reading', () => {
  it('gets many items at once, consistently', async () => {
    for (const sk of ['1', '2', '3']) await put({ ...key('many', sk), n: { N: sk } });
    const keys = ['1', '2', '3', '4'].map((sk) => key('many', sk));
    const { Responses } = await aws.dynamodb.send(
      new BatchGetItemCommand({ RequestItems: { [ledger]: { Keys: keys, ConsistentRead: true } } }),
    );
    expect(Responses?.[ledger]?.map(({ n }) => n?.N).sort()).toEqual(['1', '2', '3']);
  });

  it('pages through a query in order, without the neighbouring partitions', async () => {
    await put(key('pagf', '1'));
    for (let number = 0; number < 12; number += 1) await put(key('page', String(number).padStart(3, '0')));
    const seen: string[] = [];
    let ExclusiveStartKey: QueryCommandOutput['LastEvaluatedKey'];
    do {
      const page: QueryCommandOutput = await aws.dynamodb.send(
        new QueryCommand({
          TableName: ledger,
          KeyConditionExpression: 'pk = :p',
          ExpressionAttributeValues: { ':p': { S: 'page' } },
          Limit: 5,
          ConsistentRead: true,
          ExclusiveStartKey,
        }),
      );
      for (const item of page.Items ?? []) seen.push(item['sk']?.S ?? '');
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    expect(seen).toEqual(Array.from({ length: 12 }, (_, number) => String(number).padStart(3, '0')));
  });

  it('scans one table and not the other', async () => {
    await aws.dynamodb.send(new PutItemCommand({ TableName: lock, Item: { id: { S: 'scanned' } } }));
    const { Items } = await aws.dynamodb.send(
      new ScanCommand({ TableName: lock, FilterExpression: 'id = :i', ExpressionAttributeValues: { ':i': { S: 'scanned' } } }),
    );
    expect(Items).toEqual([{ id: { S: 'scanned' } }]);
  });
});

describe('a transaction', () => {
  it('writes all or nothing, with a reason for each part', async () => {
    await put({ ...key('t', 'held'), v: { N: '1' } });
    const write = (condition: string) =>
      aws.dynamodb.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName: ledger, Item: key('t', 'new') } },
            {
              Update: {
                TableName: ledger,
                Key: key('t', 'held'),
                UpdateExpression: 'SET v = v + :one',
                ExpressionAttributeValues: { ':one': { N: '1' } },
              },
            },
            {
              ConditionCheck: {
                TableName: ledger,
                Key: key('t', 'absent'),
                ConditionExpression: condition,
                ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
              },
            },
          ],
        }),
      );
    await expect(write('attribute_exists(pk)')).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
    });
    expect(await get('t', 'new')).toBeUndefined();
    expect((await get('t', 'held'))?.['v']).toEqual({ N: '1' });
    await write('attribute_not_exists(pk)');
    expect(await get('t', 'new')).toEqual(key('t', 'new'));
    expect((await get('t', 'held'))?.['v']).toEqual({ N: '2' });
    expect(await get('t', 'absent')).toBeUndefined();
  });

  it('checks an item without changing it, and returns it if the check fails', async () => {
    const item = { ...key('check'), v: { N: '1' } };
    await put(item);
    const check = (expected: string) =>
      aws.dynamodb.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            {
              ConditionCheck: {
                TableName: ledger,
                Key: key('check'),
                ConditionExpression: 'v = :v',
                ExpressionAttributeValues: { ':v': { N: expected } },
                ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
              },
            },
          ],
        }),
      );
    await check('1');
    await expect(check('2')).rejects.toMatchObject({ CancellationReasons: [{ Code: 'ConditionalCheckFailed', Item: item }] });
    expect(await get('check')).toEqual(item);
  });

  it('is written once for a client token, and refuses a different one under it', async () => {
    const token = randomUUID();
    const add = (amount: string) =>
      aws.dynamodb.send(
        new TransactWriteItemsCommand({
          ClientRequestToken: token,
          TransactItems: [
            {
              Update: {
                TableName: ledger,
                Key: key('token'),
                UpdateExpression: 'ADD n :n',
                ExpressionAttributeValues: { ':n': { N: amount } },
              },
            },
          ],
        }),
      );
    await add('1');
    await add('1');
    expect((await get('token'))?.['n']).toEqual({ N: '1' });
    await expect(add('2')).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  });

  it('cannot touch an item twice', async () => {
    const TransactItems = [{ Put: { TableName: ledger, Item: key('twice') } }, { Delete: { TableName: ledger, Key: key('twice') } }];
    await expect(aws.dynamodb.send(new TransactWriteItemsCommand({ TransactItems }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('reads many items at one point in time', async () => {
    await put(key('moment'));
    const { Responses } = await aws.dynamodb.send(
      new TransactGetItemsCommand({
        TransactItems: [{ Get: { TableName: ledger, Key: key('moment') } }, { Get: { TableName: ledger, Key: key('nowhere') } }],
      }),
    );
    expect(Responses).toEqual([{ Item: key('moment') }, {}]);
  });
});

describe('a table', () => {
  it('is described with its key, index and encryption', async () => {
    const { Table } = await aws.dynamodb.send(new DescribeTableCommand({ TableName: ledger }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      SSEDescription: { Status: 'ENABLED' },
      DeletionProtectionEnabled: false,
    });
    expect((await aws.dynamodb.send(new ListTablesCommand({}))).TableNames).toContain(ledger);
  });

  it('is not deleted while it is protected', async () => {
    await aws.dynamodb.send(new UpdateTableCommand({ TableName: lock, DeletionProtectionEnabled: true }));
    await expect(aws.dynamodb.send(new DeleteTableCommand({ TableName: lock }))).rejects.toMatchObject({ name: 'ValidationException' });
    const { TableDescription } = await aws.dynamodb.send(new UpdateTableCommand({ TableName: lock, DeletionProtectionEnabled: false }));
    expect(TableDescription?.DeletionProtectionEnabled).toBe(false);
  });

  it('has time to live that can be switched on', async () => {
    const table = { TableName: lock };
    await aws.dynamodb.send(
      new UpdateTimeToLiveCommand({ ...table, TimeToLiveSpecification: { AttributeName: 'expiration', Enabled: true } }),
    );
    const { TimeToLiveDescription } = await aws.dynamodb.send(new DescribeTimeToLiveCommand(table));
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expiration', TimeToLiveStatus: expect.stringMatching(/^ENABL/) });
  });

  it('has point-in-time recovery that can be switched on', async () => {
    const table = { TableName: lock };
    await aws.dynamodb.send(
      new UpdateContinuousBackupsCommand({ ...table, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }),
    );
    const { ContinuousBackupsDescription } = await aws.dynamodb.send(new DescribeContinuousBackupsCommand(table));
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('ENABLED');
  });
});

describe("Powertools' persistence layer", () => {
  it('answers a duplicate from the failed condition alone, without a read', async () => {
    const calls: string[] = [];
    const client = aws.dynamodb;
    client.middlewareStack.add(
      (next, context) => (input) => {
        calls.push(context.commandName ?? '');
        return next(input);
      },
      { step: 'initialize', name: 'calls' },
    );
    let runs = 0;
    const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', expiresAfterSeconds: 60 });
    config.registerLambdaContext({ getRemainingTimeInMillis: () => 60_000 } as Context);
    const persistenceStore = new DynamoDBPersistenceLayer({ tableName: lock, awsSdkV3Client: client });
    const work = makeIdempotent(async (input: { id: string }) => ({ id: input.id, run: ++runs }), {
      persistenceStore,
      keyPrefix: 'test',
      config,
    });
    const id = randomUUID();
    expect(await work({ id })).toEqual({ id, run: 1 });
    expect(await work({ id })).toEqual({ id, run: 1 });
    client.middlewareStack.remove('calls');
    expect(calls).toEqual(['PutItemCommand', 'UpdateItemCommand', 'PutItemCommand']);
  });
});
