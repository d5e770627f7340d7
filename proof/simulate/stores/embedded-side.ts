import { CreateEventBusCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteJobCommand, UpdateJobCommand } from '@aws-sdk/client-iot';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createManualClock, type ManualClock } from 'embedded-aws/src/clock.ts';
import type { FleetSettings } from 'embedded-aws/src/fleet/plan.ts';
import { type AwsInProcess, awsInProcess } from '../../stage/aws-in-process.ts';
import type { Clients } from '../../stage/compose.ts';
import { createQueues } from '../../stage/queues.ts';
import { ACCOUNT, REGION } from '../../stage/stand-ins.ts';
import { createTable, ledgerTable, lockTable } from '../../stage/tables.ts';
import { LEDGER, LOCK } from '../aws/dynamodb.ts';
import { BUS } from '../aws/eventbridge.ts';
import { CHANGED_TIMEOUT } from '../aws/iot-jobs.ts';
import { DOCUMENTS } from '../aws/s3.ts';
import { BUCKET } from '../configurations.ts';
import { enter, install, type Machine } from '../virtual-time.ts';
import { EPOCH } from '../world.ts';
import { aliases, DOCUMENT_KEY, FLEET, type Outside, type Side, type Terms } from './side.ts';

/** The embedded AWS in this process with real SDK clients, and with the tables, queues, buckets and bus of the histories. */
export async function openEmbedded(terms: Terms): Promise<Side> {
  install();
  const clock = createManualClock(EPOCH);
  const { pendingMilliseconds, devices, deviceMilliseconds, firstFails } = terms;
  const fleet: Partial<FleetSettings> = {
    startMilliseconds: [0, 0],
    updateMilliseconds: [deviceMilliseconds, deviceMilliseconds],
    devices: firstFails ? { [`${FLEET}-1`]: 'FAILED' } : {},
  };
  // The next device is notified when the one before it is done.
  const jobs = { fallbackPerMinute: 60_000 / deviceMilliseconds, deletionMilliseconds: 0 };
  const creationMilliseconds = [4 * pendingMilliseconds, 4 * pendingMilliseconds] as const;
  const aws = awsInProcess(clock, fleet, { simulatedGroupSize: devices, creationMilliseconds, jobs });
  const clients = aws.clients();
  await provide(aws, clients);
  const taskConfigurationId = await aws.createTaskConfiguration({ Name: 'paced', PushConfig: pushConfigOf(deviceMilliseconds) });
  const machine = machineOf(clock);

  return {
    name: 'embedded',
    clients,
    outside: { ...outsideOf(aws, clock, clients), taskConfigurationId },
    now: clock.now,
    advance: async (milliseconds) => clock.advance(milliseconds),
    during: async (work) => {
      enter(machine);
      try {
        return await work();
      } finally {
        enter(undefined);
      }
    },
    alias: aliases(),
    close: async () => {
      aws.release(clients);
      await aws.stop();
    },
  };
}

/** The machine of this side. Its clock is that of the embedded AWS. Nothing that runs on it may wait or write. */
function machineOf(clock: ManualClock): Machine {
  const never = (what: string) => (): never => {
    throw new Error(`${what} in the embedded AWS`);
  };
  return { now: clock.now, random: () => 0.5, setTimeout: never('a timer'), clearTimeout: () => undefined, output: never('output') };
}

const queueUrl = (name: string) => `https://sqs/${ACCOUNT}/${name}`;
const queueArn = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;

/** The queues of the template, and one more that gets all that the bus passes on. */
async function provide(aws: AwsInProcess, { dynamodb, eventbridge, s3 }: Clients): Promise<void> {
  for (const table of [ledgerTable(LEDGER), lockTable(LOCK)]) await createTable(dynamodb, table);
  await createQueues(aws, '');
  const published = { VisibilityTimeout: '360', MaximumMessageSize: '1048576', MessageRetentionPeriod: '1209600' };
  await aws.ask('sqs', 'CreateQueue', { QueueName: 'published', Attributes: published });
  await eventbridge.send(new CreateEventBusCommand({ Name: BUS }));
  const rule = { EventBusName: BUS, Name: 'all', EventPattern: JSON.stringify({ account: [ACCOUNT] }) };
  await eventbridge.send(new PutRuleCommand(rule));
  await eventbridge.send(
    new PutTargetsCommand({ EventBusName: BUS, Rule: 'all', Targets: [{ Id: 'published', Arn: queueArn('published') }] }),
  );
  for (const Bucket of [BUCKET, DOCUMENTS]) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  }
  await s3.send(new PutObjectCommand({ Bucket: DOCUMENTS, Key: DOCUMENT_KEY, Body: '{}' }));
}

