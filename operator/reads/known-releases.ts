import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import type { VersionOverview } from '../../adapters/ledger/ledger.ts';
import type { Holds } from '../../domain/gate/holds.ts';
import { compareReleases } from '../../domain/release/version.ts';
import { isFinal, type Rollout } from '../../domain/rollout/rollout.ts';
import { missing, type Stage } from '../stage/stage.ts';

/** What the ledger of a stage knows of a version. Throws UsageError if the stage has no ledger. */
export function overviewOf(stage: Stage, product: string, version: string): Promise<VersionOverview> {
  return stage.ledger.releaseOf(product, version).catch((error: unknown) => {
    throw error instanceof ResourceNotFoundException ? missing(stage.name, 'ledger', error) : error;
  });
}

/** The holds of a product, those that have ended too. Throws UsageError if the stage has no ledger. */
export async function holdsOf(stage: Stage, product: string): Promise<Holds> {
  const { holds } = await stage.ledger.holds(product).catch((error: unknown) => {
    throw error instanceof ResourceNotFoundException ? missing(stage.name, 'ledger', error) : error;
  });
  return holds;
}

/** The rollouts of a product that have not ended, oldest release first. It reads the whole ledger, as `ota status PRODUCT` does. */
export async function unfinishedRollouts(stage: Stage, product: string): Promise<Rollout[]> {
  const rows: Rollout[] = [];
  for await (const entry of stage.ledger.everything()) {
    if (entry.kind === 'row' && entry.row.product === product && !isFinal(entry.row.state)) rows.push(entry.row);
  }
  return rows.sort((a, b) => compareReleases(a, b) || a.channel.localeCompare(b.channel));
}

/** The versions of a product that were ever accepted, the newest first. It reads the whole ledger, so only a mistake may need it. */
export async function versionsOf(stage: Stage, product: string): Promise<string[]> {
  const versions = new Set<string>();
  for await (const entry of stage.ledger.everything()) {
    if (entry.kind === 'row' && entry.row.product === product) versions.add(entry.row.version);
  }
  return [...versions].sort((a, b) => compareReleases({ version: b, revision: 1 }, { version: a, revision: 1 }));
}
