import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createManualClock } from '../../../src/clock.ts';
import { createSharedLock } from '../../../src/services/shared-lock.ts';
import { startTestAws, type TestAws } from '../../support/endpoints.ts';
import { eventually } from '../../support/eventually.ts';

const clock = createManualClock();
let aws: TestAws;
let dynamodb: DynamoDBClient;
beforeAll(async () => {
  aws = await startTestAws({ clock });
  // Time to live runs on the clock of the embedded engine, so this test always uses that engine.
  dynamodb = new DynamoDBClient(aws.access);
});
afterAll(async () => {
  dynamodb.destroy();
  await aws.stop();
});

describe('time to live', () => {
  it('deletes the items that have expired by the clock, and no others', async () => {
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'locks',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    await dynamodb.send(
      new UpdateTimeToLiveCommand({ TableName: 'locks', TimeToLiveSpecification: { AttributeName: 'expiration', Enabled: true } }),
    );
    const seconds = clock.now() / 1000;
    const put = (id: string, expiration?: { N: string } | { S: string }) =>
      dynamodb.send(
        new PutItemCommand({ TableName: 'locks', Item: { id: { S: id }, ...(expiration === undefined ? {} : { expiration }) } }),
      );
    await put('soon', { N: String(seconds + 10) });
    await put('later', { N: String(seconds + 3600) });
    await put('never');
    await put('text', { S: String(seconds + 10) });
    await put('ancient', { N: String(seconds - 6 * 365 * 24 * 3600) });
    const has = async (id: string) =>
      (await dynamodb.send(new GetItemCommand({ TableName: 'locks', Key: { id: { S: id } }, ConsistentRead: true }))).Item !== undefined;
    expect(await has('soon')).toBe(true);
    clock.advance(30_000);
    expect(await Promise.all(['soon', 'later', 'never', 'text', 'ancient'].map(has))).toEqual([false, true, true, true, true]);
    clock.advance(3_600_000);
    expect(await has('later')).toBe(false);
  });
});

describe('another account and region', () => {
  it('are in ARNs', async () => {
    const other = await startTestAws({ accountId: '123456789012', region: 'eu-central-1' });
    const client = new DynamoDBClient(other.access);
    const { TableDescription } = await client.send(
      new CreateTableCommand({
        TableName: 'there',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    expect(TableDescription?.TableArn).toBe('arn:aws:dynamodb:eu-central-1:123456789012:table/there');
    expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).not.toContain('there');
    client.destroy();
    await other.stop();
  });
});

describe('the lock around transactions', () => {
  it('runs shared work together and exclusive work alone, in the order of the requests', async () => {
    const lock = createSharedLock();
    const log: string[] = [];
    const gates = new Map<string, () => void>();
    const work = (name: string) => async () => {
      log.push(`${name}+`);
      await new Promise<void>((open) => gates.set(name, open));
      log.push(`${name}-`);
    };
    const all = [lock.shared(work('a')), lock.shared(work('b')), lock.exclusive(work('X')), lock.shared(work('c'))];
    await eventually(() => log).toEqual(['a+', 'b+']);
    gates.get('b')?.();
    await all[1];
    expect(log).toEqual(['a+', 'b+', 'b-']);
    gates.get('a')?.();
    await eventually(() => log.at(-1)).toBe('X+');
    gates.get('X')?.();
    await eventually(() => log.at(-1)).toBe('c+');
    gates.get('c')?.();
    await Promise.all(all);
  });

  it('is released by work that fails', async () => {
    const lock = createSharedLock();
    await expect(lock.exclusive(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lock.shared(async () => 'free')).toBe('free');
  });
});