function pushConfigOf(deviceMilliseconds: number) {
  return { RolloutConfig: { MaximumPerMinute: Math.max(1, Math.floor(60_000 / deviceMilliseconds)) } };
}

type Message = {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes: { readonly ApproximateReceiveCount: string; readonly SentTimestamp: string };
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue: string }>>;
};

function outsideOf(aws: AwsInProcess, clock: ManualClock, { s3, iot }: Clients): Omit<Outside, 'taskConfigurationId'> {
  const handles = new Map<string, string>();
  const heard: { detailType: string; detail: unknown }[] = [];
  const receive = async (queue: string, most: number): Promise<Message[]> => {
    const { Messages = [] } = await aws.ask<{ Messages?: Message[] }>('sqs', 'ReceiveMessage', {
      QueueUrl: queueUrl(queue),
      MaxNumberOfMessages: most,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    });
    for (const { MessageId, ReceiptHandle } of Messages) handles.set(`${queue} ${MessageId}`, ReceiptHandle);
    return Messages;
  };
  const remove = async (queue: string, id: string): Promise<void> => {
    await aws.ask('sqs', 'DeleteMessage', { QueueUrl: queueUrl(queue), ReceiptHandle: handles.get(`${queue} ${id}`) });
  };

  return {
    items: async (TableName) => (await aws.ask<{ Items: Awaited<ReturnType<Outside['items']>> }>('dynamodb', 'Scan', { TableName })).Items,
    send: async (queue, body) => {
      await aws.ask('sqs', 'SendMessage', { QueueUrl: queueUrl(queue), MessageBody: body });
    },
    receive: async (queue, most) => (await receive(queue, most)).map(receivedOf),
    remove,
    redrive: async (queue) => {
      const SourceArn = queueArn(`${queue}-dlq`);
      await aws.ask('sqs', 'StartMessageMoveTask', { SourceArn });
      const { Results } = await aws.ask<{ Results: { ApproximateNumberOfMessagesMoved: number }[] }>('sqs', 'ListMessageMoveTasks', {
        SourceArn,
      });
      return Results[0]?.ApproximateNumberOfMessagesMoved ?? Number.NaN;
    },
    waiting: async (queue) => {
      const input = { QueueUrl: queueUrl(queue), AttributeNames: ['All'] };
      const { Attributes } = await aws.ask<{ Attributes: Record<string, string> }>('sqs', 'GetQueueAttributes', input);
      const count = (name: string) => Number(Attributes[`ApproximateNumberOfMessages${name}`]);
      return { visible: count(''), hidden: count('NotVisible') + count('Delayed') };
    },
    published: async () => {
      for (let messages = await receive('published', 10); messages.length > 0; messages = await receive('published', 10)) {
        for (const { Body, MessageId } of messages) {
          const { 'detail-type': detailType, detail } = JSON.parse(Body) as { 'detail-type': string; detail: unknown };
          heard.push({ detailType, detail });
          await remove('published', MessageId);
        }
      }
      return heard;
    },
    upload: async (Key, Body, withSha256) => {
      const input = { Bucket: BUCKET, Key, Body, ...(withSha256 && { ChecksumAlgorithm: 'SHA256' as const }) };
      return (await s3.send(new PutObjectCommand(input))).VersionId ?? '';
    },
    failNextCreation: () => {
      aws.faults.add({
        service: 'iot',
        kind: 'createFailed',
        times: 1,
        errorInfo: { code: 'AccessDeniedException', message: 'not let in' },
      });
    },
    changeJob: async (jobId) => {
      try {
        await iot.send(new UpdateJobCommand({ jobId, timeoutConfig: CHANGED_TIMEOUT }));
      } catch (error) {
        const isOver = error instanceof Error && ['ResourceNotFoundException', 'InvalidRequestException'].includes(error.name);
        if (!isOver) throw error;
      }
    },
    deleteJob: async (jobId) => {
      try {
        await iot.send(new DeleteJobCommand({ jobId, force: true }));
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
      }
      clock.advance(0);
    },
  };
}

function receivedOf({ MessageId, Body, Attributes, MessageAttributes = {} }: Message) {
  const attributes = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]);
  return {
    id: MessageId,
    body: Body,
    receives: Number(Attributes.ApproximateReceiveCount),
    sentAt: Number(Attributes.SentTimestamp),
    attributes: Object.fromEntries(attributes),
  };
}
