import { partitionOf } from '../../partition.ts';
import { AwsError } from '../aws-error.ts';
import { createJsonService } from '../aws-json.ts';
import type { Clock, Service } from '../service.ts';
import { allowsSource, checkAttributeNames, checkAttributes, DEFAULT_ATTRIBUTES, invalidPolicy, readRedrivePolicy } from './attributes.ts';
import type { QueueDirectory, QueueEntry } from './directory.ts';
import { SQS_MEMBERS } from './members.ts';
import { createMessageOperations } from './messages.ts';
import { createMoveOperations } from './moves.ts';
import { createQueue, type MessageAttributes, messageBytes } from './queue.ts';

/** What other services may do in SQS without a request. */
export type QueueDelivery = {
  /** Sends a message to the queue of this ARN. */
  deliver(queueArn: string, body: string, attributes?: MessageAttributes): 'sent' | 'noSuchQueue' | 'tooLarge';
};

export type LongPolls = {
  /** Ends every long poll without a message and lets no new one begin. Consumers then stop at once and lose no message. */
  endLongPolls(): void;
};

/** What the endpoint shows of SQS at `/_ota/queues`. */
export type QueueList = { queues(): readonly QueueEntry[] };

const QUERY_CODES: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
};

/**
 * SQS in memory: standard queues, the JSON protocol. It is not taken from a package because of long polls: a caller that
 * hangs up must not take a message with it.
 */
