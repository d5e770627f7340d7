import type { Chance } from '../../random.ts';
import { LEDGER, LOCK } from '../aws/dynamodb.ts';
import { conditionKinds } from './conditions.ts';
import { ledgerKinds } from './ledger.ts';
import { lockKinds } from './lock.ts';
import { anyTerms, type Operation, operationsOf, passing, type Sequence } from './side.ts';

const PASSING = [1, 50, 199, 1_000, 60_000, 24 * 3_600_000];

/** What the ledger and Powertools send, each in its own sequences, and conditions of every form that the simulation evaluates. */
export function dynamodb(chance: Chance): Sequence {
  const kinds = chance.pick('part', [ledgerKinds, ledgerKinds, lockKinds, conditionKinds])(chance);
  const operations = operationsOf(chance, 10, 40, [...kinds, [2, () => passing(chance.pick('time', PASSING))]]);
  return { terms: anyTerms, operations: [...operations, reading(LEDGER), reading(LOCK)] };
}

/** Reads the whole table, which shows a write with a right answer and a wrong effect. */
function reading(table: string): Operation {
  return {
    says: `every item of ${table}`,
    on: async ({ outside }) => (await outside.items(table)).map(textOf).sort(),
  };
}

/** An item with sorted attributes, as DynamoDB returns them in any order, and without the id of its write, which is random. */
function textOf({ writeId: _, ...item }: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
}
