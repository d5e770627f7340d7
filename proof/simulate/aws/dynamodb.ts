import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { Mix } from '../mix.ts';
import { AwsError, type Caller, type Input, type SimulatedService } from '../transport.ts';
import type { World } from '../world.ts';
import { holds, type Item, type Names, type Values } from './expressions.ts';

export type Write = {
  readonly table: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  readonly caller: Caller | undefined;
};

export type DynamoDb = SimulatedService & {
  readonly name: 'dynamodb';
  readonly items: (table: string) => readonly Item[];
  readonly get: (table: string, key: string) => Item | undefined;
  readonly remove: (table: string, key: string) => void;
};

export const LEDGER = 'sim-ledger';
export const LOCK = 'sim-lock';

/** A read that does not ask for consistency sees what was there before a write of so many milliseconds ago. */
const STALE = 1_000;

/** Tables with consistent items for those who ask for consistency, one sparse index that runs behind, and the conditions of their requests evaluated. */
export function dynamoDb(world: World, mix: Mix, onWrite: (write: Write) => void): DynamoDb {
  const tables = new Map<string, Map<string, Item>>([
    [LEDGER, new Map()],
    [LOCK, new Map()],
  ]);
  const index = new Map<string, Item>();
  const earlier = new Map<string, { readonly at: number; readonly item: Item | undefined }>();
  const pending: { readonly at: number; readonly key: string; readonly indexed: Item | undefined }[] = [];

  const tableOf = (name: unknown): Map<string, Item> => {
    const table = tables.get(String(name));
    if (!table) throw new AwsError('ResourceNotFoundException', `no table ${String(name)}`);
    return table;
  };
  const set = (name: string, key: string, after: Item | undefined, caller: Caller | undefined): void => {
    const table = tableOf(name);
    const before = table.get(key);
    earlier.set(`${name} ${key}`, { at: world.now(), item: before });
    if (after) table.set(key, after);
    else table.delete(key);
    if (name === LEDGER) {
      const indexed = after?.['workShard'] && after['dueAt'] ? only(indexKeys, after) : undefined;
      const lag = world.isCalm() ? 200 : world.chance.number('index lag', 50, mix.indexLag);
      const last = pending.findLast((one) => one.key === key);
      pending.push({ at: Math.max(world.now() + lag, last?.at ?? 0), key, indexed });
    }
    onWrite({ table: name, before, after, caller });
  };
  const read = (name: string, key: string, isConsistent: unknown): Item | undefined => {
    const last = earlier.get(`${name} ${key}`);
    return isConsistent !== true && last && world.now() - last.at < STALE ? last.item : tableOf(name).get(key);
  };
  const catchUp = (): void => {
    for (let position = 0; position < pending.length; ) {
      const one = pending[position];
      if (!one || one.at > world.now()) {
        position += 1;
        continue;
      }
      pending.splice(position, 1);
      if (one.indexed) index.set(one.key, one.indexed);
      else index.delete(one.key);
    }
  };
  const guard = (input: Input, item: Item | undefined): void => {
    const { ConditionExpression: condition, ReturnValuesOnConditionCheckFailure: old } = input;
    if (typeof condition !== 'string') return;
    if (holds(condition, item, input['ExpressionAttributeNames'] as Names, input['ExpressionAttributeValues'] as Values)) return;
    throw Object.assign(
      new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: {},
        ...(old === 'ALL_OLD' && item && { Item: item as Record<string, AttributeValue> }),
      }),
    );
  };

  const handle = (operation: string, input: Input, caller: Caller): unknown => {
    switch (operation) {
      case 'PutItem': {
        const item = input['Item'] as Item;
        const key = keyOf(item);
        guard(input, tableOf(input['TableName']).get(key));
        set(String(input['TableName']), key, item, caller);
        return {};
      }
      case 'UpdateItem': {
        const key = keyOf(input['Key'] as Item);
        const item = tableOf(input['TableName']).get(key);
        guard(input, item);
        set(String(input['TableName']), key, { ...(item ?? (input['Key'] as Item)), ...assignments(input) }, caller);
        return {};
      }
      case 'DeleteItem': {
        const key = keyOf(input['Key'] as Item);
        guard(input, tableOf(input['TableName']).get(key));
        set(String(input['TableName']), key, undefined, caller);
        return {};
      }
      case 'GetItem': {
        const item = read(String(input['TableName']), keyOf(input['Key'] as Item), input['ConsistentRead']);
        return item ? { Item: item } : {};
      }
      case 'BatchGetItem':
        return batchGet(input);
      case 'Query':
        return query(input);
      default:
        throw new Error(`DynamoDB is not simulated for ${operation}`);
    }
  };

  function batchGet(input: Input): unknown {
    const requested = Object.entries(input['RequestItems'] as Record<string, { Keys: Item[]; ConsistentRead?: boolean }>);
    const [table, { Keys: keys, ConsistentRead: isConsistent }] = requested[0] ?? ['', { Keys: [], ConsistentRead: true }];
    if (keys.length > 100 || new Set(keys.map(keyOf)).size < keys.length) throw new AwsError('ValidationException', 'too many, or twice');
    const left = keys.length > 1 && world.deviates('unprocessed', 'dynamodb.BatchGetItem', mix.unprocessed) ? keys.slice(-1) : [];
    const answered = keys.slice(0, keys.length - left.length);
    const found = answered.flatMap<Item>((key) => read(table, keyOf(key), isConsistent) ?? []);
    return {
      Responses: { [table]: found },
      UnprocessedKeys: left.length > 0 ? { [table]: { Keys: left, ConsistentRead: isConsistent } } : {},
    };
  }

  function query(input: Input): unknown {
    const condition = String(input['KeyConditionExpression']);
    const values = input['ExpressionAttributeValues'] as Values;
    catchUp();
    const rows = (name: string) => [...tableOf(name).keys()].flatMap<Item>((key) => read(name, key, input['ConsistentRead']) ?? []);
    const all = input['IndexName'] === undefined ? rows(String(input['TableName'])) : [...index.values()];
    const sortOf = (item: Item): string =>
      input['IndexName'] === undefined ? (item['sk']?.S ?? '') : `${String(item['dueAt']?.N).padStart(16, '0')} ${keyOf(item)}`;
    const forward = input['ScanIndexForward'] !== false;
    const from = input['ExclusiveStartKey'] as Item | undefined;
    const isLeft = (item: Item): boolean => from === undefined || (forward ? sortOf(item) > sortOf(from) : sortOf(item) < sortOf(from));
    const found = all
      .filter((item) => holds(condition, item, {}, values) && isLeft(item))
      .sort((a, b) => (sortOf(a) < sortOf(b) === forward ? -1 : 1));
    // A page ends at 1 MB, which is anywhere, or at its limit, also where nothing follows.
    const limit = Number(input['Limit'] ?? 1_000);
    const page = found.slice(0, Math.min(limit, world.chance.whole('page', 1, 8)));
    const last = page.at(-1);
    const goesOn = page.length < found.length || page.length === limit;
    return {
      Items: page,
      ...(last && goesOn && { LastEvaluatedKey: only(input['IndexName'] === undefined ? tableKeys : indexKeys, last) }),
    };
  }

  return {
    name: 'dynamodb',
    handle,
    items: (table) => [...tableOf(table).values()],
    get: (table, key) => tableOf(table).get(key),
    remove: (table, key) => set(table, key, undefined, undefined),
  };
}

const tableKeys = ['pk', 'sk'];
/** All that the index has of an item. */
const indexKeys = [...tableKeys, 'workShard', 'dueAt'];

function only(names: readonly string[], item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
}

export function keyOf(item: Item): string {
  return item['id']?.S ?? `${item['pk']?.S}|${item['sk']?.S}`;
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
