import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { holds, type Item, type Names, type Values } from '../../simulate/aws/expressions.ts';
import { AwsError } from '../../simulate/transport.ts';
import type { Effects, Input } from './effects.ts';

export const LEDGER = 'fuzz-ledger';
export const LOCK = 'fuzz-lock';

/** Limits of DynamoDB: an item, a partition key, a sort key, the keys of a BatchGetItem. */
const ITEM_BYTES = 400 * 1024;
const PARTITION_KEY_BYTES = 2048;
const SORT_KEY_BYTES = 1024;
const BATCH_KEYS = 100;

type Tables = Map<string, Item | undefined>;

export type DynamoDb = {
  readonly handle: (operation: string, input: Input) => unknown;
  /** Everything written until now is the history that every message meets. */
  readonly keep: () => void;
  /** Back to the history. */
  readonly reset: () => void;
  readonly ledgerItems: () => Item[];
};

/** Two tables, with what one message writes laid over what was there before. */
export function dynamoDb(effects: () => Effects): DynamoDb {
  const before: Tables = new Map();
  const since: Tables = new Map();
  const get = (table: unknown, key: string): Item | undefined => {
    const at = `${String(table)}/${key}`;
    return since.has(at) ? since.get(at) : before.get(at);
  };
  const set = (table: unknown, key: string, item: Item | undefined): void => {
    since.set(`${String(table)}/${key}`, item);
  };
  const guard = (input: Input, item: Item | undefined): void => {
    const { ConditionExpression: condition, ReturnValuesOnConditionCheckFailure: old } = input;
    if (typeof condition !== 'string') return;
    if (holds(condition, item, input['ExpressionAttributeNames'] as Names, input['ExpressionAttributeValues'] as Values)) return;
    throw new ConditionalCheckFailedException({
      message: 'The conditional request failed',
      $metadata: {},
      ...(old === 'ALL_OLD' && item && { Item: item as Record<string, AttributeValue> }),
    });
  };
  const items = (table: string): Item[] => {
    const all = new Map([...before, ...since]);
    return [...all].flatMap(([at, item]) => (at.startsWith(`${table}/`) && item ? [item] : []));
  };

  const handle = (operation: string, input: Input): unknown => {
    const table = input['TableName'];
    switch (operation) {
      case 'PutItem': {
        const item = input['Item'] as Item;
        const key = keyOf(item);
        requireSize(item);
        guard(input, get(table, key));
        if (table === LEDGER) effects().rows.push(item);
        else effects().locks.push(key);
        set(table, key, item);
        return {};
      }
      case 'UpdateItem': {
        const key = keyOf(input['Key'] as Item);
        guard(input, get(table, key));
        set(table, key, { ...get(table, key), ...(input['Key'] as Item), ...assignments(input) });
        return {};
      }
      case 'DeleteItem': {
        const key = keyOf(input['Key'] as Item);
        guard(input, get(table, key));
        set(table, key, undefined);
        return {};
      }
      case 'GetItem': {
        const item = get(table, keyOf(input['Key'] as Item));
        return item ? { Item: item } : {};
      }
      case 'BatchGetItem':
        return batchGet(input, get);
      case 'Query': {
        const condition = String(input['KeyConditionExpression']);
        return { Items: items(String(table)).filter((item) => holds(condition, item, {}, input['ExpressionAttributeValues'] as Values)) };
      }
      default:
        throw new Error(`the fuzzer has no DynamoDB ${operation}`);
    }
  };

  return {
    handle,
    keep: () => {
      for (const [at, item] of since) before.set(at, item);
      since.clear();
    },
    reset: () => since.clear(),
    ledgerItems: () => items(LEDGER),
  };
}

function batchGet(input: Input, get: (table: string, key: string) => Item | undefined): unknown {
  const [[table, { Keys: keys }] = ['', { Keys: [] }]] = Object.entries(input['RequestItems'] as Record<string, { Keys: Item[] }>);
  const names = keys.map(keyOf);
  if (names.length < 1 || names.length > BATCH_KEYS) throw invalid(`${names.length} keys`);
  if (new Set(names).size < names.length) throw invalid('Provided list of item keys contains duplicates');
  for (const key of keys) requireKeySize(key);
  return { Responses: { [table]: names.map((key) => get(table, key)).filter((item) => item !== undefined) }, UnprocessedKeys: {} };
}

function keyOf(item: Item): string {
  return item['id']?.S ?? `${item['pk']?.S}|${item['sk']?.S}`;
}

function requireSize(item: Item): void {
  requireKeySize(item);
  let bytes = 0;
  for (const [name, { S: text, N: number }] of Object.entries(item)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(text ?? number ?? '');
  }
  if (bytes > ITEM_BYTES) throw invalid('Item size has exceeded the maximum allowed size');
}

function requireKeySize({ pk, sk }: Item): void {
  if (Buffer.byteLength(pk?.S ?? '-') > PARTITION_KEY_BYTES || Buffer.byteLength(sk?.S ?? '-') > SORT_KEY_BYTES) {
    throw invalid('One or more parameter values were invalid: size of a key');
  }
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function assignments(input: Input): Item {
  const names = (input['ExpressionAttributeNames'] ?? {}) as Names;
  const values = input['ExpressionAttributeValues'] as Values;
  return Object.fromEntries(
    String(input['UpdateExpression'])
      .slice('SET '.length)
      .split(',')
      .map((part) => {
        const [name = '', value = ''] = part.split('=').map((side) => side.trim());
        return [names[name] ?? name, values[value] ?? { NULL: true }];
      }),
  );
}
