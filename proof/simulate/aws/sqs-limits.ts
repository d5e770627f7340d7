import { AwsError } from '../transport.ts';

/** A message that is sent alone or as an entry of a batch. */
export type Sent = {
  readonly Id?: string;
  readonly MessageBody?: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: Readonly<Record<string, { readonly DataType?: string; readonly StringValue?: string }>>;
};

const BATCH_ENTRIES_MAX = 10;
const BATCH_BYTES_MAX = 1_048_576;
const DELAY_SECONDS_MAX = 900;
const ATTRIBUTES_MAX = 10;
const LEGAL = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u;

/** Throws for a delay that is not an integer, which SQS refuses before it looks for the queue. */
export function checkTypes(messages: readonly Sent[]): void {
  if (messages.some(({ DelaySeconds = 0 }) => !Number.isInteger(DelaySeconds)))
    throw new AwsError('SerializationException', 'not an integer');
}

/** Throws for a batch that is refused as a whole. */
export function checkBatch(entries: readonly Sent[]): void {
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'nothing in it');
  if (entries.length > BATCH_ENTRIES_MAX) throw new AwsError('TooManyEntriesInBatchRequest', `${entries.length} entries`);
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) throw new AwsError('BatchEntryIdsNotDistinct', 'an id twice');
  if (entries.reduce((sum, entry) => sum + bytesOf(entry), 0) > BATCH_BYTES_MAX) throw new AwsError('BatchRequestTooLong', 'too long');
}

/** The name of the error with which a queue that accepts this many bytes refuses a message; `undefined` if it accepts it. */
export function refusalOf(sent: Sent, bytesMax: number): string | undefined {
  const { MessageBody: body, DelaySeconds: delay = 0, MessageAttributes: attributes = {} } = sent;
  if (!body) return 'MissingParameter';
  if (!LEGAL.test(body)) return 'InvalidMessageContents';
  const values = Object.values(attributes);
  const isLegal = values.length <= ATTRIBUTES_MAX && values.every(({ StringValue }) => StringValue !== undefined && StringValue !== '');
  const isPossible = delay >= 0 && delay <= DELAY_SECONDS_MAX;
  return isLegal && isPossible && bytesOf(sent) <= bytesMax ? undefined : 'InvalidParameterValue';
}

function bytesOf({ MessageBody = '', MessageAttributes = {} }: Sent): number {
  const attributes = Object.entries(MessageAttributes).map(([name, { DataType = '', StringValue = '' }]) => name + DataType + StringValue);
  return Buffer.byteLength(MessageBody + attributes.join(''));
}
