import { type SkippablePart, skippableParts } from '../domain/gate/gate.ts';
import { type Counted, checkApproval, prepareApproval, type Refusal, untilCounted } from '../operator/actions/approve.ts';
import { publishEvent } from '../operator/events/publish-event.ts';
import { knownView } from '../operator/reads/read-model.ts';
import { configurationOf } from '../operator/stage/configuration.ts';
import { openStage, unreachable } from '../operator/stage/stage.ts';
import { releaseName } from '../operator/words/release-words.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { ota } from '../scripts/installation.ts';
import { print, printError, printHelp } from '../scripts/layout.ts';
import { confirm, requireTerminal } from './ask.ts';
import { followSteering } from './follow-steering.ts';
import { statusCommand } from './goes-on.ts';
import { printJson } from './json-output.ts';
import { busHelp, channelsHelp, stageHelp } from './stage-options.ts';
import { approverHelp, releaseOnChannelOf, steeringOptions } from './steering-options.ts';
import { subjectLines } from './steering-subject.ts';
import { readRevision } from './withdraw.ts';

const help = `Usage: ${ota} approve PRODUCT VERSION CHANNEL [OPTIONS]

Approves a release for a channel whose gate asks for it. It shows the content,
the frozen request, what the gate has seen, and what the approval would let
through. Then it asks. The approval counts only for the content that was shown.

  --revision N   the revision (default: the highest one on the channel, or else
                 the highest that was accepted)
  --skip PART    leave out a part of the gate, if the channel permits it: after,
                 soakMinutes or allowedTimes. Can be repeated, and needs
                 --comment
  --comment TEXT why, for people
  --by NAME      who approves. The service stores the name and does not check it
${approverHelp}
  --yes          do not ask
${channelsHelp}
${busHelp}
${stageHelp}

Exit status:
  0    the approval counts
  1    the service rejected it or did not process it, it does not count, or you
       answered no
  2    wrong usage, an unknown product, version, revision or channel, or no
       terminal and no --yes
  130  Ctrl-C`;

/**
 * `ota approve`. Answers 0 if the approval counts, and 1 if it does not, if the service rejected it, or if a person said no. Throws
 * UsageError for what is unknown, and if nobody can be asked.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        ...steeringOptions,
        revision: { type: 'string' },
        skip: { type: 'string', multiple: true },
        comment: { type: 'string' },
        by: { type: 'string' },
        yes: { type: 'boolean', default: false },
      },
    },
    { channel: 'write the channel after the version' },
  );
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const { skip, comment, by: approvedBy } = values;
  const asked = {
    ...releaseOnChannelOf(positionals),
    ...{ revision: readRevision(values.revision), skip: readSkip(skip), comment, approvedBy },
  };
  // The service would reject it too, but a person should not have to say yes before.
  checkApproval(asked);
  const stage = openStage(values);
  if (!values.yes) requireTerminal('an approval');
  const configuration = await configurationOf(stage, values.channels);
  try {
    const prepared = await prepareApproval(stage, configuration, asked, values.source);
    const { subject, event, settled, refusal, consequences } = prepared;
    if (settled) return report(settled, values.json);
    if (refusal !== undefined) throw new Error(refusalLine(refusal));
    if (!values.json || !values.yes) {
      const show = values.json ? printError : print;
      for (const line of [...subjectLines(subject, Date.now()), ...consequences]) show(line);
    }
    const release = `${releaseName(subject)} for ${subject.channel}`;
    if (!values.yes && !(await confirm(`Approve ${release} on stage ${stage.name}?`))) {
      const why = 'nothing was approved';
      if (values.json) printJson({ counted: false, why });
      else print(why);
      return exit.failed;
    }
    const eventId = await publishEvent(stage, event);
    if (!values.json) print(`published the approval of ${release} as ${event.source} (event ${eventId})`);
    const command = statusCommand(stage, subject);
    const published = { eventId, json: values.json, command, goesOn: `the approval goes on; look again with ${command}` };
    const counted = await followSteering(stage, published, (watch) => untilCounted(stage, prepared, eventId, watch));
    return report({ eventId, ...counted }, values.json);
  } catch (error) {
    throw unreachable(error, stage.endpoint);
  }
}

function refusalLine({ reason, sources }: Refusal): string {
  return sources.length === 0 ? reason : `${reason}: use --source with one of ${sources.join(', ')}`;
}

function report({ known, ...answer }: Counted & { readonly eventId?: string }, json: boolean): number {
  if (json) printJson({ ...answer, ...(known && { rollout: knownView(known) }) });
  else print(`${answer.counted ? 'counts' : 'does not count'}: ${answer.why}`);
  return answer.counted ? exit.ok : exit.failed;
}

/** The parts that a person wants to skip. Throws UsageError for a part that no gate has. */
function readSkip(parts: readonly string[] | undefined): SkippablePart[] | undefined {
  const unknown = parts?.find((part) => !skippableParts.some((known) => known === part));
  if (unknown !== undefined) throw new UsageError(`--skip takes ${skippableParts.join(', ')}, not ${unknown || 'nothing'}`);
  return parts && skippableParts.filter((part) => parts.includes(part));
}
