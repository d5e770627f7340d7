import { compact } from '../domain/json/compact.ts';
import { parseWithdrawal } from '../domain/release/withdrawal.ts';
import { valid } from '../operator/actions/valid.ts';
import { prepareWithdrawal } from '../operator/actions/withdraw.ts';
import { publishEvent } from '../operator/events/publish-event.ts';
import { openStage, unreachable } from '../operator/stage/stage.ts';
import { intentLines, scopeName } from '../operator/words/withdrawal-words.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { ota } from '../scripts/installation.ts';
import { print, printError, printHelp } from '../scripts/layout.ts';
import { confirm, requireTerminal } from './ask.ts';
import type { PublishResult } from './ending.ts';
import { followHelp, followOptions, readFollowOptions } from './follow-options.ts';
import { followWithdrawal } from './follow-withdrawal.ts';
import { printJson } from './json-output.ts';
import { busHelp, busOption, channelsHelp, stageHelp, stageOptions } from './stage-options.ts';
import { publisherHelp, readSteering } from './steering-options.ts';

const help = `Usage: ${ota} withdraw PRODUCT VERSION [OPTIONS]

Stops every live rollout of a version, and blocks every revision of it from now
on. Nobody can undo that. It shows what it will stop. On a deployed stage it
asks.

  --revision N   only this revision (default: all)
  --channel C    only this channel (default: all); can be repeated
  --ahead        the release is yet to come: block a version, a revision or a
                 channel of channels.yml without a rollout
  --reason CODE  a reason code for programs (AWS IoT gets it in capitals)
  --comment TEXT a comment for AWS
  --force        also cancel the update on devices that have started it (not
                 with managed integrations)
  --yes          do not ask
${followHelp}
${publisherHelp}
${channelsHelp}
${busHelp}
${stageHelp}

Exit status:
  0    every rollout has stopped. With --no-wait: the withdrawal is published
  1    rejected, not processed, not stopped in time, or you answered no
  2    wrong usage, an unknown product, version, revision or channel, or no
       terminal and no --yes
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
      source: { type: 'string' },
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
    printHelp(help);
    return exit.ok;
  }
  const [product, version, ...more] = positionals;
  if (product === undefined || version === undefined || more.length > 0)
    throw new UsageError('exactly a product and a version are required');
  const revision = readRevision(values.revision);
  const { channel: channels, reason: reasonCode, comment } = values;
  const detail = compact({ product, version, revision, channels, reasonCode, comment, force: values.force || undefined });
  // The service would reject it too, but with --no-wait nobody would see that here.
  const withdrawal = valid(parseWithdrawal(detail));
  const stage = openStage(values);
  const options = readFollowOptions(values, stage);
  const mustAsk = !stage.isLocal && !values.yes;
  if (mustAsk) requireTerminal(`a withdrawal on stage ${stage.name}`);
  const { configuration, source } = await readSteering(stage, values);
  try {
    const { event, rows } = await prepareWithdrawal(stage, configuration, withdrawal, { isAhead: values.ahead, source });
    const show = options.json ? printError : print;
    if (mustAsk || !options.json) for (const line of intentLines(rows)) show(line);
    if (mustAsk && !(await confirm(`Withdraw ${scopeName(withdrawal)} on stage ${stage.name}? Nobody can undo that.`))) {
      if (values.json) printJson({ result: 'declined' satisfies PublishResult, rollouts: [] });
      else print('nothing was withdrawn');
      return exit.failed;
    }
    return await followWithdrawal(stage, withdrawal, await publishEvent(stage, event), options);
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
