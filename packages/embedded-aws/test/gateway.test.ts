import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListEventBusesCommand } from '@aws-sdk/client-eventbridge';
import { IoTClient, ListOTAUpdatesCommand } from '@aws-sdk/client-iot';
import { CreateBucketCommand, HeadBucketCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueUrlCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind } from '../src/faults.ts';
import { startTestAws, type TestAws } from './support/endpoints.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());
afterEach(() => aws.services.faults.clear());

const signed = (service: string, region = 'us-east-1') => ({
  authorization: `AWS4-HMAC-SHA256 Credential=any/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

describe('the endpoint', () => {
  it('routes by the service name in the credential scope, accepts any credentials and gives every answer an id', async () => {
    const answer = await fetch(aws.endpoint, {
      method: 'POST',
      headers: { ...signed('dynamodb'), 'x-amz-target': 'DynamoDB_20120810.ListTables' },
      body: '{}',
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ TableNames: [] });
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[\da-f-]{36}$/);
  });

  it('names its services if a request is for another one', async () => {
    const answer = await fetch(aws.endpoint, { method: 'POST', headers: signed('kinesis') });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      __type: 'UnknownOperationException',
      message: expect.stringContaining("no service 'kinesis'"),
    });
  });

  it.each([
    ['dynamodb', 'DynamoDB_20120810.CreateBackup', 'CreateBackup'],
    ['sqs', 'AmazonSQS.Fly', 'Fly'],
    ['events', 'AWSEvents.CreateArchive', 'CreateArchive'],
  ])('names an operation of %s that is not implemented', async (service, target, name) => {
    const answer = await fetch(aws.endpoint, { method: 'POST', headers: { ...signed(service), 'x-amz-target': target }, body: '{}' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      __type: expect.stringContaining('UnknownOperationException'),
      message: expect.stringContaining(name),
    });
  });

  it('names an operation of S3 that is not implemented', async () => {
    const answer = await fetch(`${aws.endpoint}/bucket?website`, { headers: signed('s3') });
    expect(answer.status).toBe(501);
    expect(await answer.text()).toContain('<Code>NotImplemented</Code>');
  });

  it('asks for a signature if it cannot find the service without one', async () => {
    const answer = await fetch(aws.endpoint, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });

  it('treats unsigned reads of an object and presigned URLs as requests to S3', async () => {
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'open' }));
    await aws.s3.send(new PutObjectCommand({ Bucket: 'open', Key: 'a/b c.txt', Body: 'hello' }));
    expect(await (await fetch(`${aws.endpoint}/open/a/b%20c.txt`)).text()).toBe('hello');
    const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=${date}&X-Amz-Signature=0`;
    const put = await fetch(`${aws.endpoint}/open/new?${query}&X-Amz-Expires=60`, { method: 'PUT', body: 'presigned' });
    expect(put.status).toBe(200);
    expect(await (await fetch(`${aws.endpoint}/open/new`)).text()).toBe('presigned');
    const late = await fetch(`${aws.endpoint}/open/new?${query.replace(date, '20200101T000000Z')}&X-Amz-Expires=60`);
    expect(late.status).toBe(403);
    expect(await late.text()).toContain('Request has expired');
  });

  it('refuses a body over 64 MiB', async () => {
    const answer = await fetch(`${aws.endpoint}/open/huge`, {
      method: 'PUT',
      headers: signed('s3'),
      body: Buffer.alloc(64 * 1024 * 1024 + 1),
    });
    expect(answer.status).toBe(413);
  });

  it('has its own endpoint in queue URLs and accepts them with any host', async () => {
    const { QueueUrl } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'named' }));
    expect(QueueUrl).toBe(`${aws.endpoint}/000000000000/named`);
    const answer = await fetch(aws.endpoint, {
      method: 'POST',
      headers: { ...signed('sqs'), 'x-amz-target': 'AmazonSQS.GetQueueAttributes' },
      body: JSON.stringify({ QueueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/named', AttributeNames: ['QueueArn'] }),
    });
    expect(await answer.json()).toEqual({ Attributes: { QueueArn: 'arn:aws:sqs:us-east-1:000000000000:named' } });
  });
});

