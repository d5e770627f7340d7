import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  TagResourceCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateEventBusCommand, EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateOTAUpdateCommand, DescribeJobCommand, GetJobDocumentCommand, GetOTAUpdateCommand, IoTClient } from '@aws-sdk/client-iot';
import { CreateBucketCommand, GetObjectCommand, HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createManualClock, type EmbeddedAws, type ManualClock, startEmbeddedAws } from '../src/index.ts';
import { partitionOf } from '../src/partition.ts';
import { resolveTemplate } from '../src/template.ts';

it.each([
  ['us-east-1', 'aws', 'amazonaws.com', 'api.aws'],
  ['ca-central-1', 'aws', 'amazonaws.com', 'api.aws'],
  ['cn-north-1', 'aws-cn', 'amazonaws.com.cn', 'api.amazonwebservices.com.cn'],
  ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com', 'api.aws'],
  ['us-isob-east-1', 'aws-iso-b', 'sc2s.sgov.gov', 'api.aws.scloud'],
])('the Region %s is in the partition %s', (region, name, dnsSuffix, dualStackDnsSuffix) => {
  expect(partitionOf(region)).toMatchObject({ name, dnsSuffix, dualStackDnsSuffix });
});

describe.each([
  { region: 'cn-north-1', partition: 'aws-cn', dnsSuffix: 'amazonaws.com.cn' },
  { region: 'us-gov-west-1', partition: 'aws-us-gov', dnsSuffix: 'amazonaws.com' },
])('the embedded AWS in $region', ({ region, partition, dnsSuffix }) => {
  const account = '000000000000';
  const arn = (service: string, path: string) => `arn:${partition}:${service}:${region}:${account}:${path}`;
  let aws: EmbeddedAws<ManualClock>;
  const clients: { destroy(): void }[] = [];
  const client = <T extends { destroy(): void }>(made: T): T => {
    clients.push(made);
    return made;
  };
  beforeAll(async () => {
    aws = await startEmbeddedAws({ region, clock: createManualClock() });
  });
  afterAll(async () => {
    for (const each of clients) each.destroy();
    await aws.stop();
  });

  it('has queues, buses and rules with ARNs of its partition, and delivers between them', async () => {
    const sqs = client(new SQSClient(aws.client));
    const events = client(new EventBridgeClient(aws.client));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'work' }));
    expect(QueueUrl).toBe(`${aws.endpoint}/${account}/work`);
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    expect(Attributes?.['QueueArn']).toBe(arn('sqs', 'work'));
    const { EventBusArn } = await events.send(new CreateEventBusCommand({ Name: 'firmware' }));
    expect(EventBusArn).toBe(arn('events', 'event-bus/firmware'));
    const rule = { EventBusName: EventBusArn, EventPattern: '{"source":["acme"]}' };
    expect((await events.send(new PutRuleCommand({ Name: 'releases', ...rule }))).RuleArn).toBe(arn('events', 'rule/firmware/releases'));
    const Targets = [{ Id: 'work', Arn: arn('sqs', 'work') }];
    await events.send(new PutTargetsCommand({ EventBusName: EventBusArn, Rule: 'releases', Targets }));
    const entry = { EventBusName: EventBusArn, Source: 'acme', DetailType: 't', Detail: '{}' };
    await events.send(new PutEventsCommand({ Entries: [entry] }));
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(JSON.parse(Messages[0]?.Body ?? '{}')).toMatchObject({ region });
  });

  it('has tables with ARNs of its partition, which can be tagged', async () => {
    const dynamodb = client(new DynamoDBClient(aws.client));
    const index = {
      IndexName: 'by-id',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
      Projection: { ProjectionType: 'ALL' as const },
    };
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'ledger',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [index],
        Tags: [{ Key: 'stage', Value: 'prod' }],
      }),
    );
    const ResourceArn = arn('dynamodb', 'table/ledger');
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: ResourceArn }));
    expect([Table?.TableArn, Table?.GlobalSecondaryIndexes?.[0]?.IndexArn]).toEqual([ResourceArn, `${ResourceArn}/index/by-id`]);
    await dynamodb.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'team', Value: 'firmware' }] }));
    const { Tags } = await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn }));
    expect(Tags).toEqual(
      expect.arrayContaining([
        { Key: 'stage', Value: 'prod' },
        { Key: 'team', Value: 'firmware' },
      ]),
    );
  });

  it('has buckets of its Region, and redirects to a host of its partition', async () => {
    const s3 = client(new S3Client(aws.client));
    await s3.send(new CreateBucketCommand({ Bucket: 'artifacts' }));
    expect(await s3.send(new HeadBucketCommand({ Bucket: 'artifacts' }))).toMatchObject({ BucketRegion: region });
    const elsewhere = client(new S3Client({ ...aws.client, region: 'us-west-2' }));
    await expect(elsewhere.send(new GetObjectCommand({ Bucket: 'artifacts', Key: 'k' }))).rejects.toMatchObject({
      name: 'PermanentRedirect',
      Endpoint: `artifacts.s3.${region}.${dnsSuffix}`,
    });
  });

  it('rolls an update out to things of its partition, from a URL with its DNS suffix', async () => {
    const s3 = client(new S3Client(aws.client));
    const iot = client(new IoTClient(aws.client));
    await s3.send(new CreateBucketCommand({ Bucket: 'images' }));
    await s3.send(new PutObjectCommand({ Bucket: 'images', Key: 'app.bin', Body: 'image' }));
    const { otaUpdateArn } = await iot.send(
      new CreateOTAUpdateCommand({
        otaUpdateId: 'release',
        targets: [arn('iot', 'thinggroup/beta')],
        roleArn: `arn:${partition}:iam::${account}:role/ota`,
        protocols: ['HTTP'],
        files: [{ fileName: 'app.bin', fileLocation: { s3Location: { bucket: 'images', key: 'app.bin' } } }],
      }),
    );
    expect(otaUpdateArn).toBe(arn('iot', 'otaupdate/release'));
    aws.clock.advance(60_000);
    const { otaUpdateInfo } = await iot.send(new GetOTAUpdateCommand({ otaUpdateId: 'release' }));
    expect(otaUpdateInfo?.awsIotJobArn).toBe(arn('iot', `job/${otaUpdateInfo?.awsIotJobId}`));
    const { job } = await iot.send(new DescribeJobCommand({ jobId: otaUpdateInfo?.awsIotJobId }));
    expect(job?.status).toBe('COMPLETED');
    const { document } = await iot.send(new GetJobDocumentCommand({ jobId: otaUpdateInfo?.awsIotJobId }));
    expect(document).toContain(`https://s3.${region}.${dnsSuffix}/images/app.bin`);
  });

  it('names its partition in a template, and in the ARNs of what it makes', () => {
    const Resources = {
      Function: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'work' } },
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'work' } },
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'artifacts' } },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Partition: { Ref: 'AWS::Partition' },
          Suffix: { Ref: 'AWS::URLSuffix' },
          Stack: { Ref: 'AWS::StackId' },
          Arns: ['Function', 'Role', 'Bucket'].map((name) => ({ 'Fn::GetAtt': [name, 'Arn'] })),
          Host: { 'Fn::GetAtt': ['Bucket', 'RegionalDomainName'] },
        },
      },
    };
    const surroundings = { accountId: account, region, stackName: 'prod', endpoint: aws.endpoint };
    const rule = resolveTemplate({ Resources }, surroundings).find(({ logicalId }) => logicalId === 'Rule');
    expect(rule?.properties).toEqual({
      Partition: partition,
      Suffix: dnsSuffix,
      Stack: expect.stringContaining(arn('cloudformation', 'stack/prod/')),
      Arns: [arn('lambda', 'function:work'), `arn:${partition}:iam::${account}:role/work`, `arn:${partition}:s3:::artifacts`],
      Host: `artifacts.s3.${region}.${dnsSuffix}`,
    });
  });

  it('says who the caller is', async () => {
    const authorization = `AWS4-HMAC-SHA256 Credential=any/20260101/${region}/sts/aws4_request, SignedHeaders=host, Signature=0`;
    const answer = await fetch(aws.endpoint, { method: 'POST', headers: { authorization }, body: 'Action=GetCallerIdentity' });
    expect(await answer.text()).toContain(`<Arn>arn:${partition}:iam::${account}:root</Arn>`);
  });
});
