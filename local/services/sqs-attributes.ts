import { AwsError } from './aws-json.ts';

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  VisibilityTimeout: [0, 43_200],
  MaximumMessageSize: [1024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  DelaySeconds: [0, 900],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

const FREE = new Set(['Policy', 'KmsMasterKeyId', 'SqsManagedSseEnabled', 'RedrivePolicy', 'RedriveAllowPolicy']);

/** What a queue has when nobody says otherwise. */
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
    const range = RANGES[name];
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
    if (!FREE.has(name)) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
}

/** Reads a RedrivePolicy; `undefined` when there is none. Throws SQS's error on a malformed one. */
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

/** Whether a dead-letter queue with this RedriveAllowPolicy takes messages of the source. */
export function allowsSource(redriveAllowPolicy: string | undefined, sourceArn: string): boolean {
  if (redriveAllowPolicy === undefined || redriveAllowPolicy === '') return true;
  const policy = parseObject(redriveAllowPolicy, 'RedriveAllowPolicy');
  if (policy['redrivePermission'] === 'denyAll') return false;
  if (policy['redrivePermission'] !== 'byQueue') return true;
  return Array.isArray(policy['sourceQueueArns']) && policy['sourceQueueArns'].includes(sourceArn);
}

export function invalidPolicy(name: string, value: string, reason: string): AwsError {
  return new AwsError('InvalidParameterValue', `Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);
}

function parseObject(text: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    throw invalidPolicy(name, text, 'It is not a valid JSON object.');
  }
  throw invalidPolicy(name, text, 'It is not a valid JSON object.');
}
