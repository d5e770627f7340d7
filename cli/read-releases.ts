import { compareReleases, compareVersions, withoutBuild } from '../domain/release/version.ts';
import { type AcceptedRelease, type RecordedWithdrawal, type Rollout, withdrawalOf } from '../domain/rollout/rollout.ts';
import type { KnownRollout } from './read-model.ts';
import type { Stage } from './stage.ts';

/** What the ledger knows of what was asked for. `accepted` is only there for one version. */
export type Found = {
  readonly accepted: readonly AcceptedRelease[];
  readonly rollouts: readonly KnownRollout[];
  /** Withdrawals of releases that never came. */
  readonly ahead: readonly { readonly product: string; readonly withdrawal: RecordedWithdrawal }[];
};

/**
 * Reads the rollouts and withdrawals of one version, of one product, or of everything, oldest release first. A version that has
 * build metadata is another one than the same version without.
 */
export async function readReleases(ledger: Stage['ledger'], product: string | undefined, version: string | undefined): Promise<Found> {
  if (product !== undefined && version !== undefined) {
    const { accepted, rows, withdrawals } = await ledger.releaseOf(product, version);
    const isAsked = (one: { readonly version: string }): boolean => one.version === version;
    return { accepted: accepted.filter(isAsked), ...joined(product, rows.filter(isAsked), withdrawals.filter(isAsked)) };
  }
  const versions = new Map<string, { product: string; rows: Rollout[]; withdrawals: RecordedWithdrawal[] }>();
  for await (const entry of ledger.everything()) {
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
  };
}

function joined(product: string, rows: readonly Rollout[], withdrawals: readonly RecordedWithdrawal[]): Omit<Found, 'accepted'> {
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
