import {
  CancelMessageMoveTaskCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../../src/clock.ts';
import { createQueue } from '../../../src/services/sqs/queue.ts';
import { startTestAws, type TestAws } from '../../support/endpoints.ts';
import { eventually } from '../../support/eventually.ts';

const SECOND = 1000;

let clock: ManualClock;
let aws: TestAws;
let sqs: SQSClient;
beforeEach(async () => {
  clock = createManualClock();
  aws = await startTestAws({ clock });
  // These tests move the clock of the embedded SQS, so they always use that engine.
  sqs = new SQSClient(aws.access);
});
afterEach(async () => {
  sqs.destroy();
  await aws.stop();
});

async function open(name: string, Attributes: Record<string, string> = {}): Promise<string> {
  await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return `${aws.endpoint}/000000000000/${name}`;
}
const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const send = (QueueUrl: string, MessageBody: string, DelaySeconds?: number) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds }));
async function receive(QueueUrl: string, WaitTimeSeconds = 0): Promise<Message[]> {
  const command = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] });
  return (await sqs.send(command)).Messages ?? [];
}
const arrivals = () => aws.services.faults.list()[0]?.struck ?? 0;

describe('time in a queue', () => {
  it('makes a message visible again when its visibility timeout is over, and not before', async () => {
    const queue = await open('q', { VisibilityTimeout: '30' });
    await send(queue, 'm');
    await receive(queue);
    clock.advance(30 * SECOND - 1);
    expect(await receive(queue)).toEqual([]);
    clock.advance(1);
    expect(await receive(queue)).toHaveLength(1);
  });

  it('is prolonged by ChangeMessageVisibility, for messages in flight only', async () => {
    const queue = await open('q', { VisibilityTimeout: '30' });
    await send(queue, 'm');
    const [message] = await receive(queue);
    const prolong = () =>
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: queue, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 60 }));
    await prolong();
    clock.advance(59 * SECOND);
    expect(await receive(queue)).toEqual([]);
    clock.advance(1 * SECOND);
    await expect(prolong()).rejects.toMatchObject({ name: 'MessageNotInflight' });
  });

  it('holds a delayed message back, by the message or by the queue', async () => {
    const queue = await open('q', { DelaySeconds: '5' });
    await send(queue, 'by queue');
    await send(queue, 'by message', 900);
    await send(queue, 'at once', 0);
    expect((await receive(queue)).map(({ Body }) => Body)).toEqual(['at once']);
    const counts = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ['ApproximateNumberOfMessagesDelayed'] }),
    );
    expect(counts.Attributes).toEqual({ ApproximateNumberOfMessagesDelayed: '2' });
    clock.advance(5 * SECOND);
    expect((await receive(queue)).map(({ Body }) => Body)).toEqual(['by queue']);
    clock.advance(895 * SECOND);
    expect((await receive(queue)).map(({ Body }) => Body)).toContain('by message');
  });

  it('wakes a long poll when a delayed message falls due', async () => {
    const queue = await open('q');
    await send(queue, 'late', 10);
    aws.services.faults.add({ service: 'sqs', operation: 'ReceiveMessage', kind: 'slow', delayMilliseconds: 0 });
    const waiting = receive(queue, 20);
    await eventually(arrivals).toBe(1);
    clock.advance(10 * SECOND);
    expect(await waiting).toHaveLength(1);
  });

  it('ends a long poll without a message', async () => {
    const queue = await open('q');
    aws.services.faults.add({ service: 'sqs', operation: 'ReceiveMessage', kind: 'slow', delayMilliseconds: 0 });
    const waiting = receive(queue, 20);
    await eventually(arrivals).toBe(1);
    await eventually(() => clock.pending()).toBeGreaterThan(1);
    clock.advance(20 * SECOND);
    expect(await waiting).toEqual([]);
  });

  it('lets a message expire, in a dead-letter queue by the time of its first send', async () => {
    await open('dead', { MessageRetentionPeriod: '120' });
    const source = await open('source', {
      VisibilityTimeout: '0',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 1 }),
    });
    const dead = `${aws.endpoint}/000000000000/dead`;
    await send(source, 'm');
    clock.advance(100 * SECOND);
    await receive(source);
    await receive(source);
    expect(await receive(dead)).toHaveLength(1);
    clock.advance(20 * SECOND);
    clock.advance(30 * SECOND);
    expect(await receive(dead)).toEqual([]);
  });
});

