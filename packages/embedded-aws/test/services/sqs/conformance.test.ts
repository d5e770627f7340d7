import { randomUUID } from 'node:crypto';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../../support/endpoints.ts';
import { eventually } from '../../support/eventually.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws({}, 'named');
});
afterAll(() => aws.stop());

const run = randomUUID().slice(0, 8);

async function open(attributes: Record<string, string> = {}, name = `${run}-${randomUUID()}`): Promise<string> {
  const { QueueUrl } = await aws.sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  if (QueueUrl === undefined) throw new Error('no queue');
  return QueueUrl;
}

const attribute = async (
  QueueUrl: string,
  name: 'QueueArn' | 'ApproximateNumberOfMessages' | 'ApproximateNumberOfMessagesNotVisible' | 'VisibilityTimeout',
) => (await aws.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }))).Attributes?.[name];

const send = (QueueUrl: string, MessageBody: string) => aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

async function receive(QueueUrl: string, input: Partial<ConstructorParameters<typeof ReceiveMessageCommand>[0]> = {}): Promise<Message[]> {
  const { Messages } = await aws.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
      ...input,
    }),
  );
  return Messages ?? [];
}

describe('a message', () => {
  it('is received with body, digests, attributes and system attributes', async () => {
    const QueueUrl = await open();
    const sent = await aws.sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: 'Grüße\t\n',
        MessageAttributes: {
          code: { DataType: 'String', StringValue: 'X' },
          count: { DataType: 'Number', StringValue: '5' },
          raw: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
        },
      }),
    );
    const [message] = await receive(QueueUrl);
    // The SDK has already checked MD5OfBody. Both sides compute the digest of the attributes from the same bytes.
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'Grüße\t\n',
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      MessageAttributes: {
        code: { DataType: 'String', StringValue: 'X' },
        count: { DataType: 'Number', StringValue: '5' },
        raw: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
      },
      Attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      },
    });
  });

  it('is received with the requested attributes only', async () => {
    const QueueUrl = await open({ VisibilityTimeout: '0' });
    const MessageAttributes = { 'a.x': { DataType: 'String', StringValue: '1' }, b: { DataType: 'String', StringValue: '2' } };
    await aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm', MessageAttributes }));
    const [none] = await receive(QueueUrl, { MessageSystemAttributeNames: [], MessageAttributeNames: [] });
    expect(none?.Attributes).toBeUndefined();
    expect(none?.MessageAttributes).toBeUndefined();
    const [some] = await receive(QueueUrl, { MessageSystemAttributeNames: ['SentTimestamp'], MessageAttributeNames: ['a.*'] });
    expect(Object.keys(some?.Attributes ?? {})).toEqual(['SentTimestamp']);
    expect(Object.keys(some?.MessageAttributes ?? {})).toEqual(['a.x']);
  });

  it('is hidden while in flight, counted as such, and gone when deleted', async () => {
    const QueueUrl = await open();
    await send(QueueUrl, 'm');
    expect(await attribute(QueueUrl, 'ApproximateNumberOfMessages')).toBe('1');
    const [message] = await receive(QueueUrl);
    expect(await receive(QueueUrl)).toEqual([]);
    expect(await attribute(QueueUrl, 'ApproximateNumberOfMessagesNotVisible')).toBe('1');
    await aws.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
    expect(await attribute(QueueUrl, 'ApproximateNumberOfMessagesNotVisible')).toBe('0');
  });

  it('can be received again at once, with a new count and handle, if its visibility timeout is set to 0', async () => {
    const QueueUrl = await open();
    await send(QueueUrl, 'm');
    const [first] = await receive(QueueUrl);
    await aws.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 }));
    const [second] = await receive(QueueUrl);
    expect(second?.MessageId).toBe(first?.MessageId);
    expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
  });

  it('can be as large as its queue allows, including attributes, and not a byte larger', async () => {
    const small = await open({ MaximumMessageSize: '262144' });
    await expect(send(small, 'x'.repeat(262_144))).resolves.toBeDefined();
    await expect(send(small, 'x'.repeat(262_145))).rejects.toThrow(/shorter than 262144 bytes/);
    const MessageAttributes = { n: { DataType: 'String', StringValue: 'v' } };
    await expect(
      aws.sqs.send(new SendMessageCommand({ QueueUrl: small, MessageBody: 'x'.repeat(262_144), MessageAttributes })),
    ).rejects.toThrow(/262144/);
    const large = await open({ MaximumMessageSize: '1048576' });
    await expect(send(large, 'x'.repeat(1_048_576))).resolves.toBeDefined();
    await expect(send(large, 'x'.repeat(1_048_577))).rejects.toThrow(/1048576/);
  });

  it('with characters that XML does not allow is refused', async () => {
    await expect(send(await open(), 'a\u0000b')).rejects.toMatchObject({ name: 'InvalidMessageContents' });
  });
});

