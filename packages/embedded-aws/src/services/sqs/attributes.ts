import { AwsError } from '../aws-error.ts';

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  VisibilityTimeout: [0, 43_200],
  MaximumMessageSize: [1024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  DelaySeconds: [0, 900],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

const CHECKS: Readonly<Record<string, (value: string) => boolean>> = {
  Policy: isEmptyOrObject,
  RedriveAllowPolicy: isEmptyOrObject,
  SqsManagedSseEnabled: (value) => value === 'true' || value === 'false',
  KmsMasterKeyId: () => true,
  // readRedrivePolicy checks it with errors of its own.
  RedrivePolicy: () => true,
};

// Attributes that can be read but not set. Those of FIFO queues are in the model and are never returned here.
const READ_ONLY = [
  'All',
  'QueueArn',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
];
const READABLE = new Set([...Object.keys(RANGES), ...Object.keys(CHECKS), ...READ_ONLY]);

/** The attributes of a queue that is created without any. */
export const DEFAULT_ATTRIBUTES: Readonly<Record<string, string>> = {
  VisibilityTimeout: '30',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  DelaySeconds: '0',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
};

export type RedrivePolicy = { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };

/** Throws SQS's error unless the attributes may be set. */
export function checkAttributes(attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    const range = Object.hasOwn(RANGES, name) ? RANGES[name] : undefined;
    if (range !== undefined) {
      if (/^\d+$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1]) continue;
      throw new AwsError(
        'InvalidAttributeValue',
        `Invalid value for the parameter ${name}. Reason: Must be between ${range[0]} and ${range[1]}.`,
      );
    }
    if (name === 'FifoQueue' || name === 'ContentBasedDeduplication') {
      throw new AwsError('UnsupportedOperation', 'The embedded AWS has standard queues only.');
    }
    const isValid = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
    if (isValid === undefined) throw unknownAttribute(name);
    if (!isValid(value)) throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
  }
}

/** Throws SQS's InvalidAttributeName unless GetQueueAttributes knows each of these names. */
export function checkAttributeNames(names: readonly string[]): void {
  const unknown = names.find((name) => !READABLE.has(name));
  if (unknown !== undefined) throw unknownAttribute(unknown);
}

function unknownAttribute(name: string): AwsError {
  return new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
}

function isEmptyOrObject(text: string): boolean {
  return text === '' || readObject(text) !== undefined;
}

/** Reads a RedrivePolicy; `undefined` if the text is empty. Throws SQS's error if it is malformed. */
export function readRedrivePolicy(text: string | undefined): RedrivePolicy | undefined {
  if (text === undefined || text === '') return undefined;
  const policy = parseObject(text, 'RedrivePolicy');
  const maxReceiveCount = Number(policy['maxReceiveCount']);
  const deadLetterTargetArn = policy['deadLetterTargetArn'];
  if (typeof deadLetterTargetArn !== 'string' || !Number.isInteger(maxReceiveCount) || maxReceiveCount < 1 || maxReceiveCount > 1000) {
    throw invalidPolicy('RedrivePolicy', text, 'deadLetterTargetArn and a maxReceiveCount between 1 and 1000 are mandatory.');
  }
  return { deadLetterTargetArn, maxReceiveCount };
}

/** Whether a dead-letter queue with this RedriveAllowPolicy accepts messages from the source. */
export function allowsSource(redriveAllowPolicy: string | undefined, sourceArn: string): boolean {
  if (redriveAllowPolicy === undefined || redriveAllowPolicy === '') return true;
  const policy = parseObject(redriveAllowPolicy, 'RedriveAllowPolicy');
  if (policy['redrivePermission'] === 'denyAll') return false;
  if (policy['redrivePermission'] !== 'byQueue') return true;
  return Array.isArray(policy['sourceQueueArns']) && policy['sourceQueueArns'].includes(sourceArn);
}

/** SQS's error for a redrive policy or redrive allow policy that cannot be used. */
export function invalidPolicy(name: string, value: string, reason: string): AwsError {
  return new AwsError('InvalidParameterValue', `Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);
}

function parseObject(text: string, name: string): Record<string, unknown> {
  const value = readObject(text);
  if (value === undefined) throw invalidPolicy(name, text, 'It is not a valid JSON object.');
  return value;
}

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
