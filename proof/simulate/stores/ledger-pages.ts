import { type AttributeValue, BatchGetItemCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { WORK_SHARDS } from '../../../adapters/ledger/ledger.ts';
import type { Rollout } from '../../../domain/rollout/rollout.ts';
import type { Chance } from '../../random.ts';
import { LEDGER } from '../aws/dynamodb.ts';
import { EPOCH } from '../world.ts';
import { asking, type Kinds, type Operation, type Side } from './side.ts';

/** How many milliseconds the simulated index lags in a calm world. The embedded one never lags, so both agree after this time. */
export const INDEX_LAG = 200;

/** What differs between the rows of a sequence. */
export function textOf({ version, revision, channel, itemRevision, state, followUpNumber, dueAt }: Rollout): string {
  return `${version} r${revision} ${channel} at revision ${itemRevision}, ${state}, follow-up ${followUpNumber}, due ${dueAt ?? 'never'}`;
}

/** The last key that each side has returned in a query. */
const cursors = new WeakMap<Side, Map<string, Record<string, AttributeValue>>>();

/**
 * The ledger's two queries page by page, with writes between the pages, and reads of many keys at once. The index is only
 * compared while no two rows are due at the same instant, as DynamoDB does not promise their order.
 */
export function pageKinds(chance: Chance, product: string, withIndex: boolean): Kinds {
  const table = () => ({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :rows)',
    ExpressionAttributeValues: {
      ':pk': { S: `RELEASE#${product}#${chance.pick('page of', ['1.0.0', '2.0.0-rc.1'])}` },
      ':rows': { S: 'ROLLOUT#' },
    },
    ConsistentRead: true,
  });
  const index = () => ({
    IndexName: 'work',
    KeyConditionExpression: 'workShard = :shard AND dueAt < :now',
    ExpressionAttributeValues: {
      ':shard': { S: `service-${chance.whole('shard', 0, WORK_SHARDS - 1)}` },
      ':now': { N: String(EPOCH + 1_000 * chance.pick('all before', [30, 60, 102])) },
    },
    ScanIndexForward: false,
  });
  const queries = withIndex ? [table(), index()] : [table()];
  const pages = queries.flatMap((query) => [
    [1, () => paging({ TableName: LEDGER, ...query, Limit: chance.whole('limit', 1, 4) }, false)] as const,
    [2, () => paging({ TableName: LEDGER, ...query, Limit: chance.whole('limit', 1, 4) }, true)] as const,
  ]);
  return [...pages, [1, () => readingAtOnce(product, chance.pick('keys', [1, 100, 101]), chance.is('twice', 0.3))]];
}

/** What differs between rows, from the text of a row. */
/** Without the id of the write, which is random. */
function shortened({ rollout, writeId: _, ...item }: Record<string, AttributeValue>): object {
  return { ...item, ...(rollout?.S !== undefined && { rollout: textOf(JSON.parse(rollout.S)) }) };
}

function paging(query: QueryCommandInput, goesOn: boolean): Operation {
  const values = Object.values(query.ExpressionAttributeValues ?? {}).map((value) => value.S ?? value.N);
  const name = `${query.IndexName ?? 'table'} ${values.join(' ')}`;
  return {
    says: `${goesOn ? 'the next' : 'the first'} ${query.Limit} of ${name}`,
    on: async (side) => {
      await side.advance(INDEX_LAG);
      return side.during(async () => {
        const places = cursors.get(side) ?? new Map<string, Record<string, AttributeValue>>();
        cursors.set(side, places);
        const from = goesOn ? places.get(name) : undefined;
        if (goesOn && !from) return 'at the end';
        const page = await side.clients.dynamodb.send(new QueryCommand({ ...query, ...(from && { ExclusiveStartKey: from }) }));
        places.delete(name);
        if (page.LastEvaluatedKey) places.set(name, page.LastEvaluatedKey);
        return { items: (page.Items ?? []).map(shortened), last: page.LastEvaluatedKey };
      });
    },
  };
}

/** Reads more keys than the adapter ever does in one call, or one key twice. */
function readingAtOnce(product: string, count: number, twice: boolean): Operation {
  const keys = Array.from({ length: count }, (_, index) => ({ pk: { S: `RELEASE#${product}#1.0.0` }, sk: { S: `ROLLOUT#${index}#a` } }));
  const Keys = [...keys, ...(twice ? keys.slice(0, 1) : [])];
  return asking(`BatchGetItem of ${count} keys${twice ? ', the first of them twice' : ''}`, async ({ dynamodb }) => {
    const { Responses } = await dynamodb.send(new BatchGetItemCommand({ RequestItems: { [LEDGER]: { Keys, ConsistentRead: true } } }));
    return (Responses?.[LEDGER] ?? []).map((item) => JSON.stringify(shortened(item))).sort();
  });
}