describe('a redrive policy', () => {
  it('moves a message that was received too often to the dead-letter queue, with its id and its source', async () => {
    const dead = await open();
    const deadLetterTargetArn = await attribute(dead, 'QueueArn');
    const source = await open({ VisibilityTimeout: '0', RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 }) });
    const { MessageId } = await send(source, 'poison');
    expect(await receive(source)).toHaveLength(1);
    expect(await receive(source)).toHaveLength(1);
    expect(await receive(source)).toHaveLength(0);
    const [message] = await receive(dead, { WaitTimeSeconds: 2 });
    expect(message).toMatchObject({
      MessageId,
      Body: 'poison',
      Attributes: { DeadLetterQueueSourceArn: await attribute(source, 'QueueArn') },
    });
    const { queueUrls } = await aws.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }));
    expect(queueUrls).toEqual([source]);
  });

  it('must name a queue that exists and allows it', async () => {
    const missing = JSON.stringify({ deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:nobody', maxReceiveCount: 1 });
    await expect(open({ RedrivePolicy: missing })).rejects.toThrow(/RedrivePolicy/);
    const closed = await open({ RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
    const refused = JSON.stringify({ deadLetterTargetArn: await attribute(closed, 'QueueArn'), maxReceiveCount: 1 });
    await expect(open({ RedrivePolicy: refused })).rejects.toThrow(/RedrivePolicy/);
  });
});

describe('a long poll', () => {
  it('returns a message as soon as it is sent', async () => {
    const QueueUrl = await open();
    const waiting = receive(QueueUrl, { WaitTimeSeconds: 20 });
    await send(QueueUrl, 'soon');
    expect(await waiting).toEqual([expect.objectContaining({ Body: 'soon' })]);
  });

  it('by several callers gives each message to one of them', async () => {
    const QueueUrl = await open();
    const waiting = [
      receive(QueueUrl, { WaitTimeSeconds: 5, MaxNumberOfMessages: 1 }),
      receive(QueueUrl, { WaitTimeSeconds: 5, MaxNumberOfMessages: 1 }),
    ];
    await send(QueueUrl, 'one');
    await send(QueueUrl, 'two');
    const bodies = (await Promise.all(waiting)).flat().map(({ Body }) => Body);
    expect(bodies.sort()).toEqual(['one', 'two']);
  });

  it('ends without a message when its time is over', async () => {
    expect(await receive(await open(), { WaitTimeSeconds: 1 })).toEqual([]);
  });
});

describe('a batch', () => {
  it('sends and deletes up to ten, each judged on its own', async () => {
    const QueueUrl = await open({ MaximumMessageSize: '1024' });
    const sent = await aws.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'a', MessageBody: 'fits' },
          { Id: 'b', MessageBody: 'x'.repeat(1025) },
        ],
      }),
    );
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a']);
    expect(sent.Failed).toEqual([expect.objectContaining({ Id: 'b', SenderFault: true })]);
    const [message] = await receive(QueueUrl);
    const deleted = await aws.sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'x', ReceiptHandle: message?.ReceiptHandle },
          { Id: 'y', ReceiptHandle: 'nonsense' },
        ],
      }),
    );
    expect(deleted.Successful?.map(({ Id }) => Id)).toEqual(['x']);
    expect(deleted.Failed).toEqual([expect.objectContaining({ Id: 'y', Code: 'ReceiptHandleIsInvalid' })]);
  });

  it.each([
    ['nothing', [], 'EmptyBatchRequest'],
    ['eleven entries', Array.from({ length: 11 }, (_, index) => ({ Id: String(index), MessageBody: 'm' })), 'TooManyEntriesInBatchRequest'],
    [
      'the same id twice',
      [
        { Id: 'a', MessageBody: 'm' },
        { Id: 'a', MessageBody: 'm' },
      ],
      'BatchEntryIdsNotDistinct',
    ],
    [
      'more than 1 MiB',
      Array.from({ length: 5 }, (_, index) => ({ Id: String(index), MessageBody: 'x'.repeat(262_144) })),
      'BatchRequestTooLong',
    ],
  ])('of %s is refused', async (_what, Entries, name) => {
    await expect(aws.sqs.send(new SendMessageBatchCommand({ QueueUrl: await open(), Entries }))).rejects.toMatchObject({ name });
  });
});

describe('a queue', () => {
  it('is found by name and by prefix, and gone when deleted', async () => {
    const name = `${run}-found`;
    const QueueUrl = await open({}, name);
    expect((await aws.sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl).toBe(QueueUrl);
    expect((await aws.sqs.send(new ListQueuesCommand({ QueueNamePrefix: name }))).QueueUrls).toEqual([QueueUrl]);
    await aws.sqs.send(new DeleteQueueCommand({ QueueUrl }));
    await expect(aws.sqs.send(new GetQueueUrlCommand({ QueueName: name }))).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });

  it('can be created again only if nothing differs', async () => {
    const name = `${run}-again`;
    const QueueUrl = await open({ VisibilityTimeout: '5' }, name);
    expect(await open({ VisibilityTimeout: '5' }, name)).toBe(QueueUrl);
    await expect(open({ VisibilityTimeout: '6' }, name)).rejects.toMatchObject({ name: 'QueueNameExists' });
  });

  it('has attributes that can be set within their limits', async () => {
    const QueueUrl = await open();
    await aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '7' } }));
    expect(await attribute(QueueUrl, 'VisibilityTimeout')).toBe('7');
    const wrong = new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '43201' } });
    await expect(aws.sqs.send(wrong)).rejects.toMatchObject({ name: 'InvalidAttributeValue' });
  });

  it('has tags, and can be purged', async () => {
    const QueueUrl = await open();
    await aws.sqs.send(new TagQueueCommand({ QueueUrl, Tags: { stage: 'test' } }));
    expect((await aws.sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ stage: 'test' });
    await send(QueueUrl, 'm');
    await aws.sqs.send(new PurgeQueueCommand({ QueueUrl }));
    await eventually(() => attribute(QueueUrl, 'ApproximateNumberOfMessages')).toBe('0');
  });
});
