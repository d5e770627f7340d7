import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { IoTClient, ListOTAUpdatesCommand, type OTAUpdateSummary } from '@aws-sdk/client-iot';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Cloud, type CloudOptions, startCloud } from 'embedded-aws/src/cloud.ts';
import { ledger } from '../../adapters/ledger/ledger.ts';
import { IoTManagedIntegrationsClient } from '../../adapters/managed-integrations/client.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { packageService } from '../../scripts/compiled-template.ts';

const BUCKET = 'acme-firmware';

/**
 * The packaged service on its own embedded AWS at a free port, as `npm start` runs it. Time runs `factor` times as fast,
 * except for what waits for a person.
 */
export async function startService({
  factor = 60,
  environment = {},
  iotCore = {},
}: {
  factor?: number;
  environment?: Readonly<Record<string, string>>;
  iotCore?: NonNullable<CloudOptions['iotCore']>;
} = {}) {
  const { folder } = await packageService({ code: 'real' });
  const logs: string[] = [];
  const cloud: Cloud = await startCloud({
    stackName: 'ota-dispatch-local',
    port: 0,
    templateFile: join(folder, '.serverless', 'cloudformation-template-update-stack.json'),
    codeDirectory: folder,
    timeFactor: factor,
    iotCore,
    environment: { OTA_TIME_FACTOR: String(factor), ...environment },
    onLog: ({ line }) => logs.push(line),
  });
  const config = { endpoint: cloud.endpoint, region: cloud.region, credentials: { accessKeyId: 'made', secretAccessKey: 'up' } };
  const eventbridge = new EventBridgeClient(config);
  const iot = new IoTClient(config);
  const s3 = new S3Client(config);
  const sqs = new SQSClient(config);
  const table = ledger(new DynamoDBClient(config), 'ota-dispatch-local-ledger');
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } }));

  return {
    cloud,
    logs,
    iot,
    sqs,
    table,
    managedIntegrations: new IoTManagedIntegrationsClient(config),
    queueUrl: (suffix: string) => `${cloud.endpoint}/${cloud.accountId}/ota-dispatch-local-${suffix}`,

    /** Uploads firmware and returns the artifact that names it. */
    async artifact(key: string, content = `firmware ${key}`) {
      const { VersionId = '' } = await s3.send(
        new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: content, ChecksumAlgorithm: 'SHA256' }),
      );
      return {
        fileName: '/app.bin',
        fileLocation: { s3Location: { bucket: BUCKET, key, version: VersionId } },
        sha256: createHash('sha256').update(content).digest('hex'),
      };
    },

    async publish(source: string, detail: object, detailType = 'Firmware Release Published'): Promise<void> {
      const entry = { EventBusName: 'firmware-local', Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
      await eventbridge.send(new PutEventsCommand({ Entries: [entry] }));
    },

    /** The row of a rollout as soon as it satisfies `when`. If it never does, the timeout of the test ends the wait. */
    async rowWhen(product: string, version: string, channel: string, when: (row: Rollout) => boolean): Promise<Rollout> {
      for (;;) {
        const row = (await table.rowsOf(product, version)).find((one) => one.version === version && one.channel === channel);
        if (row && when(row)) return row;
        await turn();
      }
    },

    /** Waits until the ledger has a withdrawal of the version. */
    async withdrawalWhen(product: string, version: string): Promise<void> {
      while ((await table.withdrawals(product, version)).list.length === 0) await turn();
    },

    /** The messages of a queue as soon as it has `count`. They stay invisible to other readers. */
    async messagesOf(suffix: string, count = 1): Promise<Message[]> {
      const messages: Message[] = [];
      while (messages.length < count) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: `${cloud.endpoint}/${cloud.accountId}/ota-dispatch-local-${suffix}`,
            MessageAttributeNames: ['All'],
            MaxNumberOfMessages: 10,
            WaitTimeSeconds: 1,
            VisibilityTimeout: 600,
          }),
        );
        messages.push(...Messages);
      }
      return messages;
    },

    async otaUpdates(): Promise<OTAUpdateSummary[]> {
      const { otaUpdates = [] } = await iot.send(new ListOTAUpdatesCommand({ maxResults: 250 }));
      return otaUpdates;
    },

    stop: () => cloud.stop(),
  };
}

export type RunningService = Awaited<ReturnType<typeof startService>>;

/** Gives the event loop time for the work of other processes and sockets. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 50));
