import {
  type AttributeValue,
  ConditionalCheckFailedException,
  IdempotentParameterMismatchException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { AwsError, type Input } from '../transport.ts';
import { holds, type Item, type Names, type Values } from './expressions.ts';

/** A table's items by their key, in the order in which they were first put. */
export type Table = Map<string, Item>;

/** A write that took effect. */
export type Written = {
  readonly operation: string;
  readonly table: string;
  readonly key: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
};

/** What a proof changes about the tables. Without it they are consistent and every answer is complete. */
export type Deviations = {
  readonly onWrite?: (written: Written) => void;
  /** What a read sees of an item. */
  readonly read?: (table: string, key: string, isConsistent: boolean) => Item | undefined;
  /** The items of the index `work`. */
  readonly indexed?: () => Iterable<Item>;
  /** The items of the index `rolloutId`. */
  readonly byRolloutId?: () => Iterable<Item>;
  /** How many of the keys of a BatchGetItem, counted from its end, stay unprocessed. */
  readonly unprocessed?: (keys: number) => number;
  /** The most items in a page of a Query. */
  readonly pageMax?: () => number;
};

/** Limits that DynamoDB documents: the bytes of an item and of both parts of its key, and the keys of a BatchGetItem. */
const ITEM_BYTES = 400 * 1024;
const PARTITION_KEY_BYTES = 2048;
const SORT_KEY_BYTES = 1024;
const BATCH_KEYS = 100;

const tableKeys = ['pk', 'sk'];
/** The index is `work` and has only these attributes of an item. */
export const indexKeys = [...tableKeys, 'workShard', 'dueAt'];
/** The index `rolloutId` has only these. */
export const rolloutIdKeys = [...tableKeys, 'rolloutId'];

/**
 * DynamoDB in memory, as far as the ledger's adapter and Powertools use it. `npm run prove -- --only stores` compares it
 * with the DynamoDB of the embedded AWS. `handle` returns an operation's output or throws the error that the SDK would.
 */
export function dynamoDbTables(names: readonly string[], deviations: Deviations = {}) {
  /** The client token of each transaction that took effect, with its items. DynamoDB forgets them after ten minutes. */
  const transactions = new Map<string, string>();
  const tables = new Map<string, Table>(names.map((name) => [name, new Map()]));
  const { read = (table, key) => tableOf(table).get(key), pageMax = () => Number.POSITIVE_INFINITY } = deviations;

  function tableOf(name: unknown): Table {
    const table = tables.get(String(name));
    if (!table) throw new AwsError('ResourceNotFoundException', `no table ${String(name)}`);
    return table;
  }

  function write(operation: string, name: string, key: string, after: Item | undefined): void {
    const table = tableOf(name);
    const before = table.get(key);
    if (after) table.set(key, after);
    else table.delete(key);
    deviations.onWrite?.({ operation, table: name, key, before, after });
  }

  function writeIf(operation: string, input: Input, key: Item, after: (before: Item | undefined) => Item | undefined): unknown {
    const before = tableOf(input['TableName']).get(keyOf(key));
    requireCondition(input, before);
    write(operation, String(input['TableName']), keyOf(key), after(before));
    return {};
  }

  function handle(operation: string, input: Input): unknown {
    const key = input['Key'] as Item;
    switch (operation) {
      case 'PutItem': {
        const item = input['Item'] as Item;
        requireSize(item);
        return writeIf(operation, input, item, () => item);
      }
      case 'UpdateItem':
        return writeIf(operation, input, key, (before) => ({ ...(before ?? key), ...assignments(input) }));
      case 'DeleteItem':
        return writeIf(operation, input, key, () => undefined);
      case 'GetItem': {
        const item = read(String(input['TableName']), keyOf(key), input['ConsistentRead'] === true);
        return item ? { Item: item } : {};
      }
      case 'TransactWriteItems':
        return transactPuts(input);
      case 'BatchGetItem':
        return batchGet(input);
      case 'Query':
        return query(input);
      default:
        throw new Error(`DynamoDB is not simulated for ${operation}`);
    }
  }

  function transactPuts(input: Input): unknown {
    const { ClientRequestToken: token, TransactItems: items } = input as { ClientRequestToken?: string; TransactItems: { Put: Input }[] };
    const text = JSON.stringify(items);
    const earlier = token === undefined ? undefined : transactions.get(token);
    if (earlier === text) return {};
    if (earlier !== undefined) throw new IdempotentParameterMismatchException({ message: 'other items with this token', $metadata: {} });
    const puts = items.map(({ Put: put }) => ({ put, item: put['Item'] as Item, table: String(put['TableName']) }));
    for (const { item } of puts) requireSize(item);
    const failed = puts.map(({ put, item, table }) => failedCondition(put, tableOf(table).get(keyOf(item))));
    if (failed.some((one) => one !== undefined)) {
      throw new TransactionCanceledException({
        message: 'Transaction cancelled, please refer cancellation reasons for specific reasons',
        $metadata: {},
        CancellationReasons: failed.map((one) =>
          one ? { Code: 'ConditionalCheckFailed', Message: one.message, ...(one.Item && { Item: one.Item }) } : { Code: 'None' },
        ),
      });
    }
    for (const { item, table } of puts) write('TransactWriteItems', table, keyOf(item), item);
    if (token !== undefined) transactions.set(token, text);
    return {};
  }

  function batchGet(input: Input): unknown {
    const requested = Object.entries(input['RequestItems'] as Record<string, { Keys: Item[]; ConsistentRead?: boolean }>);
    const [table, { Keys: keys, ConsistentRead: isConsistent }] = requested[0] ?? ['', { Keys: [], ConsistentRead: true }];
    if (keys.length < 1 || keys.length > BATCH_KEYS) throw invalid(`${keys.length} keys`);
    if (new Set(keys.map(keyOf)).size < keys.length) throw invalid('Provided list of item keys contains duplicates');
    for (const key of keys) requireKeySize(key);
    const processed = keys.length - (deviations.unprocessed?.(keys.length) ?? 0);
    const left = keys.slice(processed);
    return {
      Responses: { [table]: keys.slice(0, processed).flatMap<Item>((key) => read(table, keyOf(key), isConsistent === true) ?? []) },
      UnprocessedKeys: left.length > 0 ? { [table]: { Keys: left, ConsistentRead: isConsistent } } : {},
    };
  }

  function query(input: Input): unknown {
    const condition = String(input['KeyConditionExpression']);
    const values = input['ExpressionAttributeValues'] as Values;
    const indexName = input['IndexName'];
    const isOfIndex = indexName !== undefined;
    const table = String(input['TableName']);
    const inTable = () => [...tableOf(table).keys()].flatMap<Item>((key) => read(table, key, input['ConsistentRead'] === true) ?? []);
    const byRolloutId = () => [...(deviations.byRolloutId?.() ?? inTable().filter((item) => item['rolloutId'] !== undefined))];
    const all = indexName === 'rolloutId' ? byRolloutId() : isOfIndex ? [...(deviations.indexed?.() ?? [])] : inTable();
    const sortOf = (item: Item): string =>
      isOfIndex ? `${String(item['dueAt']?.N).padStart(16, '0')} ${keyOf(item)}` : (item['sk']?.S ?? '');
    const forward = input['ScanIndexForward'] !== false;
    const from = input['ExclusiveStartKey'] as Item | undefined;
    const isLeft = (item: Item): boolean => from === undefined || (forward ? sortOf(item) > sortOf(from) : sortOf(item) < sortOf(from));
    const found = all
      .filter((item) => holds(condition, item, {}, values) && isLeft(item))
      .sort((a, b) => (sortOf(a) < sortOf(b) === forward ? -1 : 1));
    // DynamoDB ends a page at 1 MB, which can be anywhere, or at its limit, even if nothing follows.
    const limit = Number(input['Limit'] ?? 1_000);
    const page = found.slice(0, Math.min(limit, pageMax()));
    const last = page.at(-1);
    const goesOn = page.length < found.length || page.length === limit;
    return {
      Items: page,
      ...(last &&
        goesOn && { LastEvaluatedKey: only(indexName === 'rolloutId' ? rolloutIdKeys : isOfIndex ? indexKeys : tableKeys, last) }),
    };
  }

  return {
    handle,
    /** The items of a table. Throws for a table that does not exist. */
    items: tableOf,
    /** Removes an item without a request. */
    remove: (table: string, key: string) => write('remove', table, key, undefined),
    /** Forgets the client tokens of all transactions, as DynamoDB does after ten minutes. */
    forgetTransactions: () => transactions.clear(),
  };
}

/** The key of an item, or of a request, as one text. */
export function keyOf(item: Item): string {
  return item['id']?.S ?? `${item['pk']?.S}|${item['sk']?.S}`;
}

/** An item with some of its attributes. */
export function only(names: readonly string[], item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
}

function requireCondition(input: Input, item: Item | undefined): void {
  const failed = failedCondition(input, item);
  if (failed) throw failed;
}

function failedCondition(input: Input, item: Item | undefined): ConditionalCheckFailedException | undefined {
  const { ConditionExpression: condition, ReturnValuesOnConditionCheckFailure: old } = input;
  if (typeof condition !== 'string') return undefined;
  if (holds(condition, item, input['ExpressionAttributeNames'] as Names, input['ExpressionAttributeValues'] as Values)) return undefined;
  return new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: {},
    ...(old === 'ALL_OLD' && item && { Item: item as Record<string, AttributeValue> }),
  });
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
  const expression = String(input['UpdateExpression']);
  if (!expression.startsWith('SET ')) throw new Error(`not simulated: ${expression}`);
  return Object.fromEntries(
    expression
      .slice(4)
      .split(',')
      .map((part) => {
        const [name = '', value = ''] = part.split('=').map((side) => side.trim());
        const attribute = values[value];
        if (attribute === undefined) throw new Error(`no value ${value}`);
        return [names[name] ?? name, attribute];
      }),
  );
}
