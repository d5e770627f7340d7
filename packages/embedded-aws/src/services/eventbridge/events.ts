import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { JsonInput } from '../member-types.ts';
import type { ServiceRequest } from '../service.ts';
import type { MessageAttributes } from '../sqs/queue.ts';
import type { QueueDelivery } from '../sqs/sqs.ts';
import { targetBody } from './input.ts';
import type { Bus, Rule, Target } from './rules.ts';

const MAXIMUM_ENTRIES = 10;
const MAXIMUM_BYTES = 1_048_576;
// The range of an RFC 3339 time, which the envelope has.
const EARLIEST_SECONDS = Date.parse('0000-01-01T00:00:00Z') / 1000;
const LATEST_SECONDS = Date.parse('9999-12-31T23:59:59Z') / 1000;

type Entry = {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  readonly Time?: number;
};

type Result = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

export type EventsOptions = {
  readonly queues: QueueDelivery;
  readonly now: () => number;
  readonly bus: (nameOrArn: string | undefined) => Bus | undefined;
  /** Gets each event that a bus has accepted, whether or not a rule matches it. */
  readonly onEvent?: ((event: BusEvent) => void) | undefined;
};

/** An event with its envelope. */
export type BusEvent = { readonly source: string; readonly 'detail-type': string; readonly detail: Readonly<Record<string, unknown>> };

/** PutEvents. Each entry is judged on its own, then goes to every enabled rule of its bus that it matches. */
export function createPutEvents(options: EventsOptions) {
  return (input: JsonInput, request: ServiceRequest): unknown => {
    const entries = input['Entries'] as Entry[] | undefined;
    if (!Array.isArray(entries) || entries.length === 0 || entries.length > MAXIMUM_ENTRIES) {
      throw new AwsError(
        'ValidationException',
        "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10 and greater than or equal to 1",
      );
    }
    if (entries.some(({ Time = 0 }) => Time < EARLIEST_SECONDS || Time > LATEST_SECONDS)) {
      throw new AwsError('SerializationException', 'Time is not a timestamp in epoch seconds.');
    }
    if (entries.reduce((sum, entry) => sum + entryBytes(entry), 0) > MAXIMUM_BYTES) {
      throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
    }
    const results = entries.map((entry) => put(entry, request, options));
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  };
}

function entryBytes(entry: Entry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  return texts.reduce((sum, part) => sum + Buffer.byteLength(part ?? ''), entry.Time === undefined ? 0 : 14);
}

function put(entry: Entry, request: ServiceRequest, options: EventsOptions): Result {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name])
      return { ErrorCode: 'InvalidArgument', ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.` };
  }
  const { Source = '', DetailType = '', Detail = '' } = entry;
  if (Source.startsWith('aws.')) return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  const detail = parseDetail(Detail);
  if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const bus = options.bus(entry.EventBusName);
  if (bus === undefined) {
    return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Event bus ${String(entry.EventBusName)} does not exist.` };
  }
  const envelope = {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account: request.accountId,
    time: new Date(entry.Time === undefined ? options.now() : entry.Time * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: request.region,
    resources: entry.Resources ?? [],
  };
  // The text of the detail is kept, so that a number keeps its digits.
  const json = `${JSON.stringify(envelope).slice(0, -1)},"detail":${Detail.trim()}}`;
  dispatch(bus, { ...envelope, detail }, json, options.queues);
  options.onEvent?.({ ...envelope, detail });
  return { EventId: envelope.id };
}

function parseDetail(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Delivers an event to the targets of every rule that it matches. */
function dispatch(bus: Bus, event: Readonly<Record<string, unknown>>, json: string, queues: QueueDelivery): void {
  for (const rule of bus.rules.values()) {
    if (rule.state === 'DISABLED' || rule.matches === undefined || !rule.matches(event)) continue;
    for (const target of rule.targets.values())
      sendToTarget(target, rule, targetBody(target, { json, event, ruleArn: rule.arn, ruleName: rule.name }), json, queues);
  }
}

const WHY: Readonly<Record<'noSuchQueue' | 'tooLarge', readonly [code: string, message: string]>> = {
  noSuchQueue: ['NO_RESOURCE', 'The specified queue does not exist.'],
  tooLarge: [
    'SDK_CLIENT_ERROR',
    'One or more parameters are invalid. Reason: Message must be shorter than the MaximumMessageSize of the queue.',
  ],
};

function sendToTarget(target: Target, rule: Rule, body: string, json: string, queues: QueueDelivery): void {
  const outcome = queues.deliver(target.Arn, body);
  if (outcome === 'sent') return;
  const [code, message] = WHY[outcome];
  const deadLetterArn = target.DeadLetterConfig?.Arn;
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  const attributes: MessageAttributes = {
    RULE_ARN: text(rule.arn),
    TARGET_ARN: text(target.Arn),
    ERROR_CODE: text(code),
    ERROR_MESSAGE: text(message),
    RETRY_ATTEMPTS: text('0'),
  };
  if (deadLetterArn !== undefined && queues.deliver(deadLetterArn, json, attributes) === 'sent') return;
  console.error(`embedded-aws: EventBridge dropped an event of rule ${rule.name}, which could not be delivered to ${target.Arn} (${code})`);
}
