import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../aws-error.ts';
import type { JsonInput } from '../member-types.ts';
import type { Clock } from '../service.ts';
import type { Engine } from './engine.ts';

type Item = Readonly<Record<string, unknown>>;
type Act = {
  readonly kind: 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
  readonly input: JsonInput;
  readonly table: string;
  readonly key: Item;
};
type Reason = { readonly Code: string; readonly Message?: string; readonly Item?: Item };

const TOKEN_MILLISECONDS = 10 * 60_000;

export type Transactions = { write(input: JsonInput): Promise<JsonInput>; get(input: JsonInput): Promise<JsonInput> };

/**
 * TransactWriteItems and TransactGetItems over an engine that has neither. The caller must hold the exclusive lock. The
 * actions are carried out one by one, each under its own condition, and undone if one fails.
 */
export function createTransactions(engine: Engine, clock: Pick<Clock, 'now'>): Transactions {
  const tokens = new Map<string, { readonly at: number; readonly items: unknown }>();

  async function read(table: string, key: Item): Promise<Item | undefined> {
    const { Item: item } = await engine.run('GetItem', { TableName: table, Key: key, ConsistentRead: true });
    return item as Item | undefined;
  }

  async function keyOf(table: string, item: Item): Promise<Item> {
    const { Table } = await engine.run('DescribeTable', { TableName: table });
    const schema = (Table as { KeySchema: { AttributeName: string }[] }).KeySchema;
    return Object.fromEntries(schema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]));
  }

  async function readAct(entry: JsonInput): Promise<Act> {
    const kinds = (['Put', 'Update', 'Delete', 'ConditionCheck'] as const).filter((name) => entry[name] !== undefined);
    const kind = kinds[0];
    if (kind === undefined || kinds.length > 1) {
      throw new AwsError('ValidationException', 'TransactItems can only contain one of Check, Put, Update or Delete');
    }
    const input = entry[kind] as JsonInput;
    const table = String(input['TableName']);
    const key = kind === 'Put' ? await keyOf(table, input['Item'] as Item) : (input['Key'] as Item);
    return { kind, input, table, key };
  }

  async function carryOut(act: Act, before: Item | undefined): Promise<void> {
    const { ReturnValuesOnConditionCheckFailure: _, ...input } = act.input;
    if (act.kind === 'Put') await engine.run('PutItem', input);
    else if (act.kind === 'Update') await engine.run('UpdateItem', input);
    else if (act.kind === 'Delete') await engine.run('DeleteItem', input);
    else if (before === undefined) await engine.run('DeleteItem', input);
    else {
      // Writing the same item again checks the condition and changes nothing.
      const { Key: _key, ...rest } = input;
      await engine.run('PutItem', { ...rest, Item: before });
    }
  }

  async function undo(done: readonly { readonly act: Act; readonly before: Item | undefined }[]): Promise<void> {
    for (const { act, before } of done) {
      if (before === undefined) await engine.run('DeleteItem', { TableName: act.table, Key: act.key });
      else await engine.run('PutItem', { TableName: act.table, Item: before });
    }
  }

  async function apply(acts: readonly Act[]): Promise<void> {
    const done: { act: Act; before: Item | undefined }[] = [];
    const reasons: Reason[] = [];
    try {
      for (const act of acts) {
        const before = await read(act.table, act.key);
        try {
          await carryOut(act, before);
          done.push({ act, before });
          reasons.push({ Code: 'None' });
        } catch (problem) {
          if (!(problem instanceof AwsError) || problem.exception !== 'ConditionalCheckFailedException') throw problem;
          const shown = act.input['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD' && before !== undefined;
          reasons.push({ Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', ...(shown ? { Item: before } : {}) });
        }
      }
    } catch (problem) {
      await undo(done);
      throw problem;
    }
    if (reasons.every(({ Code }) => Code === 'None')) return;
    await undo(done);
    const codes = reasons.map(({ Code }) => Code).join(', ');
    throw new AwsError(
      'TransactionCanceledException',
      `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
      {
        fields: {
          CancellationReasons: reasons,
          Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
        },
      },
    );
  }

  function entries(input: JsonInput): JsonInput[] {
    const items = input['TransactItems'];
    if (Array.isArray(items) && items.length >= 1 && items.length <= 100) return items as JsonInput[];
    throw new AwsError(
      'ValidationException',
      "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100 and greater than or equal to 1",
    );
  }

  return {
    async write(input) {
      const items = entries(input);
      const token = input['ClientRequestToken'] as string | undefined;
      const known = token === undefined ? undefined : tokens.get(token);
      if (known !== undefined && clock.now() - known.at < TOKEN_MILLISECONDS) {
        if (isDeepStrictEqual(known.items, items)) return {};
        throw new AwsError(
          'IdempotentParameterMismatchException',
          'The request uses the same client token as a previous, but non-identical request.',
        );
      }
      const acts: Act[] = [];
      for (const entry of items) acts.push(await readAct(entry));
      const touched = acts.map(({ table, key }) => JSON.stringify([table, Object.entries(key).sort()]));
      if (new Set(touched).size !== touched.length) {
        throw new AwsError('ValidationException', 'Transaction request cannot include multiple operations on one item');
      }
      await apply(acts);
      if (token !== undefined) tokens.set(token, { at: clock.now(), items });
      return {};
    },
    async get(input) {
      const responses: JsonInput[] = [];
      for (const entry of entries(input)) {
        const { Item: item } = await engine.run('GetItem', { ...(entry['Get'] as JsonInput), ConsistentRead: true });
        responses.push(item === undefined ? {} : { Item: item });
      }
      return { Responses: responses };
    },
  };
}
