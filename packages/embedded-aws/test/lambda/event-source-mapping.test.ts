import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Mapping, type MappingOptions, mappingClient, startMapping } from '../../src/lambda/event-source-mapping.ts';
import type { Invocation } from '../../src/lambda/lambda-process.ts';
import { startTestAws, type TestAws } from '../support/endpoints.ts';
import { eventually } from '../support/eventually.ts';

type Event = {
  Records: {
    messageId: string;
    body: string;
    attributes: Record<string, string>;
    messageAttributes: unknown;
    eventSourceARN: string;
    eventSource: string;
  }[];
};

let aws: TestAws;
const mappings: Mapping[] = [];
const troubles: string[] = [];
beforeEach(async () => {
  aws = await startTestAws({}, 'named');
});
afterEach(async () => {
  aws.services.endLongPolls();
  await Promise.all(mappings.splice(0).map((mapping) => mapping.stop()));
  await aws.stop();
  troubles.length = 0;
});

async function open(attributes: Record<string, string> = {}): Promise<{ queueUrl: string; queueArn: string }> {
  const QueueName = randomUUID();
  const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName, Attributes: attributes }));
  const { Attributes = {} } = await aws.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  return { queueUrl: QueueUrl, queueArn: Attributes['QueueArn'] ?? '' };
}

function map(
  queue: { queueUrl: string; queueArn: string },
  handle: (event: Event) => Promise<Invocation> | Invocation,
  options: Partial<MappingOptions> = {},
): Mapping {
  const mapping = startMapping({
    ...queue,
    client: aws.sqs,
    region: 'us-east-1',
    batchSize: 10,
    windowSeconds: 0,
    maximumConcurrency: 1,
    reportsBatchItemFailures: true,
    // The long polls of another engine cannot be ended from here, so they are short.
    longPollSeconds: process.env['TEST_ENDPOINT_SQS'] === undefined ? 20 : 1,
    onTrouble: (message) => troubles.push(message),
    invoke: async (event) => handle(event as Event),
    ...options,
  });
  mappings.push(mapping);
  return mapping;
}

const answer = (payload: unknown): Invocation => ({ ok: true, payload });
const send = (queueUrl: string, ...bodies: string[]) =>
  aws.sqs.send(
    new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })) }),
  );
async function counts(queueUrl: string): Promise<{ visible: number; inFlight: number }> {
  const { Attributes } = await aws.sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }));
  return {
    visible: Number(Attributes?.['ApproximateNumberOfMessages']),
    inFlight: Number(Attributes?.['ApproximateNumberOfMessagesNotVisible']),
  };
}
async function receive(queueUrl: string): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: 5,
    MessageSystemAttributeNames: ['All'],
  });
  return (await aws.sqs.send(command)).Messages ?? [];
}
const empty = { visible: 0, inFlight: 0 };

describe('a record', () => {
  it('has the fields that Lambda gives it', async () => {
    const queue = await open();
    const seen: Event[] = [];
    const MessageAttributes = {
      code: { DataType: 'String', StringValue: 'X' },
      raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1]) },
    };
    const { MessageId } = await aws.sqs.send(new SendMessageCommand({ QueueUrl: queue.queueUrl, MessageBody: 'hello', MessageAttributes }));
    map(queue, (event) => {
      seen.push(event);
      return answer(null);
    });
    await eventually(() => seen).toHaveLength(1);
    expect(seen[0]?.Records).toEqual([
      {
        messageId: MessageId,
        receiptHandle: expect.any(String),
        body: 'hello',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.any(String),
          SenderId: expect.any(String),
          ApproximateFirstReceiveTimestamp: expect.any(String),
        },
        messageAttributes: {
          code: { stringValue: 'X', stringListValues: [], binaryListValues: [], dataType: 'String' },
          raw: { binaryValue: 'AQ==', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
        },
        md5OfMessageAttributes: expect.any(String),
        md5OfBody: '5d41402abc4b2a76b9719d911017c592',
        eventSource: 'aws:sqs',
        eventSourceARN: queue.queueArn,
        awsRegion: 'us-east-1',
      },
    ]);
  });
});