export function createSqs(options: {
  readonly clock: Clock;
  readonly accountId: string;
  readonly region: string;
}): Service & QueueDelivery & LongPolls & QueueList {
  const { clock } = options;
  const queues = new Map<string, QueueEntry>();
  const byArn = (arn: string) => [...queues.values()].find((entry) => entry.arn === arn);
  const seconds = () => Math.floor(clock.now() / 1000);

  function checkRedrive(sourceArn: string, attributes: Readonly<Record<string, string>>): void {
    const text = attributes['RedrivePolicy'];
    const policy = readRedrivePolicy(text);
    if (policy === undefined || text === undefined) return;
    const target = byArn(policy.deadLetterTargetArn);
    if (target === undefined) throw invalidPolicy('RedrivePolicy', text, 'Dead letter target does not exist.');
    if (!allowsSource(target.attributes['RedriveAllowPolicy'], sourceArn)) {
      throw invalidPolicy('RedrivePolicy', text, "Dead letter target's redrive allow policy does not allow this queue.");
    }
  }

  function open(name: string, attributes: Record<string, string>, tags: Record<string, string>): QueueEntry {
    const arn = `arn:${partitionOf(options.region).name}:sqs:${options.region}:${options.accountId}:${name}`;
    checkRedrive(arn, attributes);
    const queue = createQueue(clock, {
      retentionMilliseconds: () => Number(entry.attributes['MessageRetentionPeriod']) * 1000,
      redrive() {
        const policy = readRedrivePolicy(entry.attributes['RedrivePolicy']);
        const target = policy === undefined ? undefined : byArn(policy.deadLetterTargetArn);
        if (policy === undefined || target === undefined) return undefined;
        return {
          maxReceiveCount: policy.maxReceiveCount,
          deadLetter: ({ id, body, attributes: kept, traceHeader, sent }) =>
            target.queue.send({ id, body, attributes: kept, traceHeader, sent, delayMilliseconds: 0, deadLetterSource: arn }),
        };
      },
    });
    const entry: QueueEntry = {
      name,
      arn,
      created: seconds(),
      modified: seconds(),
      attributes: { ...DEFAULT_ATTRIBUTES, ...attributes },
      tags,
      queue,
    };
    queues.set(name, entry);
    return entry;
  }

  const directory: QueueDirectory = {
    byArn,
    all: () => [...queues.values()],
    byUrl(input) {
      const url = input['QueueUrl'];
      if (typeof url !== 'string') throw new AwsError('MissingParameter', 'The request must contain the parameter QueueUrl.');
      const entry = queues.get(url.split('/').at(-1) ?? '');
      if (entry === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
      return entry;
    },
  };

  const strings = (value: unknown): Record<string, string> => ({ ...(value as Record<string, string> | undefined) });

  const service = createJsonService(
    {
      name: 'sqs',
      version: '1.0',
      target: 'AmazonSQS',
      errorType: (exception) => `com.amazonaws.sqs#${exception}`,
      errorHeaders: (exception) => ({ 'x-amzn-query-error': `${QUERY_CODES[exception] ?? exception};Sender` }),
      members: SQS_MEMBERS,
    },
    {
      CreateQueue(input, request) {
        const name = String(input['QueueName'] ?? '');
        if (name.endsWith('.fifo')) {
          throw new AwsError('UnsupportedOperation', 'The embedded AWS has standard queues only, no FIFO queues.');
        }
        if (!/^[\w-]{1,80}$/.test(name)) {
          throw new AwsError(
            'InvalidParameterValue',
            'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
          );
        }
        const attributes = strings(input['Attributes']);
        checkAttributes(attributes);
        const existing = queues.get(name);
        const differs = existing !== undefined && Object.entries(attributes).some(([key, value]) => existing.attributes[key] !== value);
        if (differs)
          throw new AwsError('QueueNameExists', 'A queue already exists with the same name and a different value for an attribute.');
        if (existing === undefined) open(name, attributes, strings(input['tags'] ?? input['Tags']));
        return { QueueUrl: urlOf(request.endpoint, name) };
      },
      GetQueueUrl(input, request) {
        const { name } = directory.byUrl({ QueueUrl: String(input['QueueName'] ?? '') });
        return { QueueUrl: urlOf(request.endpoint, name) };
      },
      DeleteQueue(input) {
        queues.delete(directory.byUrl(input).name);
      },
      ListQueues(input, request) {
        const prefix = String(input['QueueNamePrefix'] ?? '');
        const names = [...queues.keys()].filter((name) => name.startsWith(prefix)).sort();
        const from = input['NextToken'] === undefined ? 0 : names.findIndex((name) => name > String(input['NextToken']));
        const page = from < 0 ? [] : names.slice(from, from + Number(input['MaxResults'] ?? 1000));
        const last = page.at(-1);
        const more = last !== undefined && last !== names.at(-1);
        return { QueueUrls: page.map((name) => urlOf(request.endpoint, name)), ...(more ? { NextToken: last } : {}) };
      },
      GetQueueAttributes(input) {
        const entry = directory.byUrl(input);
        const names = (input['AttributeNames'] as string[] | undefined) ?? [];
        checkAttributeNames(names);
        const { visible, inFlight, delayed } = entry.queue.counts();
        const all: Record<string, string> = {
          ...entry.attributes,
          QueueArn: entry.arn,
          ApproximateNumberOfMessages: String(visible),
          ApproximateNumberOfMessagesNotVisible: String(inFlight),
          ApproximateNumberOfMessagesDelayed: String(delayed),
          CreatedTimestamp: String(entry.created),
          LastModifiedTimestamp: String(entry.modified),
        };
        if (names.includes('All')) return { Attributes: all };
        return { Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))) };
      },
      SetQueueAttributes(input) {
        const entry = directory.byUrl(input);
        const attributes = strings(input['Attributes']);
        checkAttributes(attributes);
        checkRedrive(entry.arn, attributes);
        entry.attributes = Object.fromEntries(Object.entries({ ...entry.attributes, ...attributes }).filter(([, value]) => value !== ''));
        entry.modified = seconds();
      },
      PurgeQueue: (input) => directory.byUrl(input).queue.purge(),
      TagQueue(input) {
        const entry = directory.byUrl(input);
        entry.tags = { ...entry.tags, ...strings(input['Tags']) };
      },
      UntagQueue(input) {
        const entry = directory.byUrl(input);
        for (const key of (input['TagKeys'] as string[] | undefined) ?? []) delete entry.tags[key];
      },
      ListQueueTags: (input) => ({ Tags: directory.byUrl(input).tags }),
      ListDeadLetterSourceQueues(input, request) {
        const { arn } = directory.byUrl(input);
        const sources = [...queues.values()].filter(
          (entry) => readRedrivePolicy(entry.attributes['RedrivePolicy'])?.deadLetterTargetArn === arn,
        );
        return { queueUrls: sources.map(({ name }) => urlOf(request.endpoint, name)) };
      },
      AddPermission: () => undefined,
      RemovePermission: () => undefined,
      ...createMessageOperations(directory, options.accountId),
      ...createMoveOperations(directory, clock),
    },
  );

  function urlOf(endpoint: string, name: string): string {
    return `${endpoint}/${options.accountId}/${name}`;
  }

  return {
    ...service,
    queues: directory.all,
    endLongPolls() {
      for (const { queue } of queues.values()) queue.endLongPolls();
    },
    deliver(queueArn, body, attributes = {}) {
      const entry = byArn(queueArn);
      if (entry === undefined) return 'noSuchQueue';
      if (messageBytes(body, attributes) > Number(entry.attributes['MaximumMessageSize'])) return 'tooLarge';
      entry.queue.send({ body, attributes, delayMilliseconds: Number(entry.attributes['DelaySeconds']) * 1000 });
      return 'sent';
    },
  };
}
