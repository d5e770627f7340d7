import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { withoutBuild } from '../../domain/release/version.ts';
import type { VersionWithdrawals } from '../../domain/rollout/ports.ts';
import { emptyHead, type Head, type Identity, type RecordedWithdrawal, type Rollout } from '../../domain/rollout/rollout.ts';

type Item = Record<string, AttributeValue>;
type Key = { readonly pk: string; readonly sk: string };

/** A rollout that the sweep may have to wake. */
export type DueRow = Identity & { readonly dueAt: number };

/** The index `work` is spread over so many partitions, by rollout. */
export const WORK_SHARDS = 4;

const DUE_PAGE = 500;
const BATCH_GET_KEYS = 100;
const BATCH_GET_ROUNDS = 4;

/**
 * The table that is the truth about every rollout. One condition for all: a write succeeds only on the revision
 * that was read (a claim: on none); it answers `false` when somebody else was faster, and throws what is worth
 * retrying. All reads of items are consistent. Access patterns: docs/explanation/architecture.md.
 *
 * | item        | pk                                    | sk                       |
 * | rollout     | RELEASE#product#version without build | ROLLOUT#revision#channel |
 * | withdrawals | RELEASE#product#version without build | WITHDRAWALS              |
 * | head        | CHANNEL#product#channel               | HEAD                     |
 *
 * The version in the key has no build metadata: two versions that differ only there collide at the claim.
 */
export function ledger(client: Pick<DynamoDBClient, 'send'>, tableName: string) {
  return {
    /** The rows of some rollouts of one version that exist, and the version's withdrawals: one call. */
    async lookUp(
      product: string,
      version: string,
      wanted: readonly Pick<Identity, 'revision' | 'channel'>[],
    ): Promise<{ rows: Rollout[]; withdrawals: VersionWithdrawals }> {
      const keys = [...wanted.map((one) => rowKey({ product, version, ...one })), withdrawalsKey(product, version)];
      const items = await readAll(client, tableName, keys);
      return {
        rows: items.filter((item) => item['sk']?.S?.startsWith('ROLLOUT#')).map(rowOf),
        withdrawals: withdrawalsOf(items.find((item) => item['sk']?.S === 'WITHDRAWALS')),
      };
    },

    /** A rollout's row (none: `undefined`), its channel's head and its version's withdrawals: one call. */
    async load(identity: Identity): Promise<{ row: Rollout | undefined; head: Head; withdrawals: readonly RecordedWithdrawal[] }> {
      const keys = [rowKey(identity), headKey(identity.product, identity.channel), withdrawalsKey(identity.product, identity.version)];
      const items = await readAll(client, tableName, keys);
      const found = (sk: string): Item | undefined => items.find((item) => item['sk']?.S === sk);
      const row = found(rowKey(identity).sk);
      return { row: row && rowOf(row), head: headOf(found('HEAD')), withdrawals: withdrawalsOf(found('WITHDRAWALS')).list };
    },

    /** One row, or `undefined`. */
    async read(identity: Identity): Promise<Rollout | undefined> {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: native(rowKey(identity)), ConsistentRead: true }),
      );
      return item && rowOf(item);
    },

    /** Puts a row where there is none; else answers the one that is there. */
    async claim(row: Rollout): Promise<{ claimed: true } | { claimed: false; existing: Rollout }> {
      const put = await putIf(client, tableName, rowItem(row), undefined);
      if (put.done) return { claimed: true };
      const existing = put.existing ?? (await this.read(row));
      if (!existing) throw new Error(`the row of ${row.rolloutId} was refused by the ledger and is not in it`);
      return { claimed: false, existing };
    },

    /** Writes a row whose `itemRevision` is one above the revision that was read. */
    async write(row: Rollout): Promise<boolean> {
      return (await putIf(client, tableName, rowItem(row), row.itemRevision - 1)).done;
    },

    /** Writes a head as changed; `head.itemRevision` is still the revision that was read, 0 for none. */
    async writeHead(product: string, channel: string, head: Head): Promise<boolean> {
      const item = {
        ...native(headKey(product, channel)),
        ...json('head', { lastSequence: head.lastSequence, entries: head.entries }),
        itemRevision: number(head.itemRevision + 1),
      };
      return (await putIf(client, tableName, item, head.itemRevision === 0 ? undefined : head.itemRevision)).done;
    },

    /** Writes the withdrawals of a version; `itemRevision` is the revision that was read, 0 for none. */
    async writeWithdrawals(product: string, version: string, { itemRevision, list }: VersionWithdrawals): Promise<boolean> {
      const item = { ...native(withdrawalsKey(product, version)), ...json('withdrawals', list), itemRevision: number(itemRevision + 1) };
      return (await putIf(client, tableName, item, itemRevision === 0 ? undefined : itemRevision)).done;
    },

    /** Every row of a version: all revisions, all channels. */
    async rowsOf(product: string, version: string): Promise<Rollout[]> {
      const rows: Rollout[] = [];
      let from: Item | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :rows)',
            ExpressionAttributeValues: { ':pk': { S: versionKey(product, version) }, ':rows': { S: 'ROLLOUT#' } },
            ConsistentRead: true,
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        rows.push(...(page.Items ?? []).map(rowOf));
        from = page.LastEvaluatedKey;
      } while (from);
      return rows;
    },

    /**
     * What was due before `now` (epoch ms) in one shard of the index, page by page, the latest first: what has just
     * got stuck comes before live rollouts that are due at every sweep. Eventually consistent.
     */
    async *due(shard: number, now: number): AsyncGenerator<DueRow[]> {
      let from: Item | undefined;
      do {
        const page: QueryCommandOutput = await client.send(
          new QueryCommand({
            TableName: tableName,
            IndexName: 'work',
            KeyConditionExpression: 'workShard = :shard AND dueAt < :now',
            ExpressionAttributeValues: { ':shard': { S: shardName(shard) }, ':now': number(now) },
            ScanIndexForward: false,
            Limit: DUE_PAGE,
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        yield (page.Items ?? []).map(dueRowOf);
        from = page.LastEvaluatedKey;
      } while (from);
    },

    /** Every row of the table, page by page: for people, never on the hot path. */
    async *all(): AsyncGenerator<Rollout> {
      let from: Item | undefined;
      do {
        const page = await client.send(
          new ScanCommand({
            TableName: tableName,
            FilterExpression: 'begins_with(sk, :rows)',
            ExpressionAttributeValues: { ':rows': { S: 'ROLLOUT#' } },
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        yield* (page.Items ?? []).map(rowOf);
        from = page.LastEvaluatedKey;
      } while (from);
    },
  };
}

export type Ledger = ReturnType<typeof ledger>;

async function readAll(client: Pick<DynamoDBClient, 'send'>, tableName: string, keys: readonly Key[]): Promise<Item[]> {
  const items: Item[] = [];
  for (let start = 0; start < keys.length; start += BATCH_GET_KEYS) {
    let wanted: Item[] | undefined = keys.slice(start, start + BATCH_GET_KEYS).map(native);
    for (let round = 0; wanted && wanted.length > 0; round += 1) {
      if (round === BATCH_GET_ROUNDS) throw new Error(`DynamoDB left ${wanted.length} keys of a BatchGetItem unread`);
      const answer: BatchGetItemCommandOutput = await client.send(
        new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: wanted, ConsistentRead: true } } }),
      );
      items.push(...(answer.Responses?.[tableName] ?? []));
      wanted = answer.UnprocessedKeys?.[tableName]?.Keys;
    }
  }
  return items;
}

