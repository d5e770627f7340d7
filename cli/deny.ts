import { checkDenial, prepareDenial } from '../operator/actions/deny.ts';
import { publishEvent } from '../operator/events/publish-event.ts';
import { openStage, unreachable } from '../operator/stage/stage.ts';
import { releaseName } from '../operator/words/release-words.ts';
import { intentLines } from '../operator/words/withdrawal-words.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit } from '../scripts/command.ts';
import { ota } from '../scripts/installation.ts';
import { print, printError, printHelp } from '../scripts/layout.ts';
import { confirm, requireTerminal } from './ask.ts';
import type { PublishResult } from './ending.ts';
import { followHelp, followOptions, readFollowOptions } from './follow-options.ts';
import { followWithdrawal } from './follow-withdrawal.ts';
import { printJson } from './json-output.ts';
import { busHelp, channelsHelp, stageHelp } from './stage-options.ts';
import { readSteering, releaseOnChannelOf, sourceHelp, steeringOptions } from './steering-options.ts';
import { subjectLines } from './steering-subject.ts';
import { readRevision } from './withdraw.ts';

const help = `Usage: ${ota} deny PRODUCT VERSION CHANNEL [OPTIONS]

Says no to a release on a channel: it withdraws this revision from the channel,
with the reason code DENIED. Nobody can undo that. A later revision needs its
own approval. What runs on the channel already is stopped. It shows the content,
the frozen request and what the gate has seen. Then it asks.

  --revision N   the revision (default: the highest one on the channel, or else
                 the highest that was accepted)
  --comment TEXT why, for people
${sourceHelp}
  --yes          do not ask
${followHelp}
${channelsHelp}
${busHelp}
${stageHelp}

Exit status:
  0    the release is withdrawn from the channel. With --no-wait: the event is
       published
  1    the service rejected it or did not process it, it was not stopped in
       time, or you answered no
  2    wrong usage, an unknown product, version, revision or channel, or no
       terminal and no --yes
  130  Ctrl-C`;

/**
 * `ota deny`. Answers as `ota withdraw` does. Throws UsageError for what is unknown, and if nobody can be asked.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        ...steeringOptions,
        ...followOptions,
        revision: { type: 'string' },
        comment: { type: 'string' },
        yes: { type: 'boolean', default: false },
      },
    },
    { channel: 'write the channel after the version' },
  );
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const asked = { ...releaseOnChannelOf(positionals), revision: readRevision(values.revision), comment: values.comment };
  checkDenial(asked);
  const stage = openStage(values);
  const options = readFollowOptions(values, stage);
  if (!values.yes) requireTerminal('a denial');
  const { configuration, source: given } = await readSteering(stage, values);
  try {
    const { subject, event, withdrawal } = await prepareDenial(stage, configuration, asked, given);
    const { channel, known } = subject;
    if (!values.json || !values.yes) {
      const show = values.json ? printError : print;
      for (const line of [...subjectLines(subject, Date.now()), ...intentLines(known ? [known.row] : [])]) show(line);
    }
    if (!values.yes && !(await confirm(`Deny ${releaseName(subject)} for ${channel} on stage ${stage.name}? Nobody can undo that.`))) {
      if (values.json) printJson({ result: 'declined' satisfies PublishResult, rollouts: [] });
      else print('nothing was denied');
      return exit.failed;
    }
    return await followWithdrawal(stage, withdrawal, await publishEvent(stage, event), options, event.source);
  } catch (error) {
    throw unreachable(error, stage.endpoint);
  }
}