describe('a caller that hangs up', () => {
  it('takes no message with it', async () => {
    const queue = await open('q');
    aws.services.faults.add({ service: 'sqs', operation: 'ReceiveMessage', kind: 'slow', delayMilliseconds: 0 });
    const hangUp = new AbortController();
    const aborted = sqs.send(new ReceiveMessageCommand({ QueueUrl: queue, WaitTimeSeconds: 20 }), { abortSignal: hangUp.signal });
    await eventually(arrivals).toBe(1);
    hangUp.abort();
    await expect(aborted).rejects.toThrow();
    // The journal has a request when it has ended. So the endpoint knows of the hang-up.
    const over = async () =>
      ((await (await fetch(`${aws.endpoint}/_ota/requests`)).json()) as { requests: { operation: string }[] }).requests.some(
        ({ operation }) => operation === 'ReceiveMessage',
      );
    await eventually(over).toBe(true);
    await send(queue, 'kept');
    expect(await receive(queue)).toEqual([
      expect.objectContaining({ Body: 'kept', Attributes: expect.objectContaining({ ApproximateReceiveCount: '1' }) }),
    ]);
  });

  it('before it waits gets no message', async () => {
    const queue = createQueue(clock, { retentionMilliseconds: () => SECOND, redrive: () => undefined });
    queue.send({ body: 'm', attributes: {}, delayMilliseconds: 0 });
    const ask = { maximum: 1, visibilityMilliseconds: SECOND, waitMilliseconds: SECOND };
    expect(await queue.receive({ ...ask, signal: AbortSignal.abort() })).toEqual([]);
    expect(await queue.receive(ask)).toHaveLength(1);
  });
});

describe('an old receipt handle', () => {
  it('deletes nothing once the message was received again', async () => {
    const queue = await open('q', { VisibilityTimeout: '30' });
    await send(queue, 'm');
    const [first] = await receive(queue);
    clock.advance(30 * SECOND);
    const [second] = await receive(queue);
    const remove = (message: Message | undefined) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle: message?.ReceiptHandle }));
    await remove(first);
    clock.advance(30 * SECOND);
    expect(await receive(queue)).toHaveLength(1);
    await remove(second);
    clock.advance(30 * SECOND);
    expect(await receive(queue)).toHaveLength(1);
  });

  it('still deletes while the message is visible again but was not received since', async () => {
    const queue = await open('q', { VisibilityTimeout: '30' });
    await send(queue, 'm');
    const [message] = await receive(queue);
    clock.advance(31 * SECOND);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle: message?.ReceiptHandle }));
    expect(await receive(queue)).toEqual([]);
  });

  it('of a message that is gone deletes nothing, without an error', async () => {
    const queue = await open('q');
    await send(queue, 'm');
    const [message] = await receive(queue);
    const remove = () => sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle: message?.ReceiptHandle }));
    await remove();
    await expect(remove()).resolves.toBeDefined();
  });

  it('of another queue is refused, even in batches', async () => {
    const queue = await open('q');
    const other = await open('other');
    await send(queue, 'm');
    const [message] = await receive(queue);
    const handle = { QueueUrl: other, ReceiptHandle: message?.ReceiptHandle };
    const refused = { name: 'ReceiptHandleIsInvalid' };
    await expect(sqs.send(new DeleteMessageCommand(handle))).rejects.toMatchObject(refused);
    await expect(sqs.send(new ChangeMessageVisibilityCommand({ ...handle, VisibilityTimeout: 0 }))).rejects.toMatchObject(refused);
    const batch = new DeleteMessageBatchCommand({ QueueUrl: other, Entries: [{ Id: '1', ReceiptHandle: message?.ReceiptHandle }] });
    expect((await sqs.send(batch)).Failed).toEqual([expect.objectContaining({ Id: '1', Code: 'ReceiptHandleIsInvalid' })]);
  });

  it('that is not a handle is refused', async () => {
    const queue = await open('q');
    await expect(sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle: 'x' }))).rejects.toMatchObject({
      name: 'ReceiptHandleIsInvalid',
    });
  });
});

