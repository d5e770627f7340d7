import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from './support/endpoints.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
  await ask('sqs', 'AmazonSQS.CreateQueue', '{"QueueName":"constructor"}');
  await askS3('PUT', '/bucket');
  await askS3('PUT', '/bucket/object', 'x');
});
afterAll(() => aws.stop());

const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

async function ask(service: string, target: string, body: string) {
  const headers = { ...signed(service), 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' };
  const response = await fetch(aws.endpoint, { method: 'POST', headers, body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function askS3(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${aws.endpoint}${path}`, { method, headers: { ...signed('s3'), ...headers }, ...(body && { body }) });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

const queue = '"QueueUrl":"/constructor"';

describe('a request that no SDK would send', () => {
  it.each([
    ['SendMessage', 'null'],
    ['SendMessage', '[]'],
    ['SendMessage', '{'],
    ['SendMessage', '{"QueueUrl":{}}'],
    ['SendMessage', `{${queue},"MessageBody":{}}`],
    ['SendMessage', `{${queue},"MessageBody":"x","MessageAttributes":[]}`],
    ['SendMessage', `{${queue},"MessageBody":"x","MessageAttributes":{"a":null}}`],
    ['SendMessage', `{${queue},"MessageBody":"x","DelaySeconds":"a"}`],
    ['SendMessageBatch', `{${queue},"Entries":[null]}`],
    ['SendMessageBatch', `{${queue},"Entries":{}}`],
    ['DeleteMessage', `{${queue},"ReceiptHandle":5}`],
    ['GetQueueAttributes', `{${queue},"AttributeNames":5}`],
    ['UntagQueue', `{${queue},"TagKeys":"x"}`],
    ['CreateQueue', '{"QueueName":["a"]}'],
    ['CreateQueue', '{"QueueName":"a","Attributes":[]}'],
    ['ListQueues', '{"MaxResults":"x"}'],
  ])('is a SerializationException of SQS: %s %s', async (operation, body) => {
    expect(await ask('sqs', `AmazonSQS.${operation}`, body)).toMatchObject({
      status: 400,
      body: { __type: 'com.amazonaws.sqs#SerializationException' },
    });
  });

  it.each([
    ['PutEvents', '{"Entries":[null]}'],
    ['PutEvents', '{"Entries":"x"}'],
    ['PutEvents', '{"Entries":[{"Source":1,"DetailType":2,"Detail":3}]}'],
    ['PutEvents', '{"Entries":[{"Source":"s","DetailType":"t","Detail":"{}","Time":"bad"}]}'],
    ['PutTargets', '{"Rule":"r1","Targets":[null]}'],
    ['RemoveTargets', '{"Rule":"r1","Ids":5}'],
    ['ListRules', '{"EventBusName":5}'],
  ])('is a SerializationException of EventBridge: %s %s', async (operation, body) => {
    expect(await ask('events', `AWSEvents.${operation}`, body)).toMatchObject({ status: 400, body: { __type: 'SerializationException' } });
  });

  it('is a SerializationException of DynamoDB: TransactWriteItems with nothing in its list', async () => {
    const { status, body } = await ask('dynamodb', 'DynamoDB_20120810.TransactWriteItems', '{"TransactItems":[null]}');
    expect([status, body['__type']]).toEqual([400, 'com.amazon.coral.service#SerializationException']);
  });

  it('may have null members, which count as absent', async () => {
    const body = '{"QueueName":"nulls","Attributes":null,"tags":null}';
    expect((await ask('sqs', 'AmazonSQS.CreateQueue', body)).status).toBe(200);
    expect((await ask('sqs', 'AmazonSQS.ListQueues', '{"QueueNamePrefix":"nulls","NextToken":null}')).body['QueueUrls']).toHaveLength(1);
  });

  it('does not reach the prototypes of stored objects', async () => {
    const message = `{${queue},"MessageBody":"x","MessageAttributes":{"__proto__":{"DataType":"String","StringValue":"kept"}}}`;
    expect((await ask('sqs', 'AmazonSQS.SendMessage', message)).status).toBe(200);
    const { body } = await ask('sqs', 'AmazonSQS.ReceiveMessage', `{${queue},"MessageAttributeNames":["All"]}`);
    expect(JSON.stringify(body)).toContain('"__proto__":{"DataType":"String","StringValue":"kept"}');
    await ask('sqs', 'AmazonSQS.TagQueue', `{${queue},"Tags":{"__proto__":"x"}}`);
    expect(JSON.stringify((await ask('sqs', 'AmazonSQS.ListQueueTags', `{${queue}}`)).body)).toBe('{"Tags":{"__proto__":"x"}}');
    expect((await ask('sqs', 'AmazonSQS.CreateQueue', '{"QueueName":"p","Attributes":{"__proto__":"1"}}')).status).toBe(400);
    expect(Object.prototype).not.toHaveProperty('DataType');
  });

  it('cannot add a header to an answer or break one', async () => {
    const evil = await askS3('GET', '/bucket/object?response-content-type=a%0d%0aX-Evil:1');
    expect([evil.status, evil.headers.get('x-evil')]).toEqual([400, null]);
    const name = await askS3('GET', `/bucket/object?response-content-disposition=${encodeURIComponent('attachment; filename="ü.bin"')}`);
    expect(name.status).toBe(200);
    expect((await askS3('PUT', '/bucket/a%0d%0ab', 'x')).status).toBe(200);
  });

  it.each([
    ['iot', 'GET', '/jobs/%', 'InvalidRequestException'],
    ['iot', 'PUT', '/jobs/%E0%A4%A', 'InvalidRequestException'],
    ['iot', 'POST', '/rules/%zz', 'InvalidRequestException'],
    ['iotmanagedintegrations', 'GET', '/ota-tasks/%', 'ValidationException'],
    ['lambda', 'GET', '/2019-09-30/functions/%/concurrency', 'ResourceNotFoundException'],
  ])('may have a path that is not percent-encoded: %s %s %s', async (service, method, path, exception) => {
    const answer = await fetch(`${aws.endpoint}${path}`, { method, headers: signed(service) });
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers.get('x-amzn-errortype')).toBe(exception);
  });

  it('may name a copy source that is not percent-encoded', async () => {
    const copy = await askS3('PUT', '/bucket/copy', undefined, { 'x-amz-copy-source': '%zz' });
    expect([copy.status, copy.body]).toEqual([400, expect.stringContaining('<Code>InvalidArgument</Code>')]);
  });

  it('gets an error in the form of the older query protocol if it uses that', async () => {
    const headers = { ...signed('autoscaling'), 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const answer = await fetch(aws.endpoint, { method: 'POST', headers, body: 'Action=DescribeAutoScalingGroups&Version=2011-01-01' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(/^<ErrorResponse><Error><Type>Sender<.*<Code>UnknownOperationException<.*no service 'autoscaling'/);
    const old = await fetch(aws.endpoint, { method: 'POST', headers: { ...headers, ...signed('sqs') }, body: 'Action=ListQueues' });
    expect(old.status).toBe(400);
    expect(await old.text()).toMatch(/^<ErrorResponse>.*only the JSON protocol is implemented/);
  });
});

describe('STS', () => {
  const askSts = async (body: string) => {
    const headers = { ...signed('sts'), 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const answer = await fetch(aws.endpoint, { method: 'POST', headers, body });
    return { status: answer.status, text: await answer.text() };
  };

  it('answers that the caller is the account itself', async () => {
    const { status, text } = await askSts('Action=GetCallerIdentity&Version=2011-06-15');
    expect(status).toBe(200);
    expect(text).toContain('<Account>000000000000</Account>');
  });

  it('names an operation that is not implemented', async () => {
    const { status, text } = await askSts('Action=AssumeRole&Version=2011-06-15');
    expect([status, text]).toEqual([
      400,
      expect.stringContaining('<Code>InvalidAction</Code><Message>The embedded AWS does not know STS AssumeRole'),
    ]);
  });
});
