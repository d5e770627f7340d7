import { CreateTableCommand, DynamoDBClient, PutItemCommand, TransactWriteItemsCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from './support/endpoints.ts';

let aws: TestAws;
// The faults are those of the embedded AWS, so these tests always use it.
let dynamodb: DynamoDBClient;
let sqs: SQSClient;
beforeAll(async () => {
  aws = await startTestAws();
  dynamodb = new DynamoDBClient(aws.access);
  sqs = new SQSClient(aws.access);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'ledger',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'artifacts' }));
  await aws.s3.send(new PutObjectCommand({ Bucket: 'artifacts', Key: 'app.bin', Body: 'an image of some length' }));
});
afterAll(async () => {
  dynamodb.destroy();
  sqs.destroy();
  await aws.stop();
});
afterEach(() => aws.services.faults.clear());

const statuses = async () => {
  const { requests } = (await (await fetch(`${aws.endpoint}/_ota/requests`)).json()) as {
    requests: { operation: string; status: number }[];
  };
  return requests.map(({ operation, status }) => `${operation} ${status}`);
};

describe('a write whose answer is lost', () => {
  it('is sent again by the SDK, and the condition of a PutItem then fails on the item that it wrote itself', async () => {
    aws.services.faults.add({ service: 'dynamodb', operation: 'PutItem', kind: 'lostReply', times: 1 });
    const put = new PutItemCommand({
      TableName: 'ledger',
      Item: { id: { S: 'put' }, owner: { S: 'me' } },
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(dynamodb.send(put)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { id: { S: 'put' }, owner: { S: 'me' } },
      $metadata: { attempts: 2 },
    });
    expect((await statuses()).slice(-2)).toEqual(['PutItem 0', 'PutItem 400']);
  });

  it('is sent again by the SDK, and the condition of an UpdateItem then fails on the item that it wrote itself', async () => {
    await dynamodb.send(new PutItemCommand({ TableName: 'ledger', Item: { id: { S: 'row' }, version: { N: '1' } } }));
    aws.services.faults.add({ service: 'dynamodb', operation: 'UpdateItem', kind: 'lostReply', times: 1 });
    const update = new UpdateItemCommand({
      TableName: 'ledger',
      Key: { id: { S: 'row' } },
      UpdateExpression: 'SET version = :next',
      ConditionExpression: 'version = :known',
      ExpressionAttributeValues: { ':known': { N: '1' }, ':next': { N: '2' } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(dynamodb.send(update)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { version: { N: '2' } },
      $metadata: { attempts: 2 },
    });
  });

  it('succeeds the second time if it is a transaction, because the SDK repeats its ClientRequestToken', async () => {
    aws.services.faults.add({ service: 'dynamodb', operation: 'TransactWriteItems', kind: 'lostReply', times: 1 });
    const { $metadata } = await dynamodb.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: 'ledger', Item: { id: { S: 'transaction' } }, ConditionExpression: 'attribute_not_exists(id)' } },
        ],
      }),
    );
    expect($metadata.attempts).toBe(2);
  });

  it('leaves two messages if it is a SendMessage', async () => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'twice' }));
    aws.services.faults.add({ service: 'sqs', operation: 'SendMessage', kind: 'lostReply', times: 1 });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'once' }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }));
    expect(Attributes).toEqual({ ApproximateNumberOfMessages: '2' });
  });
});

describe('an answer whose body stalls', () => {
  const impatient = { socketTimeout: 100 };

  it('arrives with its headers and half of the body, and the rest never comes', async () => {
    aws.services.faults.add({ service: 's3', operation: 'GetObject', kind: 'stalledBody' });
    const hangUp = new AbortController();
    const answer = await fetch(`${aws.endpoint}/artifacts/app.bin`, { signal: hangUp.signal });
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, '23']);
    const body = (answer.body as ReadableStream<Uint8Array>).getReader();
    expect(Buffer.from((await body.read()).value ?? []).toString()).toBe('an image of');
    const rest = body.read().then(
      () => 'more',
      () => 'hung up',
    );
    // Another request is answered completely in the meantime.
    const other = aws.s3.send(new ListBucketsCommand({})).then(() => 'other');
    expect(await Promise.race([rest, other])).toBe('other');
    hangUp.abort();
    expect(await rest).toBe('hung up');
  });

  it.each([
    ['dynamodb', () => new DynamoDBClient({ ...aws.access, maxAttempts: 1, requestHandler: impatient }), put('stalled')],
    ['sqs', () => new SQSClient({ ...aws.access, maxAttempts: 1, requestHandler: impatient }), new ListQueuesCommand({})],
    [
      'events',
      () => new EventBridgeClient({ ...aws.access, maxAttempts: 1, requestHandler: impatient }),
      new CreateEventBusCommand({ Name: 'stalled' }),
    ],
    [
      's3, which answers PutObject without a body,',
      () => new S3Client({ ...aws.access, maxAttempts: 1, requestHandler: impatient }),
      new PutObjectCommand({ Bucket: 'artifacts', Key: 'stalled', Body: 'x' }),
    ],
  ])('of %s ends only by the time-out of the idle socket', async (name, connect, command) => {
    aws.services.faults.add({ service: name.split(',')[0] ?? '', kind: 'stalledBody' });
    const client = connect() as { send(command: unknown): Promise<unknown>; destroy(): void };
    await expect(client.send(command)).rejects.toThrow();
    client.destroy();
  });

  it('was carried out', async () => {
    aws.services.faults.add({ service: 'dynamodb', operation: 'PutItem', kind: 'stalledBody', times: 1 });
    const client = new DynamoDBClient({ ...aws.access, requestHandler: impatient });
    await expect(client.send(put('carried-out'))).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    client.destroy();
  });

  it('is complete if it is to HEAD, which has no body', async () => {
    aws.services.faults.add({ service: 's3', kind: 'stalledBody' });
    await expect(aws.s3.send(new HeadObjectCommand({ Bucket: 'artifacts', Key: 'app.bin' }))).resolves.toMatchObject({ ContentLength: 23 });
  });
});

function put(id: string): PutItemCommand {
  return new PutItemCommand({ TableName: 'ledger', Item: { id: { S: id } }, ConditionExpression: 'attribute_not_exists(id)' });
}

describe('a connection that was closed while the function was frozen', () => {
  it('resets the next request on it, and nothing was done', async () => {
    const client = new DynamoDBClient({ ...aws.access, maxAttempts: 1 });
    aws.services.faults.add({ service: 'dynamodb', kind: 'staleConnection' });
    await client.send(put('first'));
    await expect(client.send(put('second'))).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(client.send(put('second'))).resolves.toBeDefined();
    client.destroy();
  });

  it('costs an SDK that may retry one attempt', async () => {
    const client = new DynamoDBClient(aws.access);
    aws.services.faults.add({ service: 'dynamodb', kind: 'staleConnection' });
    await client.send(put('third'));
    const { $metadata } = await client.send(put('fourth'));
    expect($metadata.attempts).toBe(2);
    client.destroy();
  });

  it('never hits a client that opens a connection for each request', async () => {
    const client = new S3Client({ ...aws.access, maxAttempts: 1, requestHandler: { httpAgent: { keepAlive: false } } });
    aws.services.faults.add({ service: 's3', kind: 'staleConnection' });
    for (let request = 0; request < 3; request += 1) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: 'artifacts', Key: 'app.bin' }));
      expect(await Body?.transformToString()).toBe('an image of some length');
    }
    client.destroy();
  });
});
