import { createHash } from 'node:crypto';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { IoTClient } from '@aws-sdk/client-iot';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { ledger } from '../../adapters/ledger/ledger.ts';
import { IoTManagedIntegrationsClient } from '../../adapters/managed-integrations/client.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { ACCOUNT, type Engine, REGION } from './engine.ts';
import type { Artifact } from './releases.ts';

/** An event that the service published, as a listener on the bus gets it. */
export type Told = { readonly detailType: string; readonly detail: Readonly<Record<string, unknown>> };

/** SDK clients of the account in the foreign engine, and of the stand-in. */
export function openAccount({ endpoint, controlPlanes }: Engine) {
  const access = { endpoint, region: REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const s3 = new S3Client({ ...access, forcePathStyle: true });
  return {
    cloudformation: new CloudFormationClient(access),
    dynamodb: new DynamoDBClient(access),
    eventbridge: new EventBridgeClient(access),
    lambda: new LambdaClient(access),
    s3,
    sqs: new SQSClient(access),
    iot: new IoTClient(controlPlanes.client),
    /** AWS IoT of the engine. Only its rules and job events are used: the functions call the stand-in. */
    foreignIot: new IoTClient(access),
    managedIntegrations: new IoTManagedIntegrationsClient(controlPlanes.client),

    async makeBucket(Bucket: string): Promise<void> {
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }));
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    },

    /** Uploads an object with the checksum that deploy.md asks for. Without it the service must read the object. */
    async upload(bucket: string, key: string, content = `firmware ${key}`, checksum = true): Promise<Artifact> {
      const put = { Bucket: bucket, Key: key, Body: content, ...(checksum && { ChecksumAlgorithm: 'SHA256' as const }) };
      const { VersionId: version = '' } = await s3.send(new PutObjectCommand(put));
      const sha256 = createHash('sha256').update(content).digest('hex');
      return {
        fileName: '/app.bin',
        fileLocation: { s3Location: { bucket, key, version } },
        sha256,
        sizeBytes: Buffer.byteLength(content),
      };
    },
  };
}

export type Account = ReturnType<typeof openAccount>;

/** A deployed stage, seen from outside of the service. */
export function openStage({ dynamodb, eventbridge, sqs }: Account, stage: string) {
  const table = ledger(dynamodb, `ota-dispatch-${stage}-ledger`);
  const EventBusName = `firmware-${stage}`;

  const urlOf = async (suffix: string) => {
    const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: `ota-dispatch-${stage}-${suffix}` }));
    return QueueUrl;
  };

  return {
    name: stage,
    urlOf,

    /** Puts events on the bus in batches of ten. `detail` is a text, because a producer decides how it writes it. */
    async put(detailType: string, details: readonly string[], source: string): Promise<void> {
      for (let from = 0; from < details.length; from += 10) {
        const Entries = details.slice(from, from + 10).map((Detail) => ({ EventBusName, Source: source, DetailType: detailType, Detail }));
        const { FailedEntryCount } = await eventbridge.send(new PutEventsCommand({ Entries }));
        if (FailedEntryCount) throw new Error(`the bus refused ${FailedEntryCount} events`);
      }
    },

    /** Sends a body to the queue of releases, around the bus. */
    async send(body: string): Promise<void> {
      await sqs.send(new SendMessageCommand({ QueueUrl: await urlOf('releases'), MessageBody: body }));
    },

    /** Every row of the ledger. */
    async rows(): Promise<Rollout[]> {
      const rows: Rollout[] = [];
      for await (const entry of table.everything()) if (entry.kind === 'row') rows.push(entry.row);
      return rows;
    },

    /** `CHANNEL STATE` of each rollout of a version, in the order of the channels. */
    async states(product: string, version: string): Promise<string[]> {
      const rows = await table.rowsOf(product, version);
      return rows.map(({ channel, state }) => `${channel} ${state}`).sort();
    },

    /** How many messages a queue has, visible or not. */
    async messagesIn(suffix: string): Promise<number> {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'] as const;
      const asked = new GetQueueAttributesCommand({ QueueUrl: await urlOf(suffix), AttributeNames: [...names] });
      const { Attributes = {} } = await sqs.send(asked);
      return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
    },
  };
}

export type Stage = ReturnType<typeof openStage>;

/** A listener on the bus of a stage: a rule of its own that puts every outcome into a queue, as a consumer would have it. */
export async function listenTo({ eventbridge, sqs }: Account, stage: string) {
  const [Name, EventBusName] = [`listener-${stage}`, `firmware-${stage}`];
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: Name }));
  await eventbridge.send(new PutRuleCommand({ EventBusName, Name, EventPattern: JSON.stringify({ source: ['ota-dispatch'] }) }));
  const Arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:${Name}`;
  await eventbridge.send(new PutTargetsCommand({ EventBusName, Rule: Name, Targets: [{ Id: 'queue', Arn }] }));
  const told: Told[] = [];
  return {
    /** Everything that was told until now. */
    async told(): Promise<readonly Told[]> {
      for (;;) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        if (Messages.length === 0) return told;
        for (const { Body = '{}' } of Messages) {
          const { 'detail-type': detailType, detail } = JSON.parse(Body) as { 'detail-type': string; detail: Told['detail'] };
          told.push({ detailType, detail });
        }
        const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
    },
    async stop(): Promise<void> {
      await eventbridge.send(new RemoveTargetsCommand({ EventBusName, Rule: Name, Ids: ['queue'] }));
      await eventbridge.send(new DeleteRuleCommand({ EventBusName, Name }));
    },
  };
}

export type Listener = Awaited<ReturnType<typeof listenTo>>;
