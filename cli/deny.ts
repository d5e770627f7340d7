import { compact } from '../domain/json/compact.ts';
import { releaseWithdrawn } from '../domain/release/intake.ts';
import { parseWithdrawal } from '../domain/release/withdrawal.ts';
import { publishEvent } from '../operator/events/publish-event.ts';
import { configurationOf } from '../operator/stage/configuration.ts';
import { steeringSourceOf } from '../operator/stage/source-of-product.ts';
import { openStage, unreachable } from '../operator/stage/stage.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { print } from '../scripts/layout.ts';
import { confirm, requireTerminal } from './ask.ts';
import { followHelp, followOptions, readFollowOptions } from './follow-options.ts';
import { followWithdrawal, intentLines } from './follow-withdrawal.ts';
import { releaseName } from './publish-and-follow.ts';
import { busHelp, channelsHelp, stageHelp } from './stage-options.ts';
import { releaseOnChannelOf, sourceHelp, steeringOptions } from './steering-options.ts';
import { subjectLines, subjectOf } from './steering-subject.ts';
import { readRevision } from './withdraw.ts';

const help = `Usage: npm run ota -- deny PRODUCT VERSION CHANNEL [OPTIONS]

Says no to a release on a channel: it withdraws this revision from the channel, with the reason code DENIED. Nobody can
undo that. A later revision needs its own approval. What runs on the channel already is stopped. It shows the content,
the frozen request and what the gate has seen. Then it asks.

  --revision N   the revision (default: the highest one on the channel, or else the highest that was accepted)
  --comment TEXT why, for people
${sourceHelp}
  --yes          do not ask
${followHelp}
${channelsHelp}
${busHelp}
${stageHelp}

Exit status:
  0    the release is withdrawn from the channel. With --no-wait: the event is published
  1    the service rejected it or did not process it, it was not stopped in time, or you answered no
  2    wrong usage, an unknown product, version, revision or channel, or no terminal and no --yes
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
    console.log(help);
    return exit.ok;
  }
  const asked = { ...releaseOnChannelOf(positionals), revision: readRevision(values.revision) };
  const { product, version, channel } = asked;
  const no = compact({ product, version, channels: [channel], reasonCode: 'DENIED', comment: values.comment });
  const checked = parseWithdrawal(no);
  if (!checked.ok) throw new UsageError(`${checked.rejection.path}: ${checked.rejection.message}`);
  const stage = openStage(values);
  const options = readFollowOptions(values, stage);
  if (!values.yes) requireTerminal('a denial');
  const configuration = await configurationOf(stage, values.channels);
  const source = steeringSourceOf(product, values.source, configuration);
  try {
    const subject = await subjectOf(stage, asked, configuration);
    const { revision, known } = subject;
    if (!values.json || !values.yes) {
      const show = values.json ? console.error : print;
      for (const line of [...subjectLines(subject, Date.now()), ...intentLines(known ? [known.row] : [])]) show(line);
    }
    if (!values.yes && !(await confirm(`Deny ${releaseName(subject)} for ${channel} on stage ${stage.name}? Nobody can undo that.`))) {
      console.log(values.json ? JSON.stringify({ rollouts: [] }) : 'nothing was denied');
      return exit.failed;
    }
    const detail = { ...no, revision };
    const eventId = await publishEvent(stage, { source, detailType: releaseWithdrawn, detail: JSON.stringify(detail) });
    return await followWithdrawal(stage, { ...checked.value, revision }, eventId, options, source);
  } catch (error) {
    throw unreachable(error, stage.endpoint);
  }
}
