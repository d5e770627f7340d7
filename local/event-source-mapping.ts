import { setTimeout as delay } from 'node:timers/promises';
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { readBatchResponse } from './batch-response.ts';
import type { Invocation } from './lambda-process.ts';

/** Pollers of a mapping that sets no MaximumConcurrency: the number of batches Lambda starts with. */
const DEFAULT_CONCURRENCY = 5;
const RECEIVE_MAXIMUM = 10;
const LARGEST_PAYLOAD_BYTES = 6 * 1024 * 1024;
const RETRY_MILLISECONDS = 250;

export type MappingOptions = {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly region: string;
  readonly batchSize: number;
  /** MaximumBatchingWindowInSeconds */
  readonly windowSeconds: number;
  readonly maximumConcurrency: number | undefined;
  readonly reportsBatchItemFailures: boolean;
  readonly invoke: (event: { readonly Records: readonly unknown[] }) => Promise<Invocation>;
  /** Told of failed batches and of a queue that cannot be read. */
  readonly onTrouble: (message: string) => void;
  /** Seconds of one long poll; `stop` waits for it to end. 20 unless given. */
  readonly longPollSeconds?: number;
};

export type Mapping = {
  /** Takes no further message, sees the batches in hand through, then is over. */
  stop(): Promise<void>;
};

/**
 * Feeds a queue to a function by Lambda's rules: batches, a window, so many at a time; a message is deleted when its
 * batch succeeded and it is not among the reported failures, and is otherwise left to its visibility timeout and the
 * queue's redrive policy.
 */
export function startMapping(options: MappingOptions): Mapping {
  const stopping = new AbortController();
  const pollers = Array.from({ length: options.maximumConcurrency ?? DEFAULT_CONCURRENCY }, () => poll(options, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(pollers);
    },
  };
}

async function poll(options: MappingOptions, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      const messages = await collect(options, stopping);
      if (messages.length > 0) await work(options, messages);
    } catch (error) {
      if (stopping.aborted) return;
      options.onTrouble(`reading ${options.queueUrl}: ${String(error)}`);
      // Ends early on stop, which is no failure.
      await delay(RETRY_MILLISECONDS, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}

/** The next batch: the first messages that come, and what else comes until it is full or its window is over. */
async function collect(options: MappingOptions, stopping: AbortSignal): Promise<Message[]> {
  const longest = options.longPollSeconds ?? 20;
  const messages = await receive(options, longest, options.batchSize);
  const windowEnd = performance.now() + options.windowSeconds * 1000;
  let full = messages.length === RECEIVE_MAXIMUM;
  while (
    messages.length > 0 &&
    messages.length < options.batchSize &&
    payloadBytes(messages) < LARGEST_PAYLOAD_BYTES &&
    !stopping.aborted
  ) {
    const remaining = Math.max(0, windowEnd - performance.now());
    if (remaining === 0 && !full) break;
    const more = await receive(options, Math.min(Math.ceil(remaining / 1000), longest), options.batchSize - messages.length);
    messages.push(...more);
    full = more.length === RECEIVE_MAXIMUM;
  }
  return messages;
}

async function receive(options: MappingOptions, waitSeconds: number, maximum: number): Promise<Message[]> {
  const { Messages } = await options.client.send(
    new ReceiveMessageCommand({
      QueueUrl: options.queueUrl,
      MaxNumberOfMessages: Math.min(RECEIVE_MAXIMUM, maximum),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages ?? [];
}

function payloadBytes(messages: readonly Message[]): number {
  return messages.reduce((sum, { Body }) => sum + Buffer.byteLength(Body ?? ''), 0);
}

async function work(options: MappingOptions, messages: readonly Message[]): Promise<void> {
  const ids = messages.map(({ MessageId }) => MessageId ?? '');
  const invocation = await options.invoke({ Records: messages.map((message) => record(message, options)) });
  if (!invocation.ok) {
    options.onTrouble(`a batch of ${messages.length} failed: ${invocation.errorType}: ${invocation.errorMessage}`);
    return;
  }
  const { failed, reason } = options.reportsBatchItemFailures ? readBatchResponse(invocation.payload, ids) : { failed: new Set<string>() };
  if (reason !== undefined) options.onTrouble(`a batch of ${messages.length} failed: ${reason}`);
  const done = messages.filter(({ MessageId }) => !failed.has(MessageId ?? ''));
  for (let from = 0; from < done.length; from += RECEIVE_MAXIMUM) await remove(options, done.slice(from, from + RECEIVE_MAXIMUM));
}

async function remove({ client, queueUrl, onTrouble }: MappingOptions, messages: readonly Message[]): Promise<void> {
  const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  for (const { Code } of Failed) onTrouble(`a message could not be deleted and comes again: ${Code}`);
}

/** A message as the function sees it. */
function record(message: Message, { queueArn, region }: MappingOptions): unknown {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, { StringValue, BinaryValue, DataType }]) => [
    name,
    {
      stringValue: StringValue,
      binaryValue: BinaryValue === undefined ? undefined : Buffer.from(BinaryValue).toString('base64'),
      stringListValues: [],
      binaryListValues: [],
      dataType: DataType,
    },
  ]);
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes),
    md5OfMessageAttributes: message.MD5OfMessageAttributes,
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}
