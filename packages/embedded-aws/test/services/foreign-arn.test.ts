import { DescribeTableCommand, DynamoDBClient, TagResourceCommand as TagTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeEventBusCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  TagResourceCommand as TagBusCommand,
} from '@aws-sdk/client-eventbridge';
import {
  AddThingToThingGroupCommand,
  CreateJobCommand,
  CreateOTAUpdateCommand,
  CreateStreamCommand,
  CreateThingCommand,
  IoTClient,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-iot';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foreignArn } from '../../src/services/foreign-arn.ts';
import { startTestAws, type TestAws } from '../support/endpoints.ts';
import { createManagedIntegrationsClient } from '../support/managed-integrations.ts';

/** The account and the Region do not matter: the partition alone is wrong. */
const chinese = (service: string, path: string) => `arn:aws-cn:${service}:us-east-1:000000000000:${path}`;
const own = (service: string, path: string) => `arn:aws:${service}:us-east-1:000000000000:${path}`;
const role = 'arn:aws:iam::000000000000:role/ota';
const chineseRole = 'arn:aws-cn:iam::000000000000:role/ota';
const files = [{ fileName: 'app.bin', fileLocation: { stream: { streamId: 'images', fileId: 0 } } }];
const update = { otaUpdateId: 'release', targets: [own('iot', 'thinggroup/beta')], roleArn: role, files };

let aws: TestAws;
let iot: IoTClient;
let sqs: SQSClient;
let dynamodb: DynamoDBClient;
beforeAll(async () => {
  aws = await startTestAws();
  iot = new IoTClient(aws.access);
  sqs = new SQSClient(aws.access);
  dynamodb = new DynamoDBClient(aws.access);
  await aws.events.send(new PutRuleCommand({ Name: 'rule', EventPattern: '{"source":["acme"]}' }));
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'artifacts' }));
});
afterAll(async () => {
  for (const client of [iot, sqs, dynamodb]) client.destroy();
  await aws.stop();
});

type Sender = { send(command: unknown): Promise<unknown> };

