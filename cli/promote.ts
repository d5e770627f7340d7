import type { VersionOverview } from '../adapters/ledger/ledger.ts';
import { parseInstant } from '../domain/release/instant.ts';
import { type AcceptedRelease, withdrawalOf } from '../domain/rollout/rollout.ts';
import { warningLines } from '../operator/events/judge-event.ts';
import { judgeOf } from '../operator/events/judged-event.ts';
import { overviewOf, versionsOf } from '../operator/reads/known-releases.ts';
import { type Configuration, configurationIfAny } from '../operator/stage/configuration.ts';
import { openStage, type Stage, unreachable } from '../operator/stage/stage.ts';
import { releaseName } from '../operator/words/release-words.ts';
import { unknownName } from '../operator/words/unknown-name.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { ota } from '../scripts/installation.ts';
import { escaped, printError, printHelp } from '../scripts/layout.ts';
import { readFollowOptions, releaseFollowHelp, releaseFollowOptions } from './follow-options.ts';
import { publishAndFollow } from './publish-and-follow.ts';
import { reject } from './reject.ts';
import { busHelp, busOption, channelsHelp, stageHelp, stageOptions } from './stage-options.ts';
import { askSource, publisherHelp } from './steering-options.ts';
import { readRevision } from './withdraw.ts';

const help = `Usage: ${ota} promote PRODUCT VERSION --to CHANNEL [OPTIONS]

Publishes a release that was accepted before to a further channel, with the
content that was accepted. It prints what it sends, and follows it as
\`publish\` does. The warnings of plan go to stderr.

  --to C         the channel; can be repeated
  --revision N   the revision (default: the highest one that was accepted)
${releaseFollowHelp}
${publisherHelp}
${channelsHelp}
${busHelp}
${stageHelp}

Exit status:
  0    as of publish
  1    as of publish, or notAfter or endAt of the release has passed, or the
       release was withdrawn
  2    wrong usage, or an unknown product, version, revision or channel
  130  Ctrl-C`;

/**
 * `ota promote`. Answers the exit status of {@link publishAndFollow}, and 1 without publishing if the service would reject the
 * release or if its time has passed. Throws UsageError for what is unknown.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        ...stageOptions,
        ...busOption,
        ...releaseFollowOptions,
        channels: { type: 'string' },
        source: { type: 'string' },
        revision: { type: 'string' },
        to: { type: 'string', multiple: true },
      },
    },
    { channel: 'did you mean --to?' },
  );
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const [product, version, ...more] = positionals;
  if (product === undefined || version === undefined || more.length > 0)
    throw new UsageError('exactly a product and a version are required');
  const { to: channels } = values;
  if (channels === undefined) throw new UsageError('--to is required, such as --to beta');
  const revision = readRevision(values.revision);
  const stage = openStage(values);
  const options = readFollowOptions(values, stage);
  const configuration = await configurationIfAny(stage, values.channels);
  if (configuration !== undefined) requireChannels(product, channels, configuration);
  try {
    const overview = await overviewOf(stage, product, version);
    const accepted = await acceptedReleaseOf(stage, { product, version, revision }, overview);
    requireTime(accepted, Date.now());
    requireNotWithdrawn(accepted, channels, overview);
    const detail = { ...accepted.detail, channels };
    const judge = await judgeOf(stage, {
      channelsFile: values.channels,
      source: values.source,
      warn: console.error,
      askSource: () => askSource(stage),
    });
    const judged = await judge.judge(Buffer.from(JSON.stringify(detail)));
    if (!judged.ok) {
      if (judged.rejections.some(({ path }) => path.startsWith('schedulingConfig.')))
        printError(`the times of ${releaseName(accepted)} cannot change: publish a new revision with other times`);
      return reject(judged, options);
    }
    if (!options.json) console.log(escaped(JSON.stringify(detail, null, 2)));
    if (judged.given.kind !== 'release') throw new UsageError('only a release can be promoted');
    for (const line of warningLines(judged.warnings)) printError(line);
    return await publishAndFollow(stage, judged.event, judged.given.release, options, { detail, warnings: judged.warnings });
  } catch (error) {
    throw unreachable(error, stage.endpoint);
  }
}

function requireChannels(product: string, wanted: readonly string[], { name, channels }: Configuration): void {
  const { products } = channels;
  const found = Object.hasOwn(products, product) ? products[product] : undefined;
  if (found === undefined)
    throw new UsageError(`${name} has no product ${unknownName(product, Object.keys(products))}; use --channels for another file`);
  const unknown = wanted.find((channel) => !Object.hasOwn(found.channels, channel));
  if (unknown !== undefined)
    throw new UsageError(
      `${name} has no channel ${unknownName(unknown, Object.keys(found.channels), `${product} has`)}; use --channels for another file`,
    );
}

/** The release that a revision stands for. Without a revision it is the highest one. Throws UsageError with the names that exist. */
async function acceptedReleaseOf(
  stage: Stage,
  { product, version, revision }: { readonly product: string; readonly version: string; readonly revision: number | undefined },
  { accepted, rows }: VersionOverview,
): Promise<AcceptedRelease> {
  const ofVersion = accepted.filter((release) => release.version === version).sort((a, b) => b.revision - a.revision);
  if (ofVersion.length === 0) {
    if (rows.some((row) => row.version === version))
      throw new Error(
        `the ledger has rollouts of ${product} ${version} but not what was accepted: publish its file again with one more channel`,
      );
    throw new UsageError(`${product} has no accepted version ${unknownName(version, await versionsOf(stage, product))}`);
  }
  const found = revision === undefined ? ofVersion[0] : ofVersion.find((release) => release.revision === revision);
  if (found !== undefined) return found;
  const known = ofVersion.map((release) => String(release.revision));
  throw new UsageError(`${product} ${version} has no accepted revision ${unknownName(String(revision), known)}`);
}

/** Throws Error if the content of a release names a time that has passed. Its content cannot change, so a new revision is needed. */
function requireTime({ detail, ...release }: AcceptedRelease, now: number): void {
  for (const member of ['notAfter', 'endAt'] as const) {
    const text = detail[member];
    const instant = text === undefined ? undefined : parseInstant(text);
    if (instant === undefined || instant >= now) continue;
    throw new Error(`${member} of ${releaseName(release)} was ${text}, which has passed: publish a new revision with another ${member}`);
  }
}

function requireNotWithdrawn(release: AcceptedRelease, channels: readonly string[], { withdrawals }: VersionOverview): void {
  for (const channel of channels) {
    const withdrawal = withdrawalOf({ ...release, channel }, withdrawals);
    if (withdrawal === undefined) continue;
    const advice = withdrawal.revision === undefined ? 'publish a new version' : 'publish a new revision or a new version';
    throw new Error(`${releaseName(release)} was withdrawn from ${channel}: ${advice}`);
  }
}
