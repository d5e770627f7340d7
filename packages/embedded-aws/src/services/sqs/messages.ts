import { AwsError } from '../aws-error.ts';
import type { JsonOperation } from '../aws-json.ts';
import type { JsonInput } from '../member-types.ts';
import type { ServiceRequest } from '../service.ts';
import type { QueueDirectory, QueueEntry } from './directory.ts';
import { between } from './input.ts';
import { checkMessageAttributes, hasOnlyXmlCharacters } from './message-attributes.ts';
import { type Message, type MessageAttributes, md5OfAttributes, md5OfBody, messageBytes } from './queue.ts';

const MAXIMUM_BATCH_BYTES = 1_048_576;

/** The operations on messages. */
export function createMessageOperations(directory: QueueDirectory, accountId: string): Record<string, JsonOperation> {
  return {
    SendMessage: (input, request) => send(directory.byUrl(input), input, request),
    SendMessageBatch(input, request) {
      const entry = directory.byUrl(input);
      const entries = batchEntries(input);
      const bytes = entries.reduce((sum, one) => sum + messageBytes(String(one['MessageBody'] ?? ''), attributesOf(one)), 0);
      if (bytes > MAXIMUM_BATCH_BYTES) {
        throw new AwsError(
          'BatchRequestTooLong',
          `Batch requests cannot be longer than ${MAXIMUM_BATCH_BYTES} bytes. You have sent ${bytes} bytes.`,
        );
      }
      return eachEntry(entries, (one) => send(entry, one, request));
    },
    async ReceiveMessage(input, request) {
      const entry = directory.byUrl(input);
      const maximum = between(input, 'MaxNumberOfMessages', 1, 10) ?? 1;
      const wait = between(input, 'WaitTimeSeconds', 0, 20) ?? Number(entry.attributes['ReceiveMessageWaitTimeSeconds']);
      const visibility = between(input, 'VisibilityTimeout', 0, 43_200) ?? Number(entry.attributes['VisibilityTimeout']);
      const messages = await entry.queue.receive({
        maximum,
        waitMilliseconds: wait * 1000,
        visibilityMilliseconds: visibility * 1000,
        signal: request.signal,
      });
      return messages.length === 0 ? {} : { Messages: messages.map((message) => received(message, input, accountId)) };
    },
    DeleteMessage: (input) => remove(directory.byUrl(input), input),
    DeleteMessageBatch(input) {
      const entry = directory.byUrl(input);
      return eachEntry(batchEntries(input), (one) => remove(entry, one));
    },
    ChangeMessageVisibility: (input) => changeVisibility(directory.byUrl(input), input),
    ChangeMessageVisibilityBatch(input) {
      const entry = directory.byUrl(input);
      return eachEntry(batchEntries(input), (one) => changeVisibility(entry, one));
    },
  };
}

function send(entry: QueueEntry, input: JsonInput, { headers }: Pick<ServiceRequest, 'headers'>): Record<string, unknown> {
  const body = input['MessageBody'];
  if (typeof body !== 'string' || body === '')
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (!hasOnlyXmlCharacters(body))
    throw new AwsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
    );
  const attributes = attributesOf(input);
  checkMessageAttributes(attributes);
  const maximum = Number(entry.attributes['MaximumMessageSize']);
  if (messageBytes(body, attributes) > maximum) {
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${maximum} bytes.`,
    );
  }
  const delay = between(input, 'DelaySeconds', 0, 900) ?? Number(entry.attributes['DelaySeconds']);
  const system = input['MessageSystemAttributes'] as MessageAttributes | undefined;
  // The system attribute overrides the HTTP header (X-Ray Developer Guide, "Amazon SQS and AWS X-Ray").
  const traceHeader = system?.['AWSTraceHeader']?.StringValue ?? headers['x-amzn-trace-id'];
  const { id } = entry.queue.send({ body, attributes, traceHeader, delayMilliseconds: delay * 1000 });
  return { MessageId: id, MD5OfMessageBody: md5OfBody(body), MD5OfMessageAttributes: md5OfAttributes(attributes) };
}

function attributesOf(input: JsonInput): MessageAttributes {
  return (input['MessageAttributes'] as MessageAttributes | undefined) ?? {};
}

function received(message: Message, input: JsonInput, accountId: string): Record<string, unknown> {
  const system: Record<string, string | undefined> = {
    SenderId: accountId,
    SentTimestamp: String(message.sent),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceived),
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSource,
  };
  const wanted = [...names(input, 'AttributeNames'), ...names(input, 'MessageSystemAttributeNames')];
  const shown = Object.entries(system).filter(([name, value]) => value !== undefined && (wanted.includes('All') || wanted.includes(name)));
  const patterns = names(input, 'MessageAttributeNames');
  const matches = (name: string) =>
    patterns.some((pattern) => pattern === 'All' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2))));
  const attributes = Object.fromEntries(Object.entries(message.attributes).filter(([name]) => matches(name)));
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5OfBody(message.body),
    ...(shown.length > 0 ? { Attributes: Object.fromEntries(shown) } : {}),
    ...(Object.keys(attributes).length > 0 ? { MessageAttributes: attributes, MD5OfMessageAttributes: md5OfAttributes(attributes) } : {}),
  };
}

function names(input: JsonInput, key: string): string[] {
  return (input[key] as string[] | undefined) ?? [];
}

function remove(entry: QueueEntry, input: JsonInput): void {
  if (entry.queue.delete(String(input['ReceiptHandle'] ?? '')) === 'invalid') throw invalidHandle(input);
}

function changeVisibility(entry: QueueEntry, input: JsonInput): void {
  const seconds = between(input, 'VisibilityTimeout', 0, 43_200);
  if (seconds === undefined) throw new AwsError('MissingParameter', 'The request must contain the parameter VisibilityTimeout.');
  const outcome = entry.queue.changeVisibility(String(input['ReceiptHandle'] ?? ''), seconds * 1000);
  if (outcome === 'invalid') throw invalidHandle(input);
  if (outcome === 'notInFlight') throw new AwsError('MessageNotInflight', 'The specified message is not in flight.');
  if (outcome === 'gone') {
    throw new AwsError(
      'InvalidParameterValue',
      `Value ${String(input['ReceiptHandle'])} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    );
  }
}

function invalidHandle(input: JsonInput): AwsError {
  return new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${String(input['ReceiptHandle'])}" is not a valid receipt handle.`,
  );
}

function batchEntries(input: JsonInput): JsonInput[] {
  const entries = (input['Entries'] as JsonInput[] | undefined) ?? [];
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > 10) {
    throw new AwsError('TooManyEntriesInBatchRequest', `Maximum number of entries per request are 10. You have sent ${entries.length}.`);
  }
  const ids = entries.map((entry) => String(entry['Id'] ?? ''));
  if (ids.some((id) => !/^[\w-]{1,80}$/.test(id))) {
    throw new AwsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    );
  }
  if (new Set(ids).size !== ids.length)
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  return entries;
}

function eachEntry(entries: readonly JsonInput[], work: (entry: JsonInput) => unknown): Record<string, unknown> {
  const Successful: unknown[] = [];
  const Failed: unknown[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry['Id'], ...(work(entry) as Record<string, unknown> | undefined) });
    } catch (problem) {
      if (!(problem instanceof AwsError)) throw problem;
      Failed.push({ Id: entry['Id'], SenderFault: true, Code: problem.exception, Message: problem.message });
    }
  }
  return { Successful, Failed };
}
