import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import type { VersionOverview } from '../../adapters/ledger/ledger.ts';
import type { Holds } from '../../domain/gate/holds.ts';
import { compareReleases } from '../../domain/release/version.ts';
import { isFinal, type Rollout } from '../../domain/rollout/rollout.ts';
import { missing, type Stage } from '../stage/stage.ts';

/** What was read of the ledger of a stage. Throws UsageError if the stage has no ledger. */
export function withLedger<T>(stage: Pick<Stage, 'name'>, reading: Promise<T>): Promise<T> {
  return reading.catch((error: unknown) => {
    throw error instanceof ResourceNotFoundException ? missing(stage.name, 'ledger', error) : error;
  });
}

/** What the ledger of a stage knows of a version. Throws UsageError if the stage has no ledger. */
export function overviewOf(stage: Stage, product: string, version: string): Promise<VersionOverview> {
  return withLedger(stage, stage.ledger.releaseOf(product, version));
}

/** The holds of a product, those that have ended too. Throws UsageError if the stage has no ledger. */
export async function holdsOf(stage: Stage, product: string): Promise<Holds> {
  return (await withLedger(stage, stage.ledger.holds(product))).holds;
}

/**
 * The rollouts of a product that have not ended, at most a thousand, oldest release first. It reads the index of what is due, so it can
 * miss a rollout that was claimed a moment ago.
 */
export async function unfinishedRollouts(stage: Stage, product: string): Promise<Rollout[]> {
  const rows = await stage.ledger.unfinishedOf(product);
  return rows.filter(({ state }) => !isFinal(state)).sort((a, b) => compareReleases(a, b) || a.channel.localeCompare(b.channel));
}

/** The versions of a product that were ever accepted, the newest first. It reads the whole ledger, so only a mistake may need it. */
export async function versionsOf(stage: Stage, product: string): Promise<string[]> {
  const versions = new Set<string>();
  for await (const entry of stage.ledger.everything()) {
    if (entry.kind === 'row' && entry.row.product === product) versions.add(entry.row.version);
  }
  return [...versions].sort((a, b) => compareReleases({ version: b, revision: 1 }, { version: a, revision: 1 }));
}
