import type { AcceptedRelease, Rollout } from '../../domain/rollout/rollout.ts';
import { UsageError } from '../../scripts/command.ts';
import { overviewOf, versionsOf } from '../reads/known-releases.ts';
import { outlookOf, steeringReader } from '../reads/outlook.ts';
import type { KnownRollout } from '../reads/read-model.ts';
import type { Configuration } from '../stage/configuration.ts';
import { productOf } from '../stage/source-of-product.ts';
import type { Stage } from '../stage/stage.ts';
import { unknownName } from '../words/unknown-name.ts';

/** A release on one channel, about which a person says yes or no. */
export type Subject = {
  readonly product: string;
  readonly version: string;
  readonly revision: number;
  readonly channel: string;
  readonly releaseDigest: string;
  /** What the ledger keeps of its content. */
  readonly accepted: AcceptedRelease | undefined;
  /** Its rollout, with what it waits for now. Undefined if it was not published to the channel yet. */
  readonly known: KnownRollout | undefined;
};

/** A release on a channel, as a person names it. */
export type OnChannel = {
  readonly product: string;
  readonly version: string;
  readonly channel: string;
  readonly revision?: number | undefined;
};

/**
 * The release that a person names, on a channel. Without a revision it is the highest one on the channel, or else the highest that was
 * accepted. Throws UsageError with the names that exist.
 */
export async function subjectOf(stage: Stage, asked: OnChannel, configuration: Configuration | undefined): Promise<Subject> {
  const { product, version, channel } = asked;
  const overview = await overviewOf(stage, product, version);
  const rows = overview.rows.filter((row) => row.version === version);
  const accepted = overview.accepted.filter((release) => release.version === version);
  if (rows.length + accepted.length === 0)
    throw new UsageError(`${product} has no accepted version ${unknownName(version, await versionsOf(stage, product))}`);
  requireChannel(asked, rows, configuration);
  const onChannel = rows.filter((row) => row.channel === channel);
  const revisions = [...new Set([...rows, ...accepted].map((one) => one.revision))].sort((a, b) => b - a);
  const revision = asked.revision ?? Math.max(...(onChannel.length > 0 ? onChannel.map((row) => row.revision) : revisions));
  if (!revisions.includes(revision))
    throw new UsageError(`${product} ${version} has no accepted revision ${unknownName(String(revision), revisions.map(String))}`);
  const ofRevision = accepted.find((release) => release.revision === revision);
  const row = onChannel.find((one) => one.revision === revision);
  const content = row ?? ofRevision ?? rows.find((one) => one.revision === revision);
  return {
    ...{ product, version, revision, channel, releaseDigest: content?.releaseDigest ?? '' },
    accepted: ofRevision,
    known: row && (await knownOf(stage, row)),
  };
}

/** A rollout with what it waits for now. */
export async function knownOf(stage: Stage, row: Rollout): Promise<KnownRollout & Required<Pick<KnownRollout, 'steering'>>> {
  const steering = await steeringReader(stage).of(row);
  return { row, withdrawal: row.withdrawnBy, steering, outlook: outlookOf(row, steering, Date.now()) };
}

function requireChannel({ product, channel }: OnChannel, rows: readonly Rollout[], configuration: Configuration | undefined): void {
  const configured = configuration ? Object.keys(productOf(product, configuration).channels) : [];
  const known = [...new Set([...rows.map((row) => row.channel), ...configured])];
  if (known.includes(channel)) return;
  const words = (has: string): string => `${product} has no channel ${unknownName(channel, known, has)}`;
  if (configuration === undefined) throw new UsageError(words('the ledger has'));
  throw new UsageError(`${words(`${configuration.name} and the ledger have`)}; use --channels for another file`);
}
