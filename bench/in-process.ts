import { createHash } from 'node:crypto';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Message } from '@aws-sdk/client-sqs';
import { createManualClock } from 'embedded-aws/src/clock.ts';
import { ACCOUNT_ID as ACCOUNT } from 'embedded-aws/src/services.ts';
import { stringify } from 'yaml';
import type { Channels } from '../domain/channels/schema.ts';
import { validateChannels } from '../domain/channels/validate.ts';
import { aStage } from '../proof/stage/a-stage.ts';
import { awsInProcess } from '../proof/stage/aws-in-process.ts';
import { createQueues } from '../proof/stage/queues.ts';
import { type Fate, openSandbox } from '../proof/stage/sandbox.ts';
import { createTable, ledgerTable, lockTable } from '../proof/stage/tables.ts';

/** SHA-256 of `firmware`. */
const SHA256 = createHash('sha256').update('firmware').digest('hex');

/** Real handlers, adapters and SDK clients with the embedded AWS in this process, without sockets. Time stands still. */
export async function openInProcess({
  channels = channelsOf(1),
  createsPerSecond = 1_000_000,
}: {
  channels?: Channels;
  createsPerSecond?: number;
} = {}) {
  process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
  process.env['POWERTOOLS_METRICS_DISABLED'] = 'true';
  const clock = createManualClock(Date.now());
  const aws = awsInProcess(clock);
  const observer = aws.clients();
  const Bucket = 'acme-firmware';
  await observer.s3.send(new CreateBucketCommand({ Bucket }));
  await observer.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const put = new PutObjectCommand({ Bucket, Key: 'a', Body: 'firmware', ChecksumAlgorithm: 'SHA256' });
  const { VersionId: version = '' } = await observer.s3.send(put);
  const settings = aStage({ OTA_BUS_NAME: 'default', OTA_CREATES_PER_SECOND: createsPerSecond });
  for (const table of [ledgerTable(settings.OTA_LEDGER_TABLE), lockTable(settings.OTA_LOCK_TABLE)]) {
    await createTable(observer.dynamodb, table);
  }
  await createQueues(aws, 'ota-dispatch-local-');
  const sandbox = (fate?: Fate) =>
    openSandbox({ settings, channels, aws, now: clock.now, sleep: async (milliseconds) => clock.advance(milliseconds), fate });
  return {
    aws,
    clock,
    sandbox,
    observer,
    settings,
    release: (number: number, more?: object) => releaseOf(number, version, more),
    stop: () => aws.stop(),
  };
}

/** A validated configuration with this many channels. */
export function channelsOf(count: number): Channels {
  const validated = validateChannels(channelsFileOf(count));
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  return validated.channels;
}

/** The content of a channels.yml with this many channels of one product. */
export function channelsFileOf(count: number) {
  const createOTAUpdate = {
    targets: ['arn:aws:iot:us-east-1:000000000000:thinggroup/a'],
    roleArn: 'arn:aws:iam::000000000000:role/ota',
    protocols: ['MQTT'],
    targetSelection: 'SNAPSHOT',
    awsJobExecutionsRolloutConfig: { maximumPerMinute: 100 },
    files: [
      {
        codeSigning: {
          startSigningJobParameter: {
            signingProfileName: 'acme',
            destination: { s3Destination: { bucket: 'acme-firmware', prefix: 'signed/' } },
          },
        },
      },
    ],
  };
  const channels = Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, { createOTAUpdate }]));
  return { artifactBuckets: ['acme-firmware'], products: { thermostat: { sources: ['com.acme.ci'], channels } } };
}

/** A record that publishes version 1.0.`number`. */
function releaseOf(number: number, version: string, more: object = {}): Message {
  const fileLocation = { s3Location: { bucket: 'acme-firmware', key: 'a', version } };
  const artifacts = [{ fileName: '/app.bin', fileLocation, sha256: SHA256 }];
  const detail = { product: 'thermostat', version: `1.0.${number}`, channels: ['c0'], artifacts, ...more };
  const Body = JSON.stringify({ source: 'com.acme.ci', account: ACCOUNT, 'detail-type': 'Firmware Release Published', detail });
  return { MessageId: `m-${number}`, ReceiptHandle: 'r', Body };
}

/** The body of a release whose artifact is not in S3. */
export function bodyOf(number: number): string {
  const fileLocation = { s3Location: { bucket: 'acme-firmware', key: 'a', version: 'v1' } };
  const artifacts = [{ fileName: '/app.bin', fileLocation, sha256: 'ab'.repeat(32) }];
  const detail = { product: 'thermostat', version: `1.0.${number}`, channels: ['c0'], artifacts };
  return JSON.stringify({ source: 'com.acme.ci', account: '000000000000', 'detail-type': 'Firmware Release Published', detail });
}

/** The text of a channels.yml with this many channels of one product. */
export function channelsTextOf(count: number): string {
  return stringify(channelsFileOf(count), { aliasDuplicateObjects: false });
}