describe('a move task', () => {
  const poison = async (bodies: readonly string[]) => {
    const dead = await open('dead');
    const source = await open('source', {
      VisibilityTimeout: '0',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 1 }),
    });
    for (const body of bodies) await send(source, body);
    await receive(source);
    await receive(source);
    return { dead, source };
  };

  it('sends dead letters back where they came from, as new messages', async () => {
    const { dead, source } = await poison(['one', 'two']);
    const before = (await receive(dead)).map(({ MessageId }) => MessageId);
    expect(before).toHaveLength(2);
    clock.advance(31 * SECOND);
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn('dead') }));
    const after = await receive(source);
    expect(after.map(({ Body }) => Body).sort()).toEqual(['one', 'two']);
    expect(after.map(({ MessageId }) => MessageId)).not.toContain(before[0]);
    expect(after[0]?.Attributes?.ApproximateReceiveCount).toBe('1');
    const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn('dead') }));
    expect(Results).toEqual([expect.objectContaining({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 2 })]);
  });

  it('moves messages at its rate and can be canceled', async () => {
    await poison(['one', 'two', 'three']);
    const { TaskHandle } = await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn('dead'), MaxNumberOfMessagesPerSecond: 1 }));
    clock.advance(1 * SECOND);
    expect(await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }))).toMatchObject({ ApproximateNumberOfMessagesMoved: 2 });
    clock.advance(5 * SECOND);
    expect(await receive(`${aws.endpoint}/000000000000/dead`)).toHaveLength(1);
  });

  it.each([0, -1, 501])('moves 1 to 500 messages a second, not %d', async (MaxNumberOfMessagesPerSecond) => {
    await poison(['one']);
    const start = sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn('dead'), MaxNumberOfMessagesPerSecond }));
    await expect(start).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn('dead'), MaxNumberOfMessagesPerSecond: 500 }));
  });

  it('needs a source that is a dead-letter queue', async () => {
    await open('plain');
    await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn('plain') }))).rejects.toThrow(/Dead Letter Queue/);
    await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn('nobody') }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('what is not implemented', () => {
  it('is refused with a message that names it: FIFO queues, the query protocol', async () => {
    await expect(sqs.send(new CreateQueueCommand({ QueueName: 'q', Attributes: { FifoQueue: 'true' } }))).rejects.toThrow(
      /standard queues only/,
    );
    const answer = await fetch(aws.endpoint, {
      method: 'POST',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/sqs/aws4_request' },
      body: new URLSearchParams({ Action: 'ListQueues' }),
    });
    expect(await answer.text()).toContain('JSON protocol');
  });

  it('does not include paged lists, which work', async () => {
    for (const name of ['a', 'b', 'c']) await open(name);
    const first = await sqs.send(new ListQueuesCommand({ MaxResults: 2 }));
    expect(first.QueueUrls).toHaveLength(2);
    const second = await sqs.send(new ListQueuesCommand({ MaxResults: 2, NextToken: first.NextToken }));
    expect(second.QueueUrls).toEqual([`${aws.endpoint}/000000000000/c`]);
    expect(second.NextToken).toBeUndefined();
  });
});

describe('the metric ApproximateAgeOfOldestMessage', () => {
  const shown = async (name: string) => {
    const { queues } = (await (await fetch(`${aws.endpoint}/_ota/queues`)).json()) as { queues: { name: string }[] };
    return queues.find((queue) => queue.name === name);
  };
  const age = async (name: string) => ((await shown(name)) as { approximateAgeOfOldestMessage?: number }).approximateAgeOfOldestMessage;

  it('is 0 for an empty queue, and the age of the oldest message that is not deleted', async () => {
    const queue = await open('q');
    expect(await shown('q')).toEqual({ name: 'q', arn: arn('q'), visible: 0, inFlight: 0, delayed: 0, approximateAgeOfOldestMessage: 0 });
    await send(queue, 'first');
    clock.advance(90 * SECOND);
    await send(queue, 'second', 900);
    clock.advance(10 * SECOND);
    const [first] = await receive(queue);
    expect(await shown('q')).toMatchObject({ visible: 0, inFlight: 1, delayed: 1, approximateAgeOfOldestMessage: 100 });
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle: first?.ReceiptHandle }));
    expect(await age('q')).toBe(10);
  });

  it('leaves out a message from its third receive on', async () => {
    const queue = await open('q', { VisibilityTimeout: '0' });
    await send(queue, 'poison');
    clock.advance(60 * SECOND);
    await send(queue, 'good', 900);
    await receive(queue);
    await receive(queue);
    expect(await age('q')).toBe(60);
    await receive(queue);
    expect(await age('q')).toBe(0);
    clock.advance(5 * SECOND);
    expect(await age('q')).toBe(5);
  });

  it('counts from the move in a dead-letter queue', async () => {
    await open('dead');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 1 });
    const queue = await open('q', { VisibilityTimeout: '0', RedrivePolicy });
    await send(queue, 'poison');
    clock.advance(3600 * SECOND);
    await receive(queue);
    await receive(queue);
    expect([await age('q'), await age('dead')]).toEqual([0, 0]);
    clock.advance(7 * SECOND);
    expect(await age('dead')).toBe(7);
  });
});
