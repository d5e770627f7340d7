import { QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Holds } from '../../domain/gate/holds.ts';
import type { AcceptedRelease, RecordedWithdrawal, Rollout } from '../../domain/rollout/rollout.ts';
import { acceptedOf } from './accepted.ts';
import { holdsOf } from './holds.ts';
import { ACCEPTED, identityOf, ROLLOUTS, versionKey } from './keys.ts';
import { rowOf } from './rows.ts';
import type { Item, Table } from './table.ts';
import { withdrawalsOf } from './withdrawals.ts';

/** What the ledger knows of a version, whatever the build metadata of its releases. */
export type VersionOverview = {
  readonly accepted: readonly AcceptedRelease[];
  readonly rows: readonly Rollout[];
  readonly withdrawals: readonly RecordedWithdrawal[];
};

/** An item of the ledger that people want to see. The version of withdrawals has no build metadata. */
export type Entry =
  | { readonly kind: 'row'; readonly row: Rollout }
  | { readonly kind: 'holds'; readonly product: string; readonly holds: Holds }
  | { readonly kind: 'withdrawals'; readonly product: string; readonly version: string; readonly list: readonly RecordedWithdrawal[] };

/** Reads for people. The handlers never use them, because they read more than one call needs. */
export function readsForPeople(table: Table) {
  return {
    /** Everything about a version: what its revisions stand for, every rollout, and its withdrawals. */
    async releaseOf(product: string, version: string): Promise<VersionOverview> {
      const items: Item[] = [];
      let from: Item | undefined;
      do {
        const page = await table.client.send(
          new QueryCommand({
            TableName: table.name,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': { S: versionKey(product, version) } },
            ConsistentRead: true,
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        items.push(...(page.Items ?? []));
        from = page.LastEvaluatedKey;
      } while (from);
      const withSortKey = (start: string) => items.filter(({ sk }) => sk?.S?.startsWith(start));
      return {
        accepted: withSortKey(ACCEPTED).map(acceptedOf),
        rows: withSortKey(ROLLOUTS).map(rowOf),
        withdrawals: withdrawalsOf(withSortKey('WITHDRAWALS')[0]).list,
      };
    },

    /** Every rollout, every withdrawal and every hold. This scans the table. */
    async *everything(): AsyncGenerator<Entry> {
      let from: Item | undefined;
      do {
        const page = await table.client.send(
          new ScanCommand({
            TableName: table.name,
            FilterExpression: 'begins_with(sk, :rows) OR sk IN (:withdrawals, :holds)',
            ExpressionAttributeValues: { ':rows': { S: ROLLOUTS }, ':withdrawals': { S: 'WITHDRAWALS' }, ':holds': { S: 'HOLDS' } },
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        yield* (page.Items ?? []).map(entryOf);
        from = page.LastEvaluatedKey;
      } while (from);
    },
  };
}

function entryOf(item: Item): Entry {
  if (item['rollout']) return { kind: 'row', row: rowOf(item) };
  if (item['sk']?.S === 'HOLDS') return { kind: 'holds', product: identityOf(item).product, holds: holdsOf(item).holds };
  const { product, version } = identityOf(item);
  return { kind: 'withdrawals', product, version, list: withdrawalsOf(item).list };
}
