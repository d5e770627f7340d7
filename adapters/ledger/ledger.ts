import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Release } from '../../domain/release/release.ts';
import type { Known, Loaded } from '../../domain/rollout/ports.ts';
import type { Identity } from '../../domain/rollout/rollout.ts';
import { accepted, acceptedOf } from './accepted.ts';
import { approvals, approvalsOf } from './approvals.ts';
import { readsForPeople } from './for-people.ts';
import { headOf, heads } from './heads.ts';
import { holds, holdsOf } from './holds.ts';
import { ACCEPTED, acceptedKey, approvalsKey, headKey, holdsKey, ROLLOUTS, rowKey, withdrawalsKey } from './keys.ts';
import { readItems } from './read-items.ts';
import { rowOf, rows } from './rows.ts';
import type { Item, Table } from './table.ts';
import { upstreams } from './upstreams.ts';
import { withdrawals, withdrawalsOf } from './withdrawals.ts';
import { work } from './work.ts';

export { type BatchedReads, batchedReads } from './batched-reads.ts';
export type { VersionOverview } from './for-people.ts';
export { rowKey } from './keys.ts';
export type { DueRow } from './work.ts';
export { WORK_SHARDS, type WorkKind, workKinds } from './work-shards.ts';

/**
 * The table that has the truth about every rollout. All writes have the same condition: the item still has the revision
 * that was read. The condition of a claim is that there is no item. If somebody else was faster, a write changes nothing and
 * returns `false`. Errors that are worth a retry are thrown. All reads are consistent, except those of the index `work`.
 *
 * | item             | pk                                    | sk                       |
 * | accepted release | RELEASE#product#version without build | ACCEPTED#revision        |
 * | rollout          | RELEASE#product#version without build | ROLLOUT#revision#channel |
 * | withdrawals      | RELEASE#product#version without build | WITHDRAWALS              |
 * | approvals        | RELEASE#product#version without build | APPROVALS                |
 * | head             | CHANNEL#product#channel               | HEAD                     |
 * | holds            | PRODUCT#product                       | HOLDS                    |
 *
 * The version in the key has no build metadata. So two versions that differ only there collide at the claim.
 * docs/explanation/architecture.md lists the access patterns.
 */
export function ledger(client: Pick<DynamoDBClient, 'send'>, tableName: string, pause = sleep) {
  const table: Table = { client, name: tableName, pause };
  return {
    ...accepted(table),
    ...rows(table),
    ...heads(table),
    ...withdrawals(table),
    ...approvals(table),
    ...holds(table),
    ...upstreams(table),
    ...readsForPeople(table),
    ...work(table),

    /**
     * With one call: the rows of a release that exist on its channels, the withdrawals of its version, and what its revision stands
     * for. A batch read is no snapshot, so a row can be there without the item that was written with it. Both have the same content.
     */
    async lookUp(release: Pick<Release, 'product' | 'version' | 'revision' | 'channels'>): Promise<Known> {
      const { product, version, channels } = release;
      const ofRows = channels.map((channel) => rowKey({ ...release, channel }));
      const items = await readItems(table, [...ofRows, withdrawalsKey(product, version), acceptedKey(release)]);
      const ofRelease = items.find((item) => item['sk']?.S?.startsWith(ACCEPTED));
      const rowsOfRelease = items.filter((item) => item['sk']?.S?.startsWith(ROLLOUTS)).map(rowOf);
      return {
        rows: rowsOfRelease,
        withdrawals: withdrawalsOf(items.find((item) => item['sk']?.S === 'WITHDRAWALS')),
        accepted: ofRelease ? acceptedOf(ofRelease) : rowsOfRelease[0],
      };
    },

    /** With one call: the row of a rollout (`undefined` if there is none), and everything beside it that decides its next step. */
    async load(identity: Identity): Promise<Loaded> {
      const { product, version, channel } = identity;
      const beside = [withdrawalsKey(product, version), approvalsKey(product, version), holdsKey(product)];
      const items = await readItems(table, [rowKey(identity), headKey(product, channel), ...beside]);
      const found = (sk: string): Item | undefined => items.find((item) => item['sk']?.S === sk);
      const row = found(rowKey(identity).sk);
      return {
        row: row && rowOf(row),
        head: headOf(found('HEAD')),
        withdrawals: withdrawalsOf(found('WITHDRAWALS')).list,
        approvals: approvalsOf(found('APPROVALS')).list,
        holds: holdsOf(found('HOLDS')).holds,
      };
    },
  };
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

export type Ledger = ReturnType<typeof ledger>;
