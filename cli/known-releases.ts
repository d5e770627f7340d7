import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import type { VersionOverview } from '../adapters/ledger/ledger.ts';
import { compareReleases } from '../domain/release/version.ts';
import { missing, type Stage } from './stage.ts';

/** What the ledger of a stage knows of a version. Throws UsageError if the stage has no ledger. */
export function overviewOf(stage: Stage, product: string, version: string): Promise<VersionOverview> {
  return stage.ledger.releaseOf(product, version).catch((error: unknown) => {
    throw error instanceof ResourceNotFoundException ? missing(stage.name, 'ledger', error) : error;
  });
}

/** The versions of a product that were ever accepted, the newest first. It reads the whole ledger, so only a mistake may need it. */
export async function versionsOf(stage: Stage, product: string): Promise<string[]> {
  const versions = new Set<string>();
  for await (const entry of stage.ledger.everything()) {
    if (entry.kind === 'row' && entry.row.product === product) versions.add(entry.row.version);
  }
  return [...versions].sort((a, b) => compareReleases({ version: b, revision: 1 }, { version: a, revision: 1 }));
}
