import type { Holds } from '../../domain/gate/holds.ts';
import { compareReleases, compareVersions, withoutBuild } from '../../domain/release/version.ts';
import { type AcceptedRelease, type RecordedWithdrawal, type Rollout, withdrawalOf } from '../../domain/rollout/rollout.ts';
import type { Stage } from '../stage/stage.ts';
import type { KnownRollout } from './read-model.ts';

/** What the ledger knows of what was asked for. `accepted` is only there for one version. */
export type Found = {
  readonly accepted: readonly AcceptedRelease[];
  readonly rollouts: readonly KnownRollout[];
  /** Withdrawals of releases that never came. */
  readonly ahead: readonly { readonly product: string; readonly withdrawal: RecordedWithdrawal }[];
  /** The holds of each product that has any, or had. */
  readonly holds: readonly ProductHolds[];
};

/** The holds of one product. */
export type ProductHolds = { readonly product: string; readonly holds: Holds };

/**
 * Reads the rollouts, withdrawals and holds of one version, of one product, or of everything, oldest release first. A version that has
 * build metadata is another one than the same version without.
 */
export async function readReleases(ledger: Stage['ledger'], product: string | undefined, version: string | undefined): Promise<Found> {
  if (product !== undefined && version !== undefined) {
    const [{ accepted, rows, withdrawals }, { holds }] = await Promise.all([ledger.releaseOf(product, version), ledger.holds(product)]);
    const isAsked = (one: { readonly version: string }): boolean => one.version === version;
    const known = joined(product, rows.filter(isAsked), withdrawals.filter(isAsked));
    return { accepted: accepted.filter(isAsked), ...known, holds: [{ product, holds }] };
  }
  const versions = new Map<string, { product: string; rows: Rollout[]; withdrawals: RecordedWithdrawal[] }>();
  const holds: ProductHolds[] = [];
  for await (const entry of ledger.everything()) {
    if (entry.kind === 'holds') {
      if (product === undefined || entry.product === product) holds.push(entry);
      continue;
    }
    const of = entry.kind === 'row' ? entry.row : entry;
    if (product !== undefined && of.product !== product) continue;
    const key = JSON.stringify([of.product, withoutBuild(of.version)]);
    const known = versions.get(key) ?? { product: of.product, rows: [], withdrawals: [] };
    versions.set(key, known);
    if (entry.kind === 'row') known.rows.push(entry.row);
    else known.withdrawals.push(...entry.list);
  }
  const all = [...versions.values()].map((known) => joined(known.product, known.rows, known.withdrawals));
  return {
    accepted: [],
    rollouts: all.flatMap(({ rollouts }) => rollouts).sort((a, b) => byProductAndRelease(a.row, b.row)),
    ahead: all.flatMap(({ ahead }) => ahead).sort(byProductAndVersion),
    holds: holds.sort((a, b) => a.product.localeCompare(b.product)),
  };
}

function joined(product: string, rows: readonly Rollout[], withdrawals: readonly RecordedWithdrawal[]): Pick<Found, 'rollouts' | 'ahead'> {
  const isOfRow = (withdrawal: RecordedWithdrawal): boolean => rows.some((row) => withdrawalOf(row, [withdrawal]) !== undefined);
  return {
    rollouts: rows.toSorted(byProductAndRelease).map((row) => ({ row, withdrawal: row.withdrawnBy ?? withdrawalOf(row, withdrawals) })),
    ahead: withdrawals.filter((withdrawal) => !isOfRow(withdrawal)).map((withdrawal) => ({ product, withdrawal })),
  };
}

function byProductAndRelease(a: Rollout, b: Rollout): number {
  return a.product.localeCompare(b.product) || compareReleases(a, b) || a.channel.localeCompare(b.channel);
}

function byProductAndVersion(a: Found['ahead'][number], b: Found['ahead'][number]): number {
  return (
    a.product.localeCompare(b.product) || compareVersions(a.withdrawal.version, b.withdrawal.version) || a.withdrawal.at - b.withdrawal.at
  );
}
