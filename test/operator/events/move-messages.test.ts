import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { createManualClock } from 'embedded-aws/src/clock.ts';
import { type RunningServices, startServices } from 'embedded-aws/src/services.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { moveMessages } from '../../../operator/events/move-messages.ts';
import { clientSettings } from '../../../packages/embedded-aws/test/support/clients.ts';

/** More than can be read, sent and deleted in the 30 s for which a message is invisible. */
const MANY = 600;
const CALL_MILLISECONDS = 60;
const OTHER_READER_EVERY = 20;

const clock = createManualClock(Date.UTC(2026, 10, 23));
let services: RunningServices;
/** The client of the command, and that of somebody else who looks into the same queue. */
let sqs: SQSClient;
let other: SQSClient;
let queues: { from: string; to: string; toOf: () => Promise<string> };
let onCall: () => Promise<unknown>;

beforeEach(async () => {
  services = await startServices({ port: 0, clock });
  sqs = new SQSClient(clientSettings(services));
  other = new SQSClient(clientSettings(services));
  const [from, to] = await Promise.all(['rejected', 'releases'].map((QueueName) => other.send(new CreateQueueCommand({ QueueName }))));
  queues = { from: from?.QueueUrl ?? '', to: to?.QueueUrl ?? '', toOf: async () => queues.to };
  onCall = async () => undefined;
  sqs.middlewareStack.add(
    (next) => async (call) => {
      clock.advance(CALL_MILLISECONDS);
      await onCall();
      return next(call);
    },
    { step: 'initialize' },
  );
});
afterEach(async () => {
  for (const client of [sqs, other]) client.destroy();
  await services.stop();
});

async function fill(count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, index) => String(index));
  for (let start = 0; start < count; start += 10) {
    const Entries = ids.slice(start, start + 10).map((Id) => ({ Id, MessageBody: Id }));
    await other.send(new SendMessageBatchCommand({ QueueUrl: queues.from, Entries }));
  }
}

async function countIn(QueueUrl: string): Promise<number> {
  const { Attributes } = await other.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  return Number(Attributes?.['ApproximateNumberOfMessages']) + Number(Attributes?.['ApproximateNumberOfMessagesNotVisible']);
}

const everything = () => true;

it('many messages are moved once each, while somebody else receives what is visible', async () => {
  await fill(MANY);
  let calls = 0;
  onCall = async () => {
    calls += 1;
    if (calls % OTHER_READER_EVERY > 0) return;
    await other.send(new ReceiveMessageCommand({ QueueUrl: queues.from, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }));
  };
  const { sent, notSent } = await moveMessages({ sqs, isLocal: true }, queues, everything);
  expect(calls * CALL_MILLISECONDS).toBeGreaterThan(60_000);
  expect([new Set(sent.map(({ copyId }) => copyId)).size, notSent]).toEqual([MANY, []]);
  expect([await countIn(queues.from), await countIn(queues.to)]).toEqual([0, MANY]);
});

it('a message that comes again after it was sent is deleted, and not sent twice', async () => {
  await fill(1);
  let calls = 0;
  onCall = async () => {
    calls += 1;
    // After the send and before the delete, the visibility timeout ends and somebody else receives the message.
    if (calls !== 3) return;
    clock.advance(31_000);
    await other.send(new ReceiveMessageCommand({ QueueUrl: queues.from, VisibilityTimeout: 0 }));
  };
  await moveMessages({ sqs, isLocal: true }, queues, everything);
  expect([await countIn(queues.from), await countIn(queues.to)]).toEqual([0, 1]);
});

it('a message that the service rejects again meanwhile stays, and is not sent for ever', async () => {
  await fill(3);
  onCall = async () => {
    const { Messages = [] } = await other.send(new ReceiveMessageCommand({ QueueUrl: queues.to }));
    for (const { MessageId, Body, ReceiptHandle } of Messages) {
      const MessageAttributes = { messageId: { DataType: 'String', StringValue: MessageId } };
      await other.send(new SendMessageCommand({ QueueUrl: queues.from, MessageBody: Body, MessageAttributes }));
      await other.send(new DeleteMessageCommand({ QueueUrl: queues.to, ReceiptHandle }));
    }
  };
  expect((await moveMessages({ sqs, isLocal: true }, queues, everything)).sent).toHaveLength(3);
  expect([await countIn(queues.from), await countIn(queues.to)]).toEqual([3, 0]);
});

it('messages that are not wanted can be received again at once', async () => {
  await fill(25);
  const { sent } = await moveMessages({ sqs, isLocal: true }, queues, ({ Body }) => Body === '24');
  expect(sent).toHaveLength(1);
  const { Messages } = await other.send(new ReceiveMessageCommand({ QueueUrl: queues.from, MaxNumberOfMessages: 10 }));
  expect(Messages).toHaveLength(10);
  expect([await countIn(queues.from), await countIn(queues.to)]).toEqual([24, 1]);
});

it('the wanted message is found behind more messages than can be received in 30 s, and the others can be received again', async () => {
  await fill(MANY);
  onCall = async () => {
    clock.advance(500);
  };
  const wanted = String(MANY - 20);
  const { sent } = await moveMessages({ sqs, isLocal: true }, queues, ({ Body }) => Body === wanted);
  expect(sent).toHaveLength(1);
  expect([await countIn(queues.from), await countIn(queues.to)]).toEqual([MANY - 1, 1]);
  const { Attributes } = await other.send(new GetQueueAttributesCommand({ QueueUrl: queues.from, AttributeNames: ['All'] }));
  expect(Attributes?.['ApproximateNumberOfMessagesNotVisible']).toBe('0');
});

it('a queue whose messages are always visible is read to an end', async () => {
  await fill(3);
  onCall = async () => {
    clock.advance(12 * 3_600_000);
  };
  await expect(moveMessages({ sqs, isLocal: true }, queues, () => false)).resolves.toEqual({ sent: [], notSent: [] });
});
