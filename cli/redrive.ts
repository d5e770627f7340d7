import { compact } from '../domain/json/compact.ts';
import { REDRIVE_PATIENCE_MILLISECONDS, type Redriven, redrive, redrivenLine } from '../operator/actions/redrive.ts';
import { type RedriveResult, resultLine, resultsOf } from '../operator/actions/redrive-results.ts';
import { openStage, type Stage, unreachable } from '../operator/stage/stage.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit } from '../scripts/command.ts';
import { ota } from '../scripts/installation.ts';
import { print, printError, printHelp } from '../scripts/layout.ts';
import { clearProgress, progress } from '../scripts/progress.ts';
import { NotedError } from './explain.ts';
import { orStopped } from './goes-on.ts';
import { printJson } from './json-output.ts';
import { stageHelp, stageOptions } from './stage-options.ts';

type Results = readonly RedriveResult[];

const help = `Usage: ${ota} redrive [--queue QUEUE] [--id MESSAGE] [OPTIONS]

Sends messages of a queue to the service again. A message is deleted only after
its copy was sent, so none is lost. This is safe at any time, because a release
that was accepted before is a duplicate. A message that the target queue does
not accept stays where it is and is printed with the reason. After a redrive of
up to 25 rejected messages, the command waits up to 20 seconds for the service,
and prints what became of each. Withdrawals, approvals, holds and resumes go to
the queue steering. In a deployed stage only the role of approvers may send to
it.

  --queue QUEUE  rejected (default), or the dead-letter queue of releases,
                 steering, follow-ups or rule (the rules of the bus)
  --id MESSAGE   only this message: the id that \`ota rejected\` shows, or its SQS
                 message id
  --no-wait      do not wait for the results
${stageHelp}

Exit status:
  0    all messages were redriven
  1    a message was not redriven or was rejected again, or the message of --id
       is not there
  2    wrong usage`;

/** `ota redrive`. Answers 1 if a message could not be sent, was rejected again, or the message of `--id` is not there, or else 0. */
export async function run(args: readonly string[], patience = REDRIVE_PATIENCE_MILLISECONDS): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...stageOptions,
      queue: { type: 'string', default: 'rejected' },
      id: { type: 'string' },
      'no-wait': { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const stage = openStage(values);
  const { id } = values;
  const redriven = await redrive(stage, { queue: values.queue, messageId: id });
  const { from, sent, notSent } = redriven;
  const isNothing = sent.length + notSent.length === 0;
  if (!values.json) {
    for (const { messageId, reason } of notSent) printError(`${messageId} stays in ${from}: ${reason}`);
    if (!isNothing) print(redrivenLine(redriven));
    else if (id === undefined) print(`the queue ${from} is empty, nothing to redrive`);
    else print(`message ${id} is not in the queue ${from}, nothing to redrive`);
  }
  const isFollowed = redriven.isFollowed && !values['no-wait'];
  const results = isFollowed ? await follow(stage, redriven, patience, values.json) : undefined;
  if (values.json) printJson(jsonOf(redriven, results));
  else {
    if (results === undefined) for (const { messageId, copyId } of sent) print(`message ${messageId} is now ${copyId}`);
    for (const result of results ?? []) print(resultLine(result));
    if (results === undefined && sent.length > 0) print(`see ${ota} rejected and ${ota} status for the results`);
  }
  const isRejected = results?.some(({ result }) => result === 'rejected') ?? false;
  return notSent.length > 0 || isRejected || (id !== undefined && isNothing) ? exit.failed : exit.ok;
}

/** What became of each message. If that cannot be read, or if a person stops the command, it still says what was sent. */
async function follow(stage: Stage, redriven: Redriven, patience: number, json: boolean): Promise<Results> {
  const sent = redriven.sent.map(({ messageId, copyId }) => `message ${messageId} is now ${copyId}`).join(', ');
  const goesOn = `${sent}; see ${ota} rejected and ${ota} status for the results`;
  try {
    return await orStopped(goesOn, () => resultsOf(stage, redriven.sent, patience, progress));
  } catch (error) {
    const noted = new NotedError(unreachable(error, stage.endpoint), goesOn);
    if (json) printJson({ ...jsonOf(redriven, undefined), error: noted.message });
    throw noted;
  } finally {
    clearProgress();
  }
}

/** A redrive for a program. `copies` has the id that SQS has given to each message that was sent again. */
function jsonOf({ sent, notSent }: Redriven, results: Results | undefined) {
  const copies = sent.map(({ messageId, copyId }) => ({ messageId, newMessageId: copyId }));
  return compact({ redriven: sent.map(({ messageId }) => messageId), copies, notSent, results });
}
