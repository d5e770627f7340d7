import { compact } from '../domain/json/compact.ts';
import { releaseWithdrawn } from '../domain/release/intake.ts';
import { parseWithdrawal, type Withdrawal } from '../domain/release/withdrawal.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { publishEvent } from '../operator/events/publish-event.ts';
import { overviewOf, versionsOf } from '../operator/reads/known-releases.ts';
import { type Configuration, configurationOf } from '../operator/stage/configuration.ts';
import { sourceOfProduct } from '../operator/stage/source-of-product.ts';
import { openStage, type Stage, unreachable } from '../operator/stage/stage.ts';
import { unknownName } from '../operator/words/unknown-name.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { confirm, requireTerminal } from './ask.ts';
import { followHelp, followOptions, readFollowOptions } from './follow-options.ts';
import { followWithdrawal, intentLines, isInScope } from './follow-withdrawal.ts';
import { releaseName } from './publish-and-follow.ts';
import { busHelp, busOption, channelsHelp, stageHelp, stageOptions } from './stage-options.ts';

const help = `Usage: npm run ota -- withdraw PRODUCT VERSION [OPTIONS]

Stops every live rollout of a version, and blocks every revision of it from now on. Nobody can undo that.
It shows what it will stop. On a deployed stage it asks.

  --revision N   only this revision (default: all)
  --channel C    only this channel (default: all); can be repeated
  --ahead        the release is yet to come: block a version, a revision or a channel of channels.yml without a rollout
  --reason CODE  a reason code for programs (AWS IoT gets it in capitals)
  --comment TEXT a comment for AWS
  --force        also cancel the update on devices that have started it (not with managed integrations)
  --yes          do not ask
${followHelp}
${channelsHelp}
${busHelp}
${stageHelp}

Exit status:
  0    every rollout has stopped. With --no-wait: the withdrawal is published
  1    rejected, not processed, not stopped in time, or you answered no
  2    wrong usage, an unknown product, version, revision or channel, or no terminal and no --yes
  130  Ctrl-C`;

/**
 * `ota withdraw`. Answers 0 after every rollout has stopped, or with `--no-wait` after the withdrawal was published. Answers 1 if
 * a person said no, or if the time was over. Throws UsageError for what is unknown, and if nobody can be asked.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...stageOptions,
      ...busOption,
      ...followOptions,
      channels: { type: 'string' },
      revision: { type: 'string' },
      channel: { type: 'string', multiple: true },
      ahead: { type: 'boolean', default: false },
      reason: { type: 'string' },
      comment: { type: 'string' },
      force: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return exit.ok;
  }
  const [product, version, ...more] = positionals;
  if (product === undefined || version === undefined || more.length > 0)
    throw new UsageError('exactly a product and a version are required');
  const revision = readRevision(values.revision);
  const { channel: channels, reason: reasonCode, comment } = values;
  const detail = compact({ product, version, revision, channels, reasonCode, comment, force: values.force || undefined });
  const parsed = parseWithdrawal(detail);
  // The service would reject it too, but with --no-wait nobody would see that here.
  if (!parsed.ok) throw new UsageError(`${parsed.rejection.path}: ${parsed.rejection.message}`);
  const stage = openStage(values);
  const options = readFollowOptions(values, stage);
  const mustAsk = !stage.isLocal && !values.yes;
  if (mustAsk) requireTerminal(`a withdrawal on stage ${stage.name}`);
  const configuration = await configurationOf(stage, values.channels);
  const source = sourceOfProduct(product, configuration);
  try {
    const rows = await stoppedBy(stage, parsed.value, configuration, values.ahead);
    if (!options.json) for (const line of intentLines(rows)) console.log(line);
    if (mustAsk && !(await confirm(`Withdraw ${scopeName(parsed.value)} on stage ${stage.name}? Nobody can undo that.`))) {
      console.log(values.json ? JSON.stringify({ rollouts: [] }) : 'nothing was withdrawn');
      return exit.failed;
    }
    const eventId = await publishEvent(stage, { source, detailType: releaseWithdrawn, detail: JSON.stringify(detail) });
    return await followWithdrawal(stage, parsed.value, eventId, options);
  } catch (error) {
    throw unreachable(error, stage.endpoint);
  }
}

/** A revision that a person typed. Throws UsageError if it cannot be one. */
export function readRevision(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`--revision takes a whole number of at least 1, not ${text || 'nothing'}`);
  return Number(text);
}

/**
 * The rollouts that a withdrawal stops. Unless it comes ahead of its release, everything that it names must have one, or must have
 * been withdrawn by that name before. Ahead of its release, its channels must be in channels.yml or have a rollout. A slip of the
 * finger would stop nothing and block another version for ever. Throws UsageError with the names that exist.
 */
async function stoppedBy(stage: Stage, withdrawal: Withdrawal, configuration: Configuration, isAhead: boolean): Promise<Rollout[]> {
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
function requireChannels(product: string, wanted: readonly string[], rows: readonly Rollout[], { channels, name }: Configuration): void {
  const configured = Object.keys(channels.products[product]?.channels ?? {});
  const known = [...new Set([...rows.map((row) => row.channel), ...configured])];
  const unknown = wanted.find((channel) => !known.includes(channel));
  if (unknown !== undefined)
    throw new UsageError(
      `${product} has no channel ${unknownName(unknown, known, `${name} and the ledger have`)}; use --channels for another file`,
    );
}

function scopeName({ channels, ...release }: Withdrawal): string {
  const revisions = release.revision === undefined ? ' in every revision' : ` revision ${release.revision}`;
  return `${release.product} ${release.version}${revisions} from ${channels === undefined ? 'every channel' : channels.join(', ')}`;
}