async function putIf(
  client: Pick<DynamoDBClient, 'send'>,
  tableName: string,
  item: Item,
  revisionRead: number | undefined,
): Promise<{ done: true } | { done: false; existing?: Rollout }> {
  const condition =
    revisionRead === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }
      : { ConditionExpression: 'itemRevision = :read', ExpressionAttributeValues: { ':read': number(revisionRead) } };
  try {
    await client.send(new PutItemCommand({ TableName: tableName, Item: item, ...condition }));
    return { done: true };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    const item = (error as ConditionalCheckFailedException).Item;
    return item?.['rollout'] ? { done: false, existing: rowOf(item) } : { done: false };
  }
}

const number = (value: number): AttributeValue => ({ N: String(value) });
const json = (name: string, value: unknown): Item => ({ [name]: { S: JSON.stringify(value) } });
const native = ({ pk, sk }: Key): Item => ({ pk: { S: pk }, sk: { S: sk } });
const shardName = (shard: number): string => `shard-${shard}`;

function versionKey(product: string, version: string): string {
  return `RELEASE#${product}#${withoutBuild(version)}`;
}

function rowKey({ product, version, revision, channel }: Identity): Key {
  return { pk: versionKey(product, version), sk: `ROLLOUT#${revision}#${channel}` };
}

function withdrawalsKey(product: string, version: string): Key {
  return { pk: versionKey(product, version), sk: 'WITHDRAWALS' };
}

function headKey(product: string, channel: string): Key {
  return { pk: `CHANNEL#${product}#${channel}`, sk: 'HEAD' };
}

/** Beside the keys, `state`, `rolloutId` stand alone for people who read the table; the rest is one JSON text. */
function rowItem(row: Rollout): Item {
  return {
    ...native(rowKey(row)),
    itemRevision: number(row.itemRevision),
    state: { S: row.state },
    rolloutId: { S: row.rolloutId },
    ...json('rollout', row),
    ...(row.dueAt !== undefined && { workShard: { S: shardName(shardOf(row.rolloutId)) }, dueAt: number(row.dueAt) }),
  };
}

/** By the last hex digit before the id's end: the digest part of a rolloutId is evenly spread. */
function shardOf(rolloutId: string): number {
  return Number.parseInt(rolloutId.slice(-1), 16) % WORK_SHARDS;
}

function rowOf(item: Item): Rollout {
  const text = item['rollout']?.S;
  if (text === undefined) throw new Error(`the ledger item ${item['pk']?.S} ${item['sk']?.S} is no rollout`);
  return JSON.parse(text) as Rollout;
}

function headOf(item: Item | undefined): Head {
  if (!item) return emptyHead;
  return {
    ...(JSON.parse(item['head']?.S ?? '{}') as Pick<Head, 'lastSequence' | 'entries'>),
    itemRevision: Number(item['itemRevision']?.N),
  };
}

function withdrawalsOf(item: Item | undefined): VersionWithdrawals {
  if (!item) return { itemRevision: 0, list: [] };
  return { itemRevision: Number(item['itemRevision']?.N), list: JSON.parse(item['withdrawals']?.S ?? '[]') as RecordedWithdrawal[] };
}

function dueRowOf(item: Item): DueRow {
  const [, product = '', version = ''] = (item['pk']?.S ?? '').split('#');
  const [, revision = '', channel = ''] = (item['sk']?.S ?? '').split('#');
  return { product, version, revision: Number(revision), channel, dueAt: Number(item['dueAt']?.N) };
}
