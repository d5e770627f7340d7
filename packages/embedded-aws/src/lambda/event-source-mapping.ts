import { setTimeout as delay } from 'node:timers/promises';
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { readBatchResponse } from './batch-response.ts';
import type { Invocation } from './lambda-process.ts';

/** The pollers of a mapping without MaximumConcurrency: the number of batches that Lambda starts with. */
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
  /** `traceHeaders` are those of the records, in their order. */
  readonly invoke: (event: { readonly Records: readonly unknown[] }, traceHeaders: readonly (string | undefined)[]) => Promise<Invocation>;
  /** Is called if a batch fails or the queue cannot be read. */
  readonly onTrouble: (message: string) => void;
  /** The seconds of one long poll, for whose end `stop` waits. Default: 20. */
  readonly longPollSeconds?: number;
};

export type Mapping = {
  /** Receives no further message, and resolves when the running batches have ended. */
  stop(): Promise<void>;
};

/** A received message, its record in the event, and the bytes of that record including a comma. */
type Taken = { readonly message: Message; readonly record: unknown; readonly bytes: number };

/**
 * The client of a mapping. SQS answers a long poll after 20 s. If it is silent for longer, such as in a fault, the call fails and
 * the mapping reads on. Otherwise it would read no queue any more.
 */
export function mappingClient(place: { readonly endpoint: string; readonly region: string }, silenceMilliseconds = 25_000): SQSClient {
  return new SQSClient({
    ...place,
    credentials: { accessKeyId: 'mapping', secretAccessKey: 'mapping' },
    requestHandler: { connectionTimeout: 5_000, socketTimeout: silenceMilliseconds },
  });
}

/**
 * Feeds a queue to a function by Lambda's rules: batches of at most 6 MB, a batching window, a maximum concurrency. A
 * message is deleted if its batch succeeds and it is not among the reported failures. Otherwise it stays in the queue, for
 * its visibility timeout and the queue's redrive policy.
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
      // The wait ends early when the mapping stops.
      await delay(RETRY_MILLISECONDS, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}

/** The first messages, and further ones until the batch is full or the window is over. The last ones may not fit into the event. */
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

/** The messages in batches of at most 6 MB. A message that does not fit begins the next batch. */
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
    const record = recordOf(message, options);
    return { message, record, bytes: Buffer.byteLength(JSON.stringify(record)) + 1 };
  });
}

function payloadBytes(taken: readonly Taken[]): number {
  return taken.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function work(options: MappingOptions, batch: readonly Taken[]): Promise<void> {
  const messages = batch.map(({ message }) => message);
  const ids = messages.map(({ MessageId }) => MessageId ?? '');
  const traceHeaders = messages.map(({ Attributes }) => Attributes?.AWSTraceHeader);
  const invocation = await options.invoke({ Records: batch.map((one) => one.record) }, traceHeaders);
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
  for (const { Code } of Failed) onTrouble(`a message could not be deleted and will be received again: ${Code}`);
}

/** A message as it stands in the event of the function. */
function recordOf(message: Message, { queueArn, region }: MappingOptions): unknown {
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
