import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DescribeEventBusCommand, ListTargetsByRuleCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../src/cloud.ts';
import { provision } from '../src/provision.ts';
import type { Template } from '../src/template.ts';
import { startTestAws, type TestAws } from './support/endpoints.ts';
import { eventually } from './support/eventually.ts';
import { fixtureTemplate } from './support/fixture-template.ts';

const surroundings = (endpoint: string) => ({
  accountId: '000000000000',
  region: 'us-east-1',
  stackName: 'fixture',
  endpoint,
  codeDirectory: '/code',
});

describe('a compiled template', () => {
  let aws: TestAws;
  // A template is provisioned on the embedded AWS, even if the other tests use another engine.
  let sqs: SQSClient;
  let dynamodb: DynamoDBClient;
  beforeAll(async () => {
    aws = await startTestAws();
    sqs = new SQSClient(aws.access);
    dynamodb = new DynamoDBClient(aws.access);
  });
  afterAll(async () => {
    sqs.destroy();
    dynamodb.destroy();
    await aws.stop();
  });

  it('becomes queues, tables, buses, rules and buckets, and lists the functions, mappings and schedules to run', async () => {
    const provisioned = await provision(fixtureTemplate, surroundings(aws.endpoint));

    expect(provisioned.functions).toEqual([
      expect.objectContaining({
        name: 'fixture-work',
        handler: 'dist/job/index.handler',
        codeDirectory: '/code',
        timeoutSeconds: 5,
        memoryMegabytes: 256,
        environment: expect.objectContaining({
          QUEUE_URL: `${aws.endpoint}/000000000000/fixture-source`,
          TABLE: 'fixture-table',
          BUCKET: 'fixture-bucket-000000000000-us-east-1',
          PLACE: 'aws us-east-1 000000000000',
          DELAY: '60',
        }),
      }),
    ]);
    expect(provisioned.mappings).toEqual([
      {
        functionName: 'fixture-work',
        queueArn: 'arn:aws:sqs:us-east-1:000000000000:fixture-source',
        queueUrl: `${aws.endpoint}/000000000000/fixture-source`,
        batchSize: 2,
        windowSeconds: 0,
        maximumConcurrency: 2,
        reportsBatchItemFailures: true,
      },
    ]);
    expect(provisioned.schedules).toEqual([expect.objectContaining({ functionName: 'fixture-work', milliseconds: 300_000 })]);
    expect(provisioned.skipped.map(({ type }) => type)).toEqual(['AWS::IAM::Role', 'AWS::Lambda::Permission']);

    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: `${aws.endpoint}/000000000000/fixture-source`, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({ VisibilityTimeout: '30', MaximumMessageSize: '262144' });
    expect(JSON.parse(Attributes['RedrivePolicy'] ?? '')).toEqual({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:fixture-dead',
      maxReceiveCount: 5,
    });
    expect(JSON.parse(Attributes['Policy'] ?? '')).toMatchObject({ Statement: [{ Principal: { Service: 'events.amazonaws.com' } }] });

    const table = { TableName: 'fixture-table' };
    const { Table } = await dynamodb.send(new DescribeTableCommand(table));
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', DeletionProtectionEnabled: true });
    expect(Table?.GlobalSecondaryIndexes?.[0]).toMatchObject({ IndexName: 'work', Projection: { ProjectionType: 'KEYS_ONLY' } });
    const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand(table));
    expect(TimeToLiveDescription).toEqual({ AttributeName: 'expiration', TimeToLiveStatus: 'ENABLED' });
    const backups = await dynamodb.send(new DescribeContinuousBackupsCommand(table));
    expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('ENABLED');

    const bucket = await aws.s3.send(new GetBucketVersioningCommand({ Bucket: 'fixture-bucket-000000000000-us-east-1' }));
    expect(bucket.Status).toBe('Enabled');

    const bus = await aws.events.send(new DescribeEventBusCommand({ Name: 'fixture-bus' }));
    expect(JSON.parse(bus.Policy ?? '').Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual(['own', 'accounts']);
    const { Targets } = await aws.events.send(new ListTargetsByRuleCommand({ EventBusName: 'fixture-bus', Rule: 'fixture-rule' }));
    expect(Targets).toEqual([
      expect.objectContaining({ Id: 'source', DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:000000000000:fixture-dead' } }),
    ]);
  });

  const broken = (Resources: Template['Resources']) => provision({ ...fixtureTemplate, Resources }, surroundings(aws.endpoint));

  it('becomes a topic rule that sends to a queue, and its role has no effect', async () => {
    const resources = {
      Wakes: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'wakes' } },
      EventsRole: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'events-role', AssumeRolePolicyDocument: {} } },
      JobEvents: {
        Type: 'AWS::IoT::TopicRule',
        Properties: {
          TopicRulePayload: {
            Sql: "SELECT topic(4) AS jobId FROM '$aws/events/job/+/+' WHERE startswith(topic(4), 'fw-')",
            AwsIotSqlVersion: '2016-03-23',
            Actions: [{ Sqs: { QueueUrl: { Ref: 'Wakes' }, RoleArn: { 'Fn::GetAtt': ['EventsRole', 'Arn'] }, UseBase64: false } }],
          },
        },
      },
    };
    const Outputs = { Rule: { Value: { 'Fn::GetAtt': ['JobEvents', 'Arn'] } } };
    const { created, skipped, stack } = await provision({ Resources: resources, Outputs }, surroundings(aws.endpoint));
    // A rule of AWS IoT has no hyphen in its name, and a stack may have one.
    expect(created['JobEvents']).toBe('fixture_JobEvents');
    expect(stack.outputs['Rule']).toBe('arn:aws:iot:us-east-1:000000000000:rule/fixture_JobEvents');
    expect(skipped).toEqual([{ logicalId: 'EventsRole', type: 'AWS::IAM::Role' }]);
    aws.services.iotCore.publish({ topic: '$aws/events/job/fw-a-1/completed', payload: {} });
    aws.services.iotCore.publish({ topic: '$aws/events/job/other/completed', payload: {} });
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: created['Wakes'], MaxNumberOfMessages: 10 }));
    expect(Messages.map(({ Body }) => Body)).toEqual(['{"jobId":"fw-a-1"}']);
  });

  it('is refused if it has a resource with an effect that cannot be made', async () => {
    await expect(broken({ Stream: { Type: 'AWS::Kinesis::Stream', Properties: {} } })).rejects.toThrow(
      'Stream: the embedded AWS cannot make a AWS::Kinesis::Stream',
    );
  });

  it('is refused if it refers to something that it does not have', async () => {
    await expect(broken({ Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Nobody' } } } })).rejects.toThrow(
      'no resource Nobody',
    );
    await expect(broken({ Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::ImportValue': 'x' } } } })).rejects.toThrow(
      'Fn::ImportValue',
    );
  });

  it('is refused if a function has a RecursiveLoop that Lambda does not know', async () => {
    await expect(
      broken({ App: { Type: 'AWS::Lambda::Function', Properties: { Handler: 'app.handler', RecursiveLoop: 'Deny' } } }),
    ).rejects.toThrow('App: RecursiveLoop is Terminate or Allow, not Deny');
  });

  it.each([
    ['another partition', 'arn:aws-cn:sqs:us-east-1:000000000000:work'],
    ['another account', 'arn:aws:sqs:us-east-1:111111111111:work'],
    ['another Region', 'arn:aws:sqs:eu-west-1:000000000000:work'],
    ['another service', 'arn:aws:kinesis:us-east-1:000000000000:stream/work'],
  ])('is refused if a function is fed from %s', async (_what, EventSourceArn) => {
    const Feed = { Type: 'AWS::Lambda::EventSourceMapping', Properties: { EventSourceArn, FunctionName: 'app' } };
    await expect(broken({ Feed })).rejects.toThrow(
      `Feed: an event source must be an SQS queue of this account and Region, not ${EventSourceArn}`,
    );
  });

  it('leaves out the resources whose conditions do not hold', async () => {
    const provisioned = await broken({
      Off: { Type: 'AWS::Kinesis::Stream', Condition: 'Production' },
      On: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::If': ['Production', 'production', { Ref: 'AWS::NoValue' }] } } },
    });
    expect(provisioned.created).toEqual({ On: `${aws.endpoint}/000000000000/fixture-On` });
  });
});

describe('the cloud', () => {
  let directory: string;
  let cloud: Cloud;
  const lines: string[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cloud-'));
    await mkdir(join(directory, 'dist/job'), { recursive: true });
    // The function puts its event on the bus again, under another source, so that the test sees that it ran.
    await writeFile(
      join(directory, 'dist/job/index.mjs'),
      `export const handler = async (event, context) => {
        console.log(JSON.stringify({ records: event.Records?.length, extra: process.env.EXTRA, name: context.functionName }));
        return { batchItemFailures: event.Records.filter((record) => JSON.parse(record.body).detail.fail).map((record) => ({ itemIdentifier: record.messageId })) };
      };`,
    );
    await writeFile(join(directory, 'template.json'), JSON.stringify(fixtureTemplate));
    cloud = await startCloud({
      stackName: 'fixture',
      port: 0,
      templateFile: join(directory, 'template.json'),
      codeDirectory: directory,
      environment: { EXTRA: 'over all' },
      onLog: ({ line }) => lines.push(line),
    });
  });
  afterAll(async () => {
    await cloud.stop();
    await rm(directory, { recursive: true });
  });

  it('carries an event from the bus through the queue to the function, and deletes the handled message', async () => {
    const access = { endpoint: cloud.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    const { EventBridgeClient } = await import('@aws-sdk/client-eventbridge');
    const events = new EventBridgeClient(access);
    const sqs = new SQSClient(access);
    await events.send(
      new PutEventsCommand({
        Entries: [{ EventBusName: 'fixture-bus', Source: 'acme.build', DetailType: 'Done', Detail: '{"fail":false}' }],
      }),
    );
    await eventually(() => lines).toContain('{"records":1,"extra":"over all","name":"fixture-work"}');
    const source = `${cloud.endpoint}/000000000000/fixture-source`;
    await eventually(
      async () => (await sqs.send(new GetQueueAttributesCommand({ QueueUrl: source, AttributeNames: ['All'] }))).Attributes,
    ).toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' });
    expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl: source }))).Messages).toBeUndefined();
    events.destroy();
    sqs.destroy();
  });
});
