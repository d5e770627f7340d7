import { dynamoDbTables, type Table } from '../../simulate/aws/tables.ts';
import { settings } from '../configuration.ts';
import type { Effects, Input } from './effects.ts';

export type DynamoDb = {
  readonly handle: (operation: string, input: Input) => unknown;
  /** Adds everything that was written until now to the history that every message meets. */
  readonly keep: () => void;
  /** Forgets everything that was written after the history. */
  readonly reset: () => void;
};

/** The ledger and the lock. Every item that is put is noted among the effects of the message. */
export function dynamoDb(effects: () => Effects): DynamoDb {
  const names = [settings.OTA_LEDGER_TABLE, settings.OTA_LOCK_TABLE];
  const tables = dynamoDbTables(names, {
    indexed: () => [...tables.items(settings.OTA_LEDGER_TABLE).values()].filter((item) => item['workShard'] && item['dueAt']),
    byRolloutId: () => [...tables.items(settings.OTA_LEDGER_TABLE).values()].filter((item) => item['rolloutId']),
    onWrite: ({ operation, table, key, before, after }) => {
      if (operation !== 'PutItem' || !after) return;
      if (table !== settings.OTA_LEDGER_TABLE) effects().locks.push(key);
      else {
        effects().rows.push(after);
        if (!before) effects().added.push(key);
      }
    },
  });
  let history: (readonly [table: Table, items: Table])[] = [];
  return {
    handle: tables.handle,
    keep: () => {
      history = names.map((name) => [tables.items(name), new Map(tables.items(name))]);
    },
    reset: () => {
      tables.forgetTransactions();
      for (const [table, items] of history) {
        table.clear();
        for (const [key, item] of items) table.set(key, item);
      }
    },
  };
}