describe('a batch', () => {
  it('is deleted except for the reported failures, which stay in flight', async () => {
    const queue = await open();
    await send(queue.queueUrl, 'good', 'bad', 'fine');
    map(queue, ({ Records }) =>
      answer({ batchItemFailures: Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({ itemIdentifier: messageId })) }),
    );
    await eventually(() => counts(queue.queueUrl)).toEqual({ visible: 0, inFlight: 1 });
  });

  it.each<[string, Invocation]>([
    ['threw', { ok: false, errorType: 'Error', errorMessage: 'x', trace: '' }],
    ['reported an unknown message', answer({ batchItemFailures: [{ itemIdentifier: 'nobody' }] })],
  ])('is not deleted if the function %s', async (_what, invocation) => {
    const queue = await open();
    await send(queue.queueUrl, 'a', 'b');
    map(queue, () => invocation);
    await eventually(() => troubles.length).toBeGreaterThan(0);
    expect(await counts(queue.queueUrl)).toEqual({ visible: 0, inFlight: 2 });
  });

  it('without ReportBatchItemFailures is deleted whatever the function returns', async () => {
    const queue = await open();
    await send(queue.queueUrl, 'a', 'b');
    map(queue, ({ Records }) => answer({ batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })) }), {
      reportsBatchItemFailures: false,
    });
    await eventually(() => counts(queue.queueUrl)).toEqual(empty);
  });

  it('has at most BatchSize messages', async () => {
    const queue = await open();
    await send(queue.queueUrl, '1', '2', '3', '4', '5');
    const sizes: number[] = [];
    map(
      queue,
      ({ Records }) => {
        sizes.push(Records.length);
        return answer({});
      },
      { batchSize: 2 },
    );
    await eventually(() => sizes.reduce((sum, size) => sum + size, 0)).toBe(5);
    expect(Math.max(...sizes)).toBe(2);
    await eventually(() => counts(queue.queueUrl)).toEqual(empty);
  });

  it('of more than ten collects several receives within its window, and deletes all messages', async () => {
    const queue = await open();
    await send(queue.queueUrl, ...Array.from({ length: 10 }, String));
    await send(queue.queueUrl, ...Array.from({ length: 10 }, String));
    await send(queue.queueUrl, ...Array.from({ length: 5 }, String));
    const sizes: number[] = [];
    map(
      queue,
      ({ Records }) => {
        sizes.push(Records.length);
        return answer({});
      },
      { batchSize: 25, windowSeconds: 5 },
    );
    await eventually(() => sizes).toEqual([25]);
    await eventually(() => counts(queue.queueUrl)).toEqual(empty);
  });

  it('has at most 6 MB, and the message that does not fit is in the next one', async () => {
    const queue = await open();
    const megabyte = 1024 * 1024;
    for (let sent = 0; sent < 7; sent += 1) await send(queue.queueUrl, 'x'.repeat(megabyte));
    const events: Event[] = [];
    map(queue, (event) => {
      events.push(event);
      return answer({});
    });
    await eventually(() => events.flatMap(({ Records }) => Records)).toHaveLength(7);
    expect(events.map(({ Records }) => Records.length)).toEqual([5, 2]);
    expect(Math.max(...events.map((event) => Buffer.byteLength(JSON.stringify(event))))).toBeLessThanOrEqual(6 * megabyte);
    await eventually(() => counts(queue.queueUrl)).toEqual(empty);
  });

  it('runs beside others up to MaximumConcurrency', async () => {
    const queue = await open();
    await send(queue.queueUrl, '1', '2', '3', '4', '5', '6');
    let running = 0;
    let most = 0;
    const gates: (() => void)[] = [];
    map(
      queue,
      async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise<void>((go) => gates.push(go));
        running -= 1;
        return answer({});
      },
      { batchSize: 1, maximumConcurrency: 3 },
    );
    for (let round = 0; round < 2; round += 1) {
      await eventually(() => gates.length).toBe(3);
      for (const go of gates.splice(0)) go();
    }
    await eventually(() => counts(queue.queueUrl)).toEqual(empty);
    expect(most).toBe(3);
  });

  it('that keeps failing moves to the dead-letter queue by the redrive policy', async () => {
    const dead = await open();
    const queue = await open({
      VisibilityTimeout: '0',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: 3 }),
    });
    await send(queue.queueUrl, 'poison');
    const received: string[] = [];
    map(queue, ({ Records }) => {
      received.push(...Records.map(({ attributes }) => attributes['ApproximateReceiveCount'] ?? ''));
      return { ok: false, errorType: 'Error', errorMessage: 'no', trace: '' };
    });
    expect((await receive(dead.queueUrl)).map(({ Body }) => Body)).toEqual(['poison']);
    expect(received).toEqual(['1', '2', '3']);
  });
});

