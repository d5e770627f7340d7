import { createHash } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { IoTClient } from '@aws-sdk/client-iot';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Cloud } from 'embedded-aws/src/cloud.ts';
import { ledger } from '../../adapters/ledger/ledger.ts';
import { IoTManagedIntegrationsClient } from '../../adapters/managed-integrations/client.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { BUCKET, PRODUCT, type Release, SOURCE } from './backlog.ts';

const BATCH = 10;
/** How often publishing is tried until the bus accepts the events. */
const ATTEMPTS = 10;

/** What is outside of the service: it publishes, listens and looks. */
export async function openOutside({ endpoint, region, accountId }: Cloud) {
  const access = { endpoint, region, credentials: { accessKeyId: 'made', secretAccessKey: 'up' }, maxAttempts: ATTEMPTS };
  const eventbridge = new EventBridgeClient(access);
  const s3 = new S3Client(access);
  const sqs = new SQSClient(access);
  const table = ledger(new DynamoDBClient(access), 'ota-dispatch-local-ledger');
  const queueUrl = (suffix: string) => `${endpoint}/${accountId}/ota-dispatch-local-${suffix}`;
  const EventBusName = 'firmware-local';
  const published = new Map<string, Set<string>>();

  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } }));
  const firmware = 'firmware';
  const { VersionId: version = '' } = await s3.send(
    new PutObjectCommand({ Bucket: BUCKET, Key: 'app.bin', Body: firmware, ChecksumAlgorithm: 'SHA256' }),
  );
  const sha256 = createHash('sha256').update(firmware).digest('hex');
  const artifacts = [{ fileName: '/app.bin', fileLocation: { s3Location: { bucket: BUCKET, key: 'app.bin', version } }, sha256 }];
  await sqs.send(new CreateQueueCommand({ QueueName: 'ota-dispatch-local-published' }));
  await eventbridge.send(
    new PutRuleCommand({ EventBusName, Name: 'published', EventPattern: JSON.stringify({ source: ['ota-dispatch'] }) }),
  );
  const Arn = `arn:aws:sqs:${region}:${accountId}:ota-dispatch-local-published`;
  await eventbridge.send(new PutTargetsCommand({ EventBusName, Rule: 'published', Targets: [{ Id: 'queue', Arn }] }));

  async function messagesIn(suffix: string): Promise<number> {
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'] as const;
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl(suffix), AttributeNames: [...names] }));
    return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  }

  return {
    iot: new IoTClient(access),
    managedIntegrations: new IoTManagedIntegrationsClient(access),
    messagesIn,

    /** Sends to the queue directly, as the bus would refuse most of these messages. */
    async poison(bodies: readonly string[]): Promise<void> {
      for (const batch of batches(bodies)) {
        const Entries = batch.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
        await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl('releases'), Entries }));
      }
    },

    async publish(releases: readonly Release[]): Promise<void> {
      for (const batch of batches(releases)) {
        const Entries = batch.map((release) => ({
          EventBusName,
          Source: SOURCE,
          DetailType: 'Firmware Release Published',
          Detail: JSON.stringify({ product: PRODUCT, version: release.version, channels: [release.channel], artifacts }),
        }));
        await eventbridge.send(new PutEventsCommand({ Entries }));
      }
    },

    async rows(): Promise<Rollout[]> {
      const entries = await Array.fromAsync(table.everything());
      return entries.flatMap((entry) => (entry.kind === 'row' ? entry.row : []));
    },

    /** rolloutId → the states that its events have reported so far. */
    async published(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
      const QueueUrl = queueUrl('published');
      for (;;) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: BATCH }));
        if (Messages.length === 0) return published;
        for (const { Body = '' } of Messages) {
          const { 'detail-type': type, detail } = JSON.parse(Body) as { 'detail-type': string; detail: { rolloutId?: string } };
          const id = detail.rolloutId ?? '';
          published.set(id, (published.get(id) ?? new Set()).add(type.split(' ').at(-1)?.toUpperCase() ?? ''));
        }
        const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
    },

    /** A sentence for each dead-letter queue that has messages. */
    async deadLetters(): Promise<string[]> {
      const counts = await Promise.all(
        ['releases-dlq', 'steering-dlq', 'follow-ups-dlq', 'rule-dlq'].map(async (name) => [name, await messagesIn(name)] as const),
      );
      return counts.filter(([, count]) => count > 0).map(([name, count]) => `given up: ${count} messages in ${name}`);
    },
  };
}

function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += BATCH) yield items.slice(start, start + BATCH);
}
