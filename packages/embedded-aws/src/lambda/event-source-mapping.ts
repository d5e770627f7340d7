import { setTimeout as delay } from 'node:timers/promises';
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { readBatchResponse } from './batch-response.ts';
import type { Invocation } from './lambda-process.ts';

/** Pollers of a mapping that sets no MaximumConcurrency: the number of batches Lambda starts with. */
const DEFAULT_CONCURRENCY = 5;
const RECEIVE_MAXIMUM = 10;
const LARGEST_PAYLOAD_BYTES = 6 * 1024 * 1024;
const ENVELOPE_BYTES = Buffer.byteLength(JSON.stringify({ Records: [] }));
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

/** A message in hand: what the function is told of it, and the bytes this has in an event, a comma with it. */
type Taken = { readonly message: Message; readonly record: unknown; readonly bytes: number };

/**
 * Feeds a queue to a function by Lambda's rules: batches of 6 MB at most, a window, so many at a time; a message is
 * deleted when its batch succeeded and it is not among the reported failures, and is otherwise left to its visibility
 * timeout and the queue's redrive policy.
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
      for (const batch of events(await collect(options, stopping))) await work(options, batch);
    } catch (error) {
      if (stopping.aborted) return;
      options.onTrouble(`reading ${options.queueUrl}: ${String(error)}`);
      // Ends early on stop, which is no failure.
      await delay(RETRY_MILLISECONDS, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}

/** The first messages that come, and what else comes until there are enough or the window is over; the last may be too many for one event. */
async function collect(options: MappingOptions, stopping: AbortSignal): Promise<Taken[]> {
  const longest = options.longPollSeconds ?? 20;
  const taken = await receive(options, longest, options.batchSize);
  let bytes = payloadBytes(taken);
  const windowEnd = performance.now() + options.windowSeconds * 1000;
  let full = taken.length === RECEIVE_MAXIMUM;
  while (taken.length > 0 && taken.length < options.batchSize && bytes < LARGEST_PAYLOAD_BYTES && !stopping.aborted) {
    const remaining = Math.max(0, windowEnd - performance.now());
    if (remaining === 0 && !full) break;
    const more = await receive(options, Math.min(Math.ceil(remaining / 1000), longest), options.batchSize - taken.length);
    taken.push(...more);
    bytes += payloadBytes(more);
    full = more.length === RECEIVE_MAXIMUM;
  }
  return taken;
}

/** In events of 6 MB at most: the message that does not fit begins the next one. */
function events(taken: readonly Taken[]): Taken[][] {
  const batches: Taken[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const one of taken) {
    if (bytes + one.bytes > LARGEST_PAYLOAD_BYTES) {
      batches.push([]);
      bytes = ENVELOPE_BYTES;
    }
    batches.at(-1)?.push(one);
    bytes += one.bytes;
  }
  return batches;
}

async function receive(options: MappingOptions, waitSeconds: number, maximum: number): Promise<Taken[]> {
  const { Messages } = await options.client.send(
    new ReceiveMessageCommand({
      QueueUrl: options.queueUrl,
      MaxNumberOfMessages: Math.min(RECEIVE_MAXIMUM, maximum),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  return (Messages ?? []).map((message) => {
    const told = record(message, options);
    return { message, record: told, bytes: Buffer.byteLength(JSON.stringify(told)) + 1 };
  });
}

function payloadBytes(taken: readonly Taken[]): number {
  return taken.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function work(options: MappingOptions, batch: readonly Taken[]): Promise<void> {
  const messages = batch.map(({ message }) => message);
  const ids = messages.map(({ MessageId }) => MessageId ?? '');
  const invocation = await options.invoke({ Records: batch.map((one) => one.record) });
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
