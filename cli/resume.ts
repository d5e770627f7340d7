import { compact } from '../domain/json/compact.ts';
import { checkResume, nothingToEnd, notStartedOf, prepareResume, untilEnded, waitingLines } from '../operator/actions/resume.ts';
import { publishEvent } from '../operator/events/publish-event.ts';
import { openStage, type Stage, unreachable } from '../operator/stage/stage.ts';
import { holdLines, scopeWords } from '../operator/words/outlook-words.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { ota } from '../scripts/installation.ts';
import { print, printError, printHelp } from '../scripts/layout.ts';
import { confirm, requireTerminal } from './ask.ts';
import { NotedError } from './explain.ts';
import { followSteering } from './follow-steering.ts';
import { productCommand } from './goes-on.ts';
import { printJson } from './json-output.ts';
import { busHelp, channelsHelp, stageHelp } from './stage-options.ts';
import { readSteering, sourceHelp, steeringOptions } from './steering-options.ts';

const help = `Usage: ${ota} resume PRODUCT [CHANNEL | --id ID] [OPTIONS]

Ends holds, by the ids that it shows. A hold that somebody sets meanwhile stays.
Then what the holds kept is created, if nothing else keeps it. Without CHANNEL
and --id it ends every hold of the product. With CHANNEL it ends the holds of
this channel alone: one that covers more channels needs its --id. It shows the
holds and asks.

  --id ID        only this hold; can be repeated
  --comment TEXT why, for people
${sourceHelp}
  --yes          do not ask
${channelsHelp}
${busHelp}
${stageHelp}

Exit status:
  0    the holds have ended, or there was none
  1    the service rejected it or did not process it, a hold of more channels
       still covers CHANNEL, or you answered no
  2    wrong usage, an unknown product, channel or id, or no terminal and no
       --yes
  130  Ctrl-C`;

/**
 * `ota resume`. Answers 0 if the holds have ended or if there was none, and 1 if a person said no, if the service rejected it, or if the
 * channel is still held. Throws UsageError for what is unknown, and if nobody can be asked.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        ...steeringOptions,
        id: { type: 'string', multiple: true },
        comment: { type: 'string' },
        yes: { type: 'boolean', default: false },
      },
    },
    { channel: 'write the channel after the product' },
  );
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const [product, channel, ...more] = positionals;
  if (product === undefined || more.length > 0) throw new UsageError('exactly a product is required, and at most one channel');
  if (channel !== undefined && values.id !== undefined) throw new UsageError('give a channel or --id, not both');
  const asked = { product, channel, holdIds: values.id, comment: values.comment };
  checkResume(asked);
  const stage = openStage(values);
  if (!values.yes) requireTerminal('a resume');
  const { configuration, source: given } = await readSteering(stage, values);
  const say = (line: string): void => (values.json ? undefined : print(line));
  try {
    const prepared = await prepareResume(stage, configuration, asked, given);
    const { events, source, ends, stays } = prepared;
    const holdIds = events.map(({ holdId }) => holdId);
    const show = values.json && !values.yes ? printError : say;
    for (const line of ends.flatMap((hold) => holdLines(product, hold, Date.now()))) show(line);
    const named = `${holdIds.length === 1 ? 'hold' : 'holds'} ${holdIds.join(', ')}`;
    if (holdIds.length > 0 && !values.yes && !(await confirm(`End ${named} of ${product} on stage ${stage.name}?`))) {
      if (values.json) printJson({ holdIds: [] });
      else print('nothing was resumed');
      return exit.failed;
    }
    const command = productCommand(stage, product);
    const goesOn = `the resume goes on; look again with ${command}`;
    for (const [index, { holdId, event }] of events.entries()) {
      const eventId = await publishEvent(stage, event).catch((error: unknown) => {
        const shown = unreachable(error, stage.endpoint);
        const ended = holdIds.slice(0, index);
        if (ended.length === 0) throw shown;
        const noted = new NotedError(shown, `these have ended before: ${ended.join(', ')}`);
        if (values.json) printJson({ holdIds: ended, holdId, error: noted.message });
        throw noted;
      });
      say(`published the end of hold ${holdId} of ${product} as ${source} (event ${eventId})`);
      const published = { eventId, command, json: values.json, also: { holdIds: holdIds.slice(0, index), holdId }, goesOn };
      await followSteering(stage, published, (watch) => untilEnded(stage, product, holdId, eventId, watch));
    }
    const stillHeld = stays.length === 0 ? undefined : [...new Set(stays.map(({ holdId }) => holdId))];
    if (values.json) printJson(compact({ holdIds, stillHeld }));
    else
      for (const line of holdIds.length === 0 ? nothingToEnd(prepared, channel) : await resumedLines(stage, product, holdIds)) print(line);
    for (const { holdId, channels } of stays)
      say(`still held: hold ${holdId} covers ${scopeWords(channels)}; to end it there too, add --id ${holdId} in place of ${channel}`);
    return stays.length === 0 ? exit.ok : exit.failed;
  } catch (error) {
    throw unreachable(error, stage.endpoint);
  }
}

/** What has ended, and what waits now. If that cannot be read, a line on stderr says so: the holds have ended all the same. */
async function resumedLines(stage: Stage, product: string, holdIds: readonly string[]): Promise<string[]> {
  const waiting = await notStartedOf(stage, product)
    .then((rows) => waitingLines(stage, rows))
    .catch((error: unknown) => {
      printError(`what waits now could not be read: ${error instanceof Error ? error.message : error}`);
      return [];
    });
  return [`resumed: ${holdIds.join(', ')}`, ...waiting];
}
