import type { FaultMix } from '../fault-mix.ts';
import type { Caller, SimulatedService } from '../transport.ts';
import type { World } from '../world.ts';
import type { Item } from './expressions.ts';
import { dynamoDbTables, indexKeys, only, rolloutIdKeys, type Written } from './tables.ts';

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

/** A read that is not consistent does not see a write of the last this many milliseconds. */
const STALE = 1_000;
/** No read is older than this many milliseconds. */
const REMEMBERED = 10_000;

/** The tables of a stage, with stale reads, an index that lags, pages that end anywhere and unprocessed keys. */
export function dynamoDb(world: World, mix: FaultMix, onWrite: (write: Write) => void): DynamoDb {
  const index = new Map<string, Item>();
  const rolloutIds = new Map<string, Item>();
  const earlier = new Map<string, readonly { readonly at: number; readonly before: Item | undefined }[]>();
  const pending: { readonly at: number; readonly key: string; readonly indexed: Item | undefined; readonly named: Item | undefined }[] = [];
  let caller: Caller | undefined;
  let batchSince: number | undefined;

  const written = ({ table, key, before, after }: Written): void => {
    const name = `${table} ${key}`;
    earlier.set(name, [...(earlier.get(name) ?? []).filter(({ at }) => world.now() - at < REMEMBERED), { at: world.now(), before }]);
    if (table === LEDGER) {
      const indexed = after?.['workShard'] && after['dueAt'] ? only(indexKeys, after) : undefined;
      const named = after?.['rolloutId'] ? only(rolloutIdKeys, after) : undefined;
      const lag = world.isCalm() ? 200 : world.chance.number('index lag', 50, mix.indexLag);
      const last = pending.findLast((one) => one.key === key);
      pending.push({ at: Math.max(world.now() + lag, last?.at ?? 0), key, indexed, named });
    }
    onWrite({ table, before, after, caller });
  };
  const read = (table: string, key: string, isConsistent: boolean): Item | undefined => {
    const now = world.now();
    const asOf = isConsistent ? (batchSince === undefined ? now : world.chance.number('instant of a read', batchSince, now)) : now - STALE;
    const next = earlier.get(`${table} ${key}`)?.find(({ at }) => at > asOf);
    return next ? next.before : tables.items(table).get(key);
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
      if (one.named) rolloutIds.set(one.key, one.named);
    }
  };
  const tables = dynamoDbTables([LEDGER, LOCK], {
    onWrite: written,
    read,
    indexed: () => {
      catchUp();
      return index.values();
    },
    byRolloutId: () => {
      catchUp();
      return rolloutIds.values();
    },
    unprocessed: (keys) => (keys > 1 && world.deviates('unprocessed', 'dynamodb.BatchGetItem', mix.unprocessed) ? 1 : 0),
    pageMax: () => world.chance.whole('page', 1, 8),
  });

  return {
    name: 'dynamodb',
    handle: (operation, input, by, since) => {
      caller = by;
      // BatchGetItem is no snapshot. Each key is read at an instant of its own.
      batchSince = operation === 'BatchGetItem' && since < world.now() ? since : undefined;
      try {
        return tables.handle(operation, input);
      } finally {
        caller = undefined;
      }
    },
    items: (table) => [...tables.items(table).values()],
    get: (table, key) => tables.items(table).get(key),
    remove: tables.remove,
  };
}