describe('a mapping', () => {
  it('goes on after the queue could not be read', async () => {
    const queue = await open();
    aws.services.faults.add({ service: 'sqs', operation: 'ReceiveMessage', kind: 'throttle', times: 4 });
    const bodies: string[] = [];
    map(queue, ({ Records }) => {
      bodies.push(...Records.map(({ body }) => body));
      return answer({});
    });
    await send(queue.queueUrl, 'after');
    await eventually(() => bodies).toEqual(['after']);
  });

  it('that stops finishes its batch, and does not receive any later message', async () => {
    const queue = await open();
    await send(queue.queueUrl, 'in hand');
    let go = () => {};
    let begun = false;
    const mapping = map(queue, async () => {
      begun = true;
      await new Promise<void>((open) => {
        go = open;
      });
      return answer({});
    });
    await eventually(() => begun).toBe(true);
    const stopped = mapping.stop();
    await send(queue.queueUrl, 'afterwards');
    go();
    await stopped;
    const left = await receive(queue.queueUrl);
    expect(left.map(({ Body, Attributes }) => [Body, Attributes?.ApproximateReceiveCount])).toEqual([['afterwards', '1']]);
  });

  it('stops at once if its long polls are ended, and loses no message', async () => {
    const mapping = map(await open(), () => answer({}), { maximumConcurrency: 4 });
    const from = performance.now();
    aws.services.endLongPolls();
    await mapping.stop();
    expect(performance.now() - from).toBeLessThan(5000);
  });
});

describe('a mapping whose queue stops in the middle of an answer', () => {
  it('reads on', async () => {
    // The fault is one of the embedded AWS, so this test always uses it.
    const own = await startTestAws();
    const { QueueUrl: queueUrl = '' } = await own.sqs.send(new CreateQueueCommand({ QueueName: randomUUID() }));
    own.services.faults.add({ service: 'sqs', operation: 'ReceiveMessage', kind: 'stalledBody', times: 3 });
    const bodies: string[] = [];
    const client = mappingClient({ endpoint: own.endpoint, region: 'us-east-1' }, 200);
    map(
      { queueUrl, queueArn: 'arn:aws:sqs:us-east-1:000000000000:q' },
      ({ Records }) => {
        bodies.push(...Records.map(({ body }) => body));
        return { ok: true, payload: { batchItemFailures: [] } };
      },
      { client, longPollSeconds: 0 },
    );
    // The SDK tries three times. Then the mapping reports the trouble.
    await eventually(() => troubles).toHaveLength(1);
    await own.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'after all' }));
    await eventually(() => bodies).toEqual(['after all']);
    await Promise.all(mappings.splice(0).map((mapping) => mapping.stop()));
    await own.stop();
  });
});
