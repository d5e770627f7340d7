import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { IoTClient, ListOTAUpdatesCommand } from '@aws-sdk/client-iot';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createFunction, type LambdaFunction } from 'embedded-aws/src/lambda/lambda-process.ts';
import { type RunningServices, startServices } from 'embedded-aws/src/services.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IoTManagedIntegrationsClient, ListOtaTasksCommand } from '../../adapters/managed-integrations/client.ts';
import { bundleAlone } from '../../proof/stage/bundled.ts';
import { createTable, ledgerTable, lockTable } from '../../proof/stage/tables.ts';

const BUCKET = 'acme-firmware';
const TIMEOUT_SECONDS = 60;

let folder: string;
let aws: RunningServices;
let dynamodb: DynamoDBClient;
let iot: IoTClient;
let managedIntegrations: IoTManagedIntegrationsClient;
let s3: S3Client;
let sqs: SQSClient;
let releases: LambdaFunction;

beforeAll(async () => {
  folder = await bundleAlone();
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  aws = await startServices({ port: 0 });
  const access = { endpoint: aws.endpoint, region: aws.region, credentials: { accessKeyId: 'made', secretAccessKey: 'up' } };
  [dynamodb, s3, sqs] = [new DynamoDBClient(access), new S3Client(access), new SQSClient(access)];
  [iot, managedIntegrations] = [new IoTClient(access), new IoTManagedIntegrationsClient(access)];
  for (const table of [ledgerTable('ledger'), lockTable('lock')]) await createTable(dynamodb, table);
  await sqs.send(new CreateQueueCommand({ QueueName: 'follow-ups' }));
  for (const Bucket of [BUCKET, 'documents']) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  }
  releases = deployed();
  return async () => {
    await releases.stop();
    for (const client of [dynamodb, iot, managedIntegrations, s3, sqs]) client.destroy();
    await aws.stop();
  };
});

/** The function `releases` as Lambda runs it: the deployed bundle in its own process. */
function deployed(): LambdaFunction {
  const { accountId, endpoint, region } = aws;
  return createFunction({
    name: 'releases',
    arn: `arn:aws:lambda:${region}:${accountId}:function:releases`,
    handler: 'dist/releases/index.handler',
    codeDirectory: folder,
    environment: {
      OTA_STAGE: 'local',
      OTA_ACCOUNT_ID: accountId,
      OTA_ALLOWED_ACCOUNTS: accountId,
      OTA_LEDGER_TABLE: 'ledger',
      OTA_LOCK_TABLE: 'lock',
      OTA_BUS_NAME: 'default',
      OTA_FOLLOW_UPS_QUEUE_URL: `${endpoint}/${accountId}/follow-ups`,
      OTA_REJECTED_QUEUE_URL: `${endpoint}/${accountId}/rejected`,
      OTA_DOCUMENTS_BUCKET: 'documents',
      OTA_CREATES_PER_SECOND: '5',
    },
    timeoutSeconds: TIMEOUT_SECONDS,
    memoryMegabytes: 512,
    region,
    endpoint,
    onLog: () => undefined,
  });
}

const thermostat = (version: string) => ({ product: 'thermostat', version, channels: ['beta'], hardware: ['T6-B', 'T6-C'] });
const hub = { product: 'hub', version: '1.0.0', channels: ['stable'] };

/** Invokes the function with a release, which it must accept. Answers between which times the invocation had to end. */
async function publish(release: { readonly product: string; readonly version: string }) {
  const envelope = { account: aws.accountId, source: 'com.acme.firmware-ci', 'detail-type': 'Firmware Release Published' };
  const body = JSON.stringify({ ...envelope, detail: { ...release, artifacts: [await upload(release.version)] } });
  const earliest = Date.now() + TIMEOUT_SECONDS * 1_000;
  const answer = await releases.invoke({ Records: [{ messageId: `m-${release.version}`, body, eventSource: 'aws:sqs' }] });
  expect(answer).toEqual({ ok: true, payload: { batchItemFailures: [] } });
  return { earliest, latest: Date.now() + TIMEOUT_SECONDS * 1_000 };
}

async function upload(Key: string) {
  const put = new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key, ChecksumAlgorithm: 'SHA256' });
  const { VersionId: version = '' } = await s3.send(put);
  const sha256 = createHash('sha256').update(Key).digest('hex');
  return { fileName: '/app.bin', fileLocation: { s3Location: { bucket: BUCKET, key: Key, version } }, sha256 };
}

/** When each lock would have expired if its sandbox had died, in epoch milliseconds. NaN for a lock that never expires. */
async function endsOfLocks(): Promise<number[]> {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: 'lock', ConsistentRead: true }));
  return Items.map((item) => Number(item['in_progress_expiration']?.N));
}

describe('the function releases as it is deployed', () => {
  it('takes no lock for longer than its invocation can last, neither in the first invocation nor in later ones', async () => {
    const known: number[] = [];
    for (const version of ['2.4.1', '2.5.0', '2.6.0']) {
      const { earliest, latest } = await publish(thermostat(version));
      const [end = Number.NaN, ...others] = (await endsOfLocks()).filter((one) => !known.includes(one));
      expect(others).toEqual([]);
      expect(end).toBeGreaterThanOrEqual(earliest);
      expect(end).toBeLessThanOrEqual(latest);
      known.push(end);
    }
    expect(releases.processIds()).toHaveLength(1);
  });

  it.each([
    ['iot', 'CreateOTAUpdate', thermostat('2.4.1')],
    ['iotmanagedintegrations', 'CreateOtaTask', hub],
  ])(
    'sends a create to %s only once if AWS answers with an error, because the follow-up decides what is next',
    async (service, operation, detail) => {
      aws.faults.add({ service, operation, kind: 'error500', times: 1 });
      await publish(detail);
      expect(aws.faults.list()).toMatchObject([{ struck: 1 }]);
      expect((await iot.send(new ListOTAUpdatesCommand({}))).otaUpdates).toEqual([]);
      expect((await managedIntegrations.send(new ListOtaTasksCommand({}))).Tasks).toEqual([]);
    },
  );
});
