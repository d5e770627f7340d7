import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateEventBusCommand, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Message } from '@aws-sdk/client-sqs';
import { createManualClock } from 'embedded-aws/src/clock.ts';
import type { FleetSettings } from 'embedded-aws/src/fleet/plan.ts';
import type { IotCoreAssumptions } from 'embedded-aws/src/services/iot-core/iot-core.ts';
import { vi } from 'vitest';
import { ledger } from '../../adapters/ledger/ledger.ts';
import { publishing, steering } from '../../domain/channels/event-pattern.ts';
import { lineText, readChannelsFile } from '../../domain/channels/lines.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import type { OutcomeEvent } from '../../domain/rollout/outcome-schema.ts';
import { isFinal, type Rollout } from '../../domain/rollout/rollout.ts';
import { root } from '../../scripts/installation.ts';
import { EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';
import { aStage, ENDPOINT } from './a-stage.ts';
import { awsInProcess } from './aws-in-process.ts';
import type { Settings } from './compose.ts';
import { createQueues } from './queues.ts';
import { type Fate, openSandbox, type Sandbox } from './sandbox.ts';
import { ACCOUNT, REGION } from './stand-ins.ts';
import { createTable, ledgerTable, lockTable } from './tables.ts';

export const SOURCE = 'com.acme.firmware-ci';
const BUCKET = 'acme-firmware';
const MINUTE = 60_000;
const SWEEP_EVERY = 5 * MINUTE;
/** The queues that functions consume. `releases` reads the first two. */
const QUEUES = ['releases', 'steering', 'follow-ups'] as const;
type QueueOfFunction = (typeof QUEUES)[number];
/** Longer than anything waits in a test: retries take an hour at most. */
const PATIENCE = 30 * 60 * MINUTE;

const settings = aStage({ OTA_CREATES_PER_SECOND: 5 });

export type StageOptions = {
  readonly fleet?: Partial<FleetSettings>;
  readonly iotCore?: Partial<IotCoreAssumptions>;
  /** The text of a channels.yml that replaces the one of the examples. */
  readonly channels?: string;
  readonly settings?: Partial<Settings>;
  readonly maxReceiveCount?: number;
};

/**
 * A stage of the service on the embedded AWS in this process, in virtual time. Handlers, adapters, Powertools and SDK
 * clients are real, and the queues are those of the template. Nothing waits for real time, so an hour of outage takes as
 * long as its calls.
 */
export async function openStageInTime(options: StageOptions = {}) {
  const restore = setEnvironment({ POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });
  const clock = createManualClock(Date.UTC(2026, 10, 23, 8));
  vi.useFakeTimers({ toFake: ['Date'], now: clock.now() });
  const aws = awsInProcess(clock, options.fleet, options.iotCore);
  const observer = aws.clients();
  const table = ledger(observer.dynamodb, settings.OTA_LEDGER_TABLE);
  const queueUrl = (suffix: string) => `${ENDPOINT}/${ACCOUNT}/ota-dispatch-local-${suffix}`;
  let configuration = readChannels(options.channels ?? readFileSync(join(root, EXAMPLE_CHANNELS), 'utf8'));
  let sweptAt = clock.now();
  const opened: Sandbox[] = [];

  const advance = (milliseconds: number): void => {
    clock.advance(milliseconds);
    vi.setSystemTime(clock.now());
  };

  /** A warm process of the functions. `fate` decides at each call whether it survives. `skew` is the error of its clock in ms. */
  const sandbox = (fate?: Fate, skew = 0): Sandbox => {
    const fresh = openSandbox({
      settings: { ...settings, ...options.settings },
      channels: configuration,
      aws,
      now: () => clock.now() + skew,
      sleep: async (milliseconds) => advance(milliseconds),
      fate,
    });
    opened.push(fresh);
    return fresh;
  };

  async function receive(suffix: string, most: number): Promise<Message[]> {
    const { Messages = [] } = await aws.ask<{ Messages?: Message[] }>('sqs', 'ReceiveMessage', {
      QueueUrl: queueUrl(suffix),
      MaxNumberOfMessages: most,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    });
    return Messages;
  }

  async function remove(suffix: string, { ReceiptHandle }: Message): Promise<void> {
    await aws.ask('sqs', 'DeleteMessage', { QueueUrl: queueUrl(suffix), ReceiptHandle });
  }

  /** Polls one batch, as the event source mapping does, and deletes what is not reported as failed. Returns the size of the batch. */
  async function poll(suffix: QueueOfFunction, by: Sandbox): Promise<number> {
    const messages = await receive(suffix, suffix === 'follow-ups' ? 10 : 5);
    if (messages.length === 0) return 0;
    const failed = await by.consume(suffix, messages);
    for (const message of messages) if (failed !== 'died' && !failed.includes(message.MessageId ?? '')) await remove(suffix, message);
    return messages.length;
  }

  async function messagesIn(suffix: string): Promise<number> {
    const input = { QueueUrl: queueUrl(suffix), AttributeNames: ['All'] };
    const { Attributes } = await aws.ask<{ Attributes: Record<string, string> }>('sqs', 'GetQueueAttributes', input);
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'];
    return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  }

  async function rows(): Promise<Rollout[]> {
    const { Items } = await aws.ask<{ Items: { rollout?: { S: string } }[] }>('dynamodb', 'Scan', { TableName: settings.OTA_LEDGER_TABLE });
    return Items.flatMap(({ rollout }) => (rollout ? [JSON.parse(rollout.S) as Rollout] : []));
  }

  const stage = {
    clock,
    aws,
    observer,
    table,
    advance,
    sandbox,
    poll,
    receive,
    remove,
    messagesIn,
    rows,
    queueUrl,
    now: clock.now,

    /** Gives this channels.yml to all sandboxes that are opened from now on. */
    configure(text: string): void {
      configuration = readChannels(text);
    },

    /** Uploads firmware and returns the artifact that names it. */
    async artifact(key: string, content = `firmware ${key}`) {
      const put = new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: content, ChecksumAlgorithm: 'SHA256' });
      const { VersionId = '' } = await observer.s3.send(put);
      const sha256 = createHash('sha256').update(content).digest('hex');
      return { fileName: '/app.bin', fileLocation: { s3Location: { bucket: BUCKET, key, version: VersionId } }, sha256 };
    },

    /** Puts an event on the bus. */
    async publish(detail: object, detailType = 'Firmware Release Published', source = SOURCE): Promise<void> {
      const entry = { EventBusName: settings.OTA_BUS_NAME, Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
      await observer.eventbridge.send(new PutEventsCommand({ Entries: [entry] }));
    },

    withdraw: (detail: object) => stage.publish(detail, 'Firmware Release Withdrawn'),

    /** Sends a body to a queue, past the bus. Throws if the queue refuses it. */
    async send(suffix: string, body: string): Promise<void> {
      await aws.ask('sqs', 'SendMessage', { QueueUrl: queueUrl(suffix), MessageBody: body });
    },

    /** Runs the sweep if five minutes have passed since the last one. */
    async sweepWhenDue(by: Sandbox): Promise<void> {
      if (clock.now() - sweptAt < SWEEP_EVERY) return;
      sweptAt = clock.now();
      await by.sweep();
    },

    /**
     * Lets time pass and consumes every message until the queues are empty and every rollout satisfies `ends` (by default:
     * final and settled, or CREATED and published). Replaces sandboxes that died, and returns the last one. Throws after 30
     * hours.
     */
    async settle(by: Sandbox, ends: (row: Rollout) => boolean = hasSettled): Promise<Sandbox> {
      const end = clock.now() + PATIENCE;
      let current = by;
      for (let idle = 0; ; ) {
        if (current.isDead()) current = sandbox();
        let polled = 0;
        for (const queue of QUEUES) if (polled === 0 && !current.isDead()) polled = await poll(queue, current);
        if (polled > 0) {
          idle = 0;
          continue;
        }
        const waiting = (await Promise.all(QUEUES.map(messagesIn))).reduce((sum, count) => sum + count, 0);
        if (waiting === 0 && (await rows()).every(ends)) return current;
        if (clock.now() > end) throw new Error(`not settled: ${waiting} messages, ${(await rows()).map(brief).join('; ')}`);
        idle += 1;
        advance(idle < 4 ? 20_000 : MINUTE);
        await stage.sweepWhenDue(current);
      }
    },

    /** Every outcome event that the bus has delivered so far, oldest first. */
    async published(): Promise<OutcomeEvent[]> {
      for (let messages = await receive('published', 10); messages.length > 0; messages = await receive('published', 10)) {
        for (const message of messages) {
          const { 'detail-type': detailType, detail } = JSON.parse(message.Body ?? '{}') as { 'detail-type': string; detail: unknown };
          heard.push({ detailType, detail } as OutcomeEvent);
          await remove('published', message);
        }
      }
      return heard;
    },

    async stop(): Promise<void> {
      for (const one of opened) one.close();
      aws.release(observer);
      await aws.stop();
      vi.useRealTimers();
      restore();
    },
  };
  const heard: OutcomeEvent[] = [];

  for (const table of [ledgerTable(settings.OTA_LEDGER_TABLE), lockTable(settings.OTA_LOCK_TABLE)]) {
    await createTable(observer.dynamodb, table);
  }
  const arnOf = (suffix: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:ota-dispatch-local-${suffix}`;
  await createQueues(aws, 'ota-dispatch-local-', options);
  await aws.ask('sqs', 'CreateQueue', { QueueName: 'ota-dispatch-local-published', Attributes: { MessageRetentionPeriod: '1209600' } });
  const EventBusName = settings.OTA_BUS_NAME;
  await observer.eventbridge.send(new CreateEventBusCommand({ Name: EventBusName }));
  for (const [Name, pattern, suffix] of [
    ['releases', { 'detail-type': publishing }, 'releases'],
    ['steering', { 'detail-type': steering }, 'steering'],
    ['published', { source: ['ota-dispatch'] }, 'published'],
  ] as const) {
    await observer.eventbridge.send(new PutRuleCommand({ EventBusName, Name, EventPattern: JSON.stringify(pattern) }));
    await observer.eventbridge.send(new PutTargetsCommand({ EventBusName, Rule: Name, Targets: [{ Id: 'queue', Arn: arnOf(suffix) }] }));
  }
  for (const Bucket of [BUCKET, settings.OTA_DOCUMENTS_BUCKET]) {
    await observer.s3.send(new CreateBucketCommand({ Bucket }));
    await observer.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  }
  advance(1_000);
  return stage;
}

export type StageInTime = Awaited<ReturnType<typeof openStageInTime>>;

/** Whether a rollout is final and nothing more will happen to it, or it is live and that was published. */
export function hasSettled(row: Rollout): boolean {
  return isFinal(row.state) ? row.dueAt === undefined : row.state === 'CREATED' && row.outbox.length === 0 && row.siblings.length === 0;
}

/** Whether a rollout is final and nothing more will happen to it. */
export function hasEnded(row: Rollout): boolean {
  return isFinal(row.state) && row.dueAt === undefined;
}

const parsed = new Map<string, Channels>();

function readChannels(text: string): Channels {
  const known = parsed.get(text);
  if (known) return known;
  const read = readChannelsFile(text, { accountId: ACCOUNT, region: REGION, stage: 'local' });
  if (!read.ok) throw new Error(read.errors.map((error) => lineText('channels.yml', error)).join('\n'));
  parsed.set(text, read.channels);
  return read.channels;
}

function brief({ product, version, channel, state, unansweredCreates, outbox }: Rollout): string {
  return `${product} ${version} ${channel} ${state} unanswered creates ${unansweredCreates.count} outbox ${outbox.length}`;
}

/** Sets variables of the environment, and answers how to set them back. */
function setEnvironment(variables: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
