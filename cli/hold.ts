import type { Holds } from '../domain/gate/holds.ts';
import type { ChannelHold } from '../domain/release/hold.ts';
import { heldBy, heldLine, holdOf, prepareHold, timeOf, untilHeld } from '../operator/actions/hold.ts';
import { publishEvent } from '../operator/events/publish-event.ts';
import { openStage, type Stage, unreachable } from '../operator/stage/stage.ts';
import { scopeWords } from '../operator/words/outlook-words.ts';
import { releaseName } from '../operator/words/release-words.ts';
import { stateLine } from '../operator/words/state-words.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { ota } from '../scripts/installation.ts';
import { print, printError, printHelp } from '../scripts/layout.ts';
import { followSteering } from './follow-steering.ts';
import { productCommand } from './goes-on.ts';
import { printJson } from './json-output.ts';
import { busHelp, channelsHelp, stageHelp } from './stage-options.ts';
import { readSteering, sourceHelp, steeringOptions } from './steering-options.ts';

const help = `Usage: ${ota} hold PRODUCT [CHANNEL...] --reason TEXT [OPTIONS]

Holds channels, or every channel of the product: nothing new is created there
until \`resume\`. What runs already goes on, because AWS cannot pause it:
\`withdraw\` stops it. The command never asks, so that it is quick. It prints the
id of the hold, what waits, and what runs all the same.

  --reason TEXT  why, for people
  --from TIME    the hold begins then (default: at once). TIME is a span from
                 now on such as 30m, 6h or 2d, or an RFC 3339 instant
  --until TIME   the hold ends automatically then (default: only resume ends it)
  --id ID        the id of the hold, unique in the product: 1 to 64 characters
                 of A-Z, a-z, 0-9, ".", "_" and "-" (default: made of the time)
${sourceHelp}
${channelsHelp}
${busHelp}
${stageHelp}

Exit status:
  0    the service has answered
  1    the service rejected it or did not process it
  2    wrong usage, no --reason, or an unknown product or channel
  130  Ctrl-C`;

/** `ota hold`. Answers 0 as soon as the ledger has the hold, and 1 if the service rejected it. Throws UsageError for what is unknown. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        ...steeringOptions,
        reason: { type: 'string' },
        from: { type: 'string' },
        until: { type: 'string' },
        id: { type: 'string' },
      },
    },
    { channel: 'write the channel after the product' },
  );
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const [product, ...channels] = positionals;
  if (product === undefined) throw new UsageError('a product is required, and the channels if not all of them are meant');
  if (values.reason === undefined) throw new UsageError('--reason is required, such as --reason "Loses its network"');
  const now = Date.now();
  const from = readTime('from', values.from, now);
  const until = readTime('until', values.until, now);
  const asked = { product, reason: values.reason, holdId: values.id, from, until, ...(channels.length > 0 && { channels }) };
  const hold = holdOf(asked, now);
  const stage = openStage(values);
  const { configuration, source } = await readSteering(stage, values);
  const prepared = prepareHold(configuration, hold, source);
  const { event } = prepared;
  try {
    const eventId = await publishEvent(stage, event);
    if (!values.json)
      print(`published hold ${hold.holdId} of ${product} on ${scopeWords(hold.channels)} as ${event.source} (event ${eventId})`);
    const command = productCommand(stage, product);
    const goesOn = `the hold goes on; look again with ${command}`;
    const published = { eventId, command, goesOn, json: values.json, also: { holdId: hold.holdId } };
    const holds = await followSteering(stage, published, (watch) => untilHeld(stage, prepared, eventId, watch));
    if (values.json) printJson({ holdId: hold.holdId });
    else await printAnswer(stage, hold, holds);
    return exit.ok;
  } catch (error) {
    throw unreachable(error, stage.endpoint);
  }
}

/** An instant as the event has it. `now` in epoch ms. Throws UsageError unless the text is a span from now on or an instant. */
function readTime(option: string, text: string | undefined, now: number): string | undefined {
  const time = text === undefined ? undefined : timeOf(text, now);
  if (text === undefined || time !== undefined) return time;
  throw new UsageError(
    `--${option} takes a span from now on such as 30m, 6h or 2d, or an instant such as 2026-12-01T08:00:00Z, not ${text || 'nothing'}`,
  );
}

/** Prints whether the hold is active, what it keeps, and what runs all the same. Throws nothing if the rollouts cannot be read. */
async function printAnswer(stage: Stage, hold: ChannelHold, holds: Holds): Promise<void> {
  print(heldLine(hold, holds, Date.now()));
  const { waits, goesOn } = await heldBy(stage, hold).catch((error: unknown) => {
    printError(`what waits and what goes on could not be read: ${error instanceof Error ? error.message : error}`);
    return { waits: [], goesOn: [] };
  });
  for (const row of waits) print(`waits: ${releaseName(row)} ${stateLine(row)}`);
  for (const row of goesOn) print(`goes on all the same: ${releaseName(row)} ${stateLine(row)}`);
}
