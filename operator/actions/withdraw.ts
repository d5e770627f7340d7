import { releaseWithdrawn } from '../../domain/release/intake.ts';
import type { Withdrawal } from '../../domain/release/withdrawal.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { UsageError } from '../../scripts/command.ts';
import type { OutgoingEvent } from '../events/publish-event.ts';
import { overviewOf, versionsOf } from '../reads/known-releases.ts';
import type { Configuration } from '../stage/configuration.ts';
import { sourceOf, sourceOfProduct } from '../stage/source-of-product.ts';
import type { Stage } from '../stage/stage.ts';
import { releaseName } from '../words/release-words.ts';
import { unknownName } from '../words/unknown-name.ts';
import { isInScope } from './until-stopped.ts';

/** A withdrawal that was judged and not sent. `rows` are the rollouts in its scope. */
export type PreparedWithdrawal = { readonly event: OutgoingEvent; readonly rows: readonly Rollout[] };

/**
 * Reads what a withdrawal would stop. With `isAhead`, what it names may be yet to come. Without a configuration, only the ledger knows
 * what exists, and `source` is required. Throws UsageError with the names that exist if it
 * names a product, a version, a revision or a channel that does not.
 */
export async function prepareWithdrawal(
  stage: Stage,
  configuration: Configuration | undefined,
  withdrawal: Withdrawal,
  { isAhead, source: given }: { readonly isAhead: boolean; readonly source?: string | undefined },
): Promise<PreparedWithdrawal> {
  const { product } = withdrawal;
  const source = configuration && given === undefined ? sourceOfProduct(product, configuration) : sourceOf(product, given, configuration);
  const rows = await stoppedBy(stage, withdrawal, configuration, isAhead);
  return { event: withdrawalEvent(withdrawal, source), rows };
}

/** The event of a withdrawal. What is a default of its schema is left out. */
export function withdrawalEvent({ schemaVersion: _, force, ...detail }: Withdrawal, source: string): OutgoingEvent {
  return { source, detailType: releaseWithdrawn, detail: JSON.stringify({ ...detail, ...(force && { force }) }) };
}

/**
 * The rollouts that a withdrawal stops. Unless it comes ahead of its release, everything that it names must have one, or must have
 * been withdrawn by that name before. Ahead of its release, its channels must be in channels.yml or have a rollout. A slip of the
 * finger would stop nothing and block another version for ever. Throws UsageError with the names that exist.
 */
async function stoppedBy(
  stage: Stage,
  withdrawal: Withdrawal,
  configuration: Configuration | undefined,
  isAhead: boolean,
): Promise<Rollout[]> {
  const { product, version, revision, channels: wanted = [] } = withdrawal;
  const { rows, withdrawals } = await overviewOf(stage, product, version);
  const stopped = rows.filter((row) => isInScope(row, withdrawal));
  const ofVersion = rows.filter((row) => row.version === version);
  requireChannels(product, wanted, ofVersion, configuration);
  if (isAhead) return stopped;
  const earlier = withdrawals.filter((one) => one.version === version && one.revision === revision);
  const ahead = 'if it is yet to come, add --ahead';
  if (ofVersion.length === 0 && earlier.length === 0)
    throw new UsageError(`${product} has no rollout of version ${unknownName(version, await versionsOf(stage, product))}; ${ahead}`);
  const ofRevision = ofVersion.filter((row) => (revision ?? row.revision) === row.revision);
  if (ofRevision.length === 0 && earlier.length === 0) {
    const revisions = [...new Set(ofVersion.map((row) => String(row.revision)))];
    throw new UsageError(`${product} ${version} has no rollout of revision ${unknownName(String(revision), revisions)}; ${ahead}`);
  }
  const named = [...new Set([...ofRevision.map((row) => row.channel), ...earlier.flatMap((one) => one.channels ?? [])])];
  const missing = wanted.find((channel) => !named.includes(channel));
  if (missing === undefined) return stopped;
  const only = named.length === 0 ? '' : `, only on ${named.join(', ')}`;
  throw new UsageError(`${releaseName(withdrawal)} has no rollout on channel ${missing}${only}; ${ahead}`);
}

/** A channel must be in channels.yml, or have a rollout from the time when it was. No release can come to any other channel. */
function requireChannels(product: string, wanted: readonly string[], rows: readonly Rollout[], configuration: Configuration | undefined) {
  if (configuration === undefined) return;
  const { channels, name } = configuration;
  const configured = Object.keys(channels.products[product]?.channels ?? {});
  const known = [...new Set([...rows.map((row) => row.channel), ...configured])];
  const unknown = wanted.find((channel) => !known.includes(channel));
  if (unknown !== undefined)
    throw new UsageError(
      `${product} has no channel ${unknownName(unknown, known, `${name} and the ledger have`)}; use --channels for another file`,
    );
}