describe('an ARN of another partition', () => {
  it.each([
    ['CreateOTAUpdate in targets', new CreateOTAUpdateCommand({ ...update, targets: [...update.targets, chinese('iot', 'thing/a')] })],
    ['CreateOTAUpdate in roleArn', new CreateOTAUpdateCommand({ ...update, roleArn: chineseRole })],
    ['CreateJob in targets', new CreateJobCommand({ jobId: 'job', document: '{}', targets: [chinese('iot', 'thing/a')] })],
    [
      'CreateJob in presignedUrlConfig',
      new CreateJobCommand({
        jobId: 'job',
        document: '{}',
        targets: [own('iot', 'thing/a')],
        presignedUrlConfig: { roleArn: chineseRole },
      }),
    ],
    ['CreateStream', new CreateStreamCommand({ streamId: 's', files: [{ fileId: 0 }], roleArn: chineseRole })],
    ['AddThingToThingGroup', new AddThingToThingGroupCommand({ thingName: 'a', thingGroupArn: chinese('iot', 'thinggroup/beta') })],
    ['ListTagsForResource', new ListTagsForResourceCommand({ resourceArn: chinese('iot', 'otaupdate/release') })],
  ])('is an InvalidRequestException of AWS IoT: %s', async (_what, command) => {
    await expect((iot as Sender).send(command)).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringMatching(/^arn:aws-cn:\S+ is in the partition aws-cn\. The Region us-east-1 is in the partition aws\.$/),
    });
  });

  it('is a ValidationException of managed integrations, and an InvalidRequestException of its tags', async () => {
    const mi = createManagedIntegrationsClient(aws.endpoint);
    const task = { S3Url: 's3://documents/job.json', OtaType: 'ONE_TIME', Target: [chinese('iotmanagedintegrations', 'managed-thing/a')] };
    await expect(mi.createOtaTask(task)).rejects.toMatchObject({ name: 'ValidationException', Message: expect.stringContaining('aws-cn') });
    const arn = chinese('iotmanagedintegrations', 'ota-task/a');
    await expect(mi.listTags(arn)).rejects.toMatchObject({ name: 'InvalidRequestException', Message: expect.stringContaining('aws-cn') });
  });

  it.each([
    ['PutTargets', new PutTargetsCommand({ Rule: 'rule', Targets: [{ Id: 'a', Arn: chinese('sqs', 'work') }] })],
    [
      'PutTargets in DeadLetterConfig',
      new PutTargetsCommand({
        Rule: 'rule',
        Targets: [{ Id: 'a', Arn: own('sqs', 'work'), DeadLetterConfig: { Arn: chinese('sqs', 'dead') } }],
      }),
    ],
    ['PutRule in RoleArn', new PutRuleCommand({ Name: 'rule', EventPattern: '{"source":["acme"]}', RoleArn: chineseRole })],
    ['TagResource', new TagBusCommand({ ResourceARN: chinese('events', 'event-bus/default'), Tags: [] })],
  ])('is a ValidationException of EventBridge: %s', async (_what, command) => {
    await expect((aws.events as Sender).send(command)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('aws-cn'),
    });
  });

  it('names a bus that does not exist', async () => {
    const Name = chinese('events', 'event-bus/default');
    await expect(aws.events.send(new DescribeEventBusCommand({ Name }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const entry = { EventBusName: Name, Source: 'acme', DetailType: 't', Detail: '{}' };
    const { Entries } = await aws.events.send(new PutEventsCommand({ Entries: [entry] }));
    expect(Entries).toEqual([expect.objectContaining({ ErrorCode: 'ResourceNotFoundException' })]);
  });

  it.each([
    ['DescribeTable', new DescribeTableCommand({ TableName: chinese('dynamodb', 'table/ledger') })],
    ['TagResource', new TagTableCommand({ ResourceArn: chinese('dynamodb', 'table/ledger'), Tags: [{ Key: 'a', Value: 'b' }] })],
  ])('is a ValidationException of DynamoDB: %s', async (_what, command) => {
    await expect((dynamodb as Sender).send(command)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('aws-cn'),
    });
  });

  it('names a queue of SQS that does not exist', async () => {
    await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: chinese('sqs', 'dead'), maxReceiveCount: 3 });
    await expect(sqs.send(new CreateQueueCommand({ QueueName: 'work', Attributes: { RedrivePolicy } }))).rejects.toMatchObject({
      message: expect.stringContaining('Dead letter target does not exist'),
    });
    await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn: chinese('sqs', 'dead') }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('names a key that S3 cannot use', async () => {
    const SSEKMSKeyId = chinese('kms', 'key/1');
    const put = new PutObjectCommand({ Bucket: 'artifacts', Key: 'k', Body: 'x', ServerSideEncryption: 'aws:kms', SSEKMSKeyId });
    await expect(aws.s3.send(put)).rejects.toMatchObject({ name: 'KMS.NotFoundException' });
  });

  it('can be a text of the caller', async () => {
    const attributes = { ownerArn: chineseRole };
    await expect(iot.send(new CreateThingCommand({ thingName: 'a', attributePayload: { attributes } }))).resolves.toBeDefined();
    const entry = { Source: 'acme', DetailType: 't', Detail: '{}', Resources: [chinese('sqs', 'work')] };
    expect((await aws.events.send(new PutEventsCommand({ Entries: [entry] }))).FailedEntryCount).toBe(0);
  });
});

it.each([
  ['us-gov-west-1', 'arn:aws:iam::000000000000:role/ota'],
  ['cn-north-1', 'arn:aws-us-gov:iam::000000000000:role/ota'],
])('in %s the foreign partitions are the others: %s', (region, roleArn) => {
  expect(foreignArn({ roleArn }, region)).toContain(roleArn);
  expect(foreignArn({ roleArn }, 'us-east-1') === undefined).toBe(roleArn.startsWith('arn:aws:'));
});
