import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { VersionWithdrawals } from '../../domain/rollout/ports.ts';
import type { Head, Identity, RecordedWithdrawal, Rollout } from '../../domain/rollout/rollout.ts';
import { headOf, heads } from './heads.ts';
import { headKey, ROLLOUTS, rowKey, withdrawalsKey } from './keys.ts';
import { readItems } from './read-items.ts';
import { rowOf, rows } from './rows.ts';
import type { Item, Table } from './table.ts';
import { withdrawals, withdrawalsOf } from './withdrawals.ts';
import { work } from './work.ts';

export { type DueRow, WORK_SHARDS } from './work.ts';

/**
 * The table that has the truth about every rollout. All writes have the same condition: the item still has the revision
 * that was read. The condition of a claim is that there is no item. If somebody else was faster, a write changes nothing and
 * returns `false`. Errors that are worth a retry are thrown. All reads are consistent, except those of the index `work`.
 *
 * | item        | pk                                    | sk                       |
 * | rollout     | RELEASE#product#version without build | ROLLOUT#revision#channel |
 * | withdrawals | RELEASE#product#version without build | WITHDRAWALS              |
 * | head        | CHANNEL#product#channel               | HEAD                     |
 *
 * The version in the key has no build metadata. So two versions that differ only there collide at the claim.
 * docs/explanation/architecture.md lists the access patterns.
 */
export function ledger(client: Pick<DynamoDBClient, 'send'>, tableName: string) {
  const table: Table = { client, name: tableName };
  return {
    ...rows(table),
    ...heads(table),
    ...withdrawals(table),
    ...work(table),

    /** With one call: those of the wanted rows that exist, and the withdrawals of the version. */
    async lookUp(
      product: string,
      version: string,
      wanted: readonly Pick<Identity, 'revision' | 'channel'>[],
    ): Promise<{ rows: Rollout[]; withdrawals: VersionWithdrawals }> {
      const keys = [...wanted.map((one) => rowKey({ product, version, ...one })), withdrawalsKey(product, version)];
      const items = await readItems(table, keys);
      return {
        rows: items.filter((item) => item['sk']?.S?.startsWith(ROLLOUTS)).map(rowOf),
        withdrawals: withdrawalsOf(items.find((item) => item['sk']?.S === 'WITHDRAWALS')),
      };
    },

    /** With one call: the row of a rollout (`undefined` if there is none), the head of its channel, the withdrawals of its version. */
    async load(identity: Identity): Promise<{ row: Rollout | undefined; head: Head; withdrawals: readonly RecordedWithdrawal[] }> {
      const keys = [rowKey(identity), headKey(identity.product, identity.channel), withdrawalsKey(identity.product, identity.version)];
      const items = await readItems(table, keys);
      const found = (sk: string): Item | undefined => items.find((item) => item['sk']?.S === sk);
      const row = found(rowKey(identity).sk);
      return { row: row && rowOf(row), head: headOf(found('HEAD')), withdrawals: withdrawalsOf(found('WITHDRAWALS')).list };
    },
  };
}

export type Ledger = ReturnType<typeof ledger>;