describe('the routes of the endpoint itself', () => {
  const admin = (path: string, init: RequestInit = {}) => fetch(`${aws.endpoint}/_ota${path}`, init);

  it('answer that it is up and which services it has', async () => {
    expect(await (await admin('/health')).json()).toMatchObject({
      status: 'ok',
      services: expect.arrayContaining(['sqs', 'dynamodb', 'events', 's3', 'iot', 'iotmanagedintegrations']),
    });
  });

  it('list the last requests', async () => {
    await aws.sqs.send(new GetQueueUrlCommand({ QueueName: 'nobody' })).catch(() => undefined);
    const { requests } = (await (await admin('/requests')).json()) as { requests: unknown[] };
    expect(requests.at(-1)).toEqual({ time: expect.any(String), service: 'sqs', operation: 'GetQueueUrl', status: 400 });
  });

  it('add, list and remove faults', async () => {
    const fault = { service: 'sqs', operation: 'ListQueues', kind: 'error500', times: 1 };
    const added = await admin('/faults', { method: 'POST', body: JSON.stringify(fault) });
    expect(added.status).toBe(201);
    const { id } = (await added.json()) as { id: number };
    expect(await (await admin('/faults')).json()).toEqual({ faults: [{ ...fault, id, struck: 0, state: 'armed' }] });
    expect((await admin(`/faults/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await (await admin('/faults')).json()).toEqual({ faults: [] });
    expect((await admin('/faults', { method: 'POST', body: '{"kind":"x"}' })).status).toBe(400);
  });

  it.each([
    [{ service: 'nope' }, /^service: nope does not exist here; the services are sqs, dynamodb, .*iotmanagedintegrations/],
    [{ service: 'iot', operation: 'CreateOTAUpdat' }, /^operation: iot has no operation CreateOTAUpdat here/],
    [
      { service: 'iotmanagedintegrations', operation: 'CreateOTAUpdate' },
      /^operation: iotmanagedintegrations has no operation CreateOTAUpdate/,
    ],
    [{ kind: 'createFailed', service: 's3' }, /^service: createFailed works with iot and iotmanagedintegrations/],
    [{ kind: 'createFailed', service: 'iot', operation: 'ListJobs' }, /^operation: createFailed of iot works with CreateOTAUpdate/],
    [{ kind: 'createFailed', service: 'iot', operation: 'CreateJob' }, /^operation: createFailed of iot works with CreateOTAUpdate/],
    [
      { kind: 'createFailed', service: 'iotmanagedintegrations', operation: 'CreateOtaTaskConfiguration' },
      /^operation: createFailed of iotmanagedintegrations works with CreateOtaTask$/,
    ],
    [{ kind: 'eventLost', service: 's3' }, /^service: eventLost works with iot, which publishes job events$/],
    [
      { kind: 'eventLate', service: 'iot', operation: 'started' },
      /^operation: eventLate works with the operations of job events, completed, /,
    ],
    [{ service: 'iot', operation: 'constructor' }, /^operation: iot has no operation constructor/],
    [{ service: 'sqs', operation: 'SendMesage' }, /^operation: sqs has no operation SendMesage here/],
    [{ service: 'dynamodb', operation: 'SendMessage' }, /^operation: dynamodb has no operation SendMessage/],
    [{ service: 'events', operation: 'PutEvent' }, /^operation: events has no operation PutEvent /],
    [{ service: 's3', operation: 'PUT' }, /^operation: s3 has no operation PUT/],
    [{ service: 'sts', operation: 'AssumeRole' }, /^operation: sts has no operation AssumeRole/],
  ])('refuse a fault of %j, which could never hit a request', async (target, message) => {
    const refused = await admin('/faults', { method: 'POST', body: JSON.stringify({ kind: 'throttle', ...target }) });
    expect([refused.status, await refused.json()]).toMatchObject([400, { message: expect.stringMatching(message) }]);
    expect(aws.services.faults.list()).toEqual([]);
  });

  it.each([
    [{ kind: 'throtle', service: 'sts' }, 'throtle', 'throttle'],
    [{ kind: 'throttle', service: 'st' }, 'st', 'sts'],
    [{ kind: 'throttle', service: 'sts', operation: 'Whoami' }, 'Whoami', 'GetCallerIdentity'],
  ])('answer the name of %j that does not exist, and the names that do', async (fault, given, name) => {
    const refused = await admin('/faults', { method: 'POST', body: JSON.stringify(fault) });
    const { message, ...rest } = (await refused.json()) as { message: string };
    expect(rest).toEqual({ given, names: expect.arrayContaining([name]) });
    expect(message).toContain(name);
  });

  it.each([
    ['iot', 'CreateOTAUpdate'],
    ['iot', 'ListThingGroups'],
    ['iot-jobs-data', 'GetPendingJobExecutions'],
    ['iotmanagedintegrations', 'CreateOtaTask'],
    ['dynamodb', 'PutItem'],
    ['dynamodb', 'DescribeTable'],
    ['sqs', 'SendMessageBatch'],
    ['events', 'PutEvents'],
    ['s3', 'HeadObject'],
    ['sts', 'GetCallerIdentity'],
  ])('add a fault of %s for %s', async (service, operation) => {
    const armed = await admin('/faults', { method: 'POST', body: JSON.stringify({ kind: 'throttle', service, operation }) });
    expect(armed.status).toBe(201);
  });

  it.each([
    ['iot', 'CreateOTAUpdate'],
    ['iotmanagedintegrations', 'CreateOtaTask'],
  ])('add a createFailed fault of %s for %s', async (service, operation) => {
    const armed = await admin('/faults', { method: 'POST', body: JSON.stringify({ kind: 'createFailed', service, operation }) });
    expect(armed.status).toBe(201);
  });

  it.each(['eventLost', 'eventTwice', 'eventLate'])('add a fault %s of a job event', async (kind) => {
    const armed = await admin('/faults', { method: 'POST', body: JSON.stringify({ kind, service: 'iot', operation: 'completed' }) });
    expect(armed.status).toBe(201);
  });

  it('refuse web pages', async () => {
    expect((await admin('/faults', { method: 'DELETE', headers: { origin: 'https://evil.example' } })).status).toBe(403);
  });

  it.each([
    ['delayMilliseconds', 1e99],
    ['times', -1],
    ['probability', 'often'],
  ])('refuse a fault with %s %s', async (name, value) => {
    const fault = { service: 'sqs', kind: 'slow', [name]: value };
    expect((await admin('/faults', { method: 'POST', body: JSON.stringify(fault) })).status).toBe(400);
  });

  it('are listed if a route does not exist', async () => {
    const answer = await admin('/else');
    expect(answer.status).toBe(404);
    const text = await answer.text();
    for (const route of ['health', 'requests', 'faults', 'queues', 'fleet', 'clock', 'managed-things', 'events', 'signing-key'])
      expect(text).toContain(`/_ota/${route}`);
  });
});

describe('a fault on the wire', () => {
  const once = { maxAttempts: 1 };
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    sqs: () => new SQSClient({ ...aws.access, ...once }).send(new ListQueuesCommand({})),
    dynamodb: () => new DynamoDBClient({ ...aws.access, ...once }).send(new ListTablesCommand({})),
    events: () => new EventBridgeClient({ ...aws.access, ...once }).send(new ListEventBusesCommand({})),
    s3: () => new S3Client({ ...aws.access, ...once }).send(new ListBucketsCommand({})),
    iot: () => new IoTClient({ ...aws.access, ...once }).send(new ListOTAUpdatesCommand({})),
  };

  it.each<[string, FaultKind, number, string]>([
    ['sqs', 'throttle', 400, 'RequestThrottled'],
    ['dynamodb', 'throttle', 400, 'ProvisionedThroughputExceededException'],
    ['events', 'throttle', 400, 'ThrottlingException'],
    ['s3', 'throttle', 503, 'SlowDown'],
    ['iot', 'throttle', 400, 'ThrottlingException'],
    ['iot', 'quota410', 410, 'LimitExceededException'],
    ['iot', 'error500', 500, 'InternalFailureException'],
    ['iot', 'error503', 503, 'ServiceUnavailableException'],
    ['sqs', 'error500', 500, 'InternalFailure'],
    ['dynamodb', 'error500', 500, 'InternalServerError'],
    ['events', 'error500', 500, 'InternalException'],
    ['s3', 'error500', 500, 'InternalError'],
    ['s3', 'error503', 503, 'ServiceUnavailable'],
  ])('on %s has the form of that service: %s is %i %s', async (service, kind, status, name) => {
    aws.services.faults.add({ service, kind, times: 1 });
    await expect(calls[service]?.()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
    await expect(calls[service]?.()).resolves.toBeDefined();
  });

  it('on managed integrations has the form of that service', async () => {
    const ask = () => fetch(`${aws.endpoint}/ota-tasks`, { headers: signed('iotmanagedintegrations') });
    for (const [kind, status, name] of [
      ['throttle', 429, 'ThrottlingException'],
      ['quota410', 402, 'ServiceQuotaExceededException'],
      ['error500', 500, 'InternalServerException'],
    ] as const) {
      aws.services.faults.add({ service: 'iotmanagedintegrations', kind, times: 1 });
      const answer = await ask();
      expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([status, name]);
    }
  });

  it.each(['iot-jobs-data', 'iotjobsdata'])("on the devices' side of jobs (%s) has the form of that service", async (service) => {
    for (const [kind, status, name] of [
      ['throttle', 429, 'ThrottlingException'],
      ['quota410', 402, 'ServiceQuotaExceededException'],
      ['error500', 500, 'InternalServerException'],
      ['error503', 503, 'ServiceUnavailableException'],
    ] as const) {
      aws.services.faults.add({ service, kind, times: 1 });
      const answer = await fetch(`${aws.endpoint}/things/t/jobs`, { headers: signed(service) });
      expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([status, name]);
    }
  });

  it('of kind lostReply carries the request out', async () => {
    aws.services.faults.add({ service: 's3', operation: 'CreateBucket', kind: 'lostReply', times: 1 });
    const client = new S3Client({ ...aws.access, ...once });
    await expect(client.send(new CreateBucketCommand({ Bucket: 'lost-reply' }))).rejects.toThrow();
    await expect(client.send(new HeadBucketCommand({ Bucket: 'lost-reply' }))).resolves.toBeDefined();
  });

  it('of kind outage does not carry the request out', async () => {
    aws.services.faults.add({ service: 's3', operation: 'CreateBucket', kind: 'outage', times: 1 });
    const client = new S3Client({ ...aws.access, ...once });
    await expect(client.send(new CreateBucketCommand({ Bucket: 'outage' }))).rejects.toThrow();
    await expect(client.send(new HeadBucketCommand({ Bucket: 'outage' }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('of kind throttle makes the SDK retry, as with AWS', async () => {
    aws.services.faults.add({ service: 'sqs', operation: 'ListQueues', kind: 'throttle', times: 1 });
    const { $metadata } = await aws.sqs.send(new ListQueuesCommand({}));
    expect($metadata.attempts).toBe(2);
  });

  it('of kind slow holds the request back', async () => {
    aws.services.faults.add({ service: 'sqs', kind: 'slow', delayMilliseconds: 60, times: 1 });
    const from = performance.now();
    await aws.sqs.send(new ListQueuesCommand({}));
    expect(performance.now() - from).toBeGreaterThanOrEqual(55);
  });
});
