import { randomBytes } from 'node:crypto';
import { activeHolds, type Holds } from '../domain/gate/holds.ts';
import { compact } from '../domain/json/compact.ts';
import { type ChannelHold, parseHold } from '../domain/release/hold.ts';
import { parseInstant } from '../domain/release/instant.ts';
import { channelHeld } from '../domain/release/intake.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { publishEvent } from '../operator/events/publish-event.ts';
import { unfinishedRollouts } from '../operator/reads/known-releases.ts';
import { instant } from '../operator/reads/read-model.ts';
import { configurationOf } from '../operator/stage/configuration.ts';
import { productOf, steeringSourceOf } from '../operator/stage/source-of-product.ts';
import { openStage, type Stage, unreachable } from '../operator/stage/stage.ts';
import { scopeWords } from '../operator/words/outlook-words.ts';
import { unknownName } from '../operator/words/unknown-name.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { print, printError } from '../scripts/layout.ts';
import { stateLine } from './ending.ts';
import { followSteering } from './follow-steering.ts';
import { productCommand } from './goes-on.ts';
import { releaseName } from './publish-and-follow.ts';
import { busHelp, channelsHelp, stageHelp } from './stage-options.ts';
import { sourceHelp, steeringOptions } from './steering-options.ts';

const help = `Usage: npm run ota -- hold PRODUCT [CHANNEL...] --reason TEXT [OPTIONS]

Stops the line: until npm run ota -- resume, nothing new is created on the channels, or on every channel of the product.
What runs already goes on, because AWS cannot pause it: npm run ota -- withdraw stops it. The command never asks, so
that it is quick. It prints the id of the hold, what waits, and what runs all the same.

  --reason TEXT  why, for people
  --from TIME    the hold begins then (default: at once). TIME is a span from now on such as 30m, 6h or 2d, or an
                 RFC 3339 instant
  --until TIME   the hold ends automatically then (default: only resume ends it)
  --id ID        the id of the hold, unique in the product: 1 to 64 characters of A-Z, a-z, 0-9, ".", "_" and "-"
                 (default: made of the time)
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
    console.log(help);
    return exit.ok;
  }
  const [product, ...channels] = positionals;
  if (product === undefined) throw new UsageError('a product is required, and the channels if not all of them are meant');
  if (values.reason === undefined) throw new UsageError('--reason is required, such as --reason "Loses its network"');
  const now = Date.now();
  const detail = compact({
    product,
    channels: channels.length === 0 ? undefined : channels,
    holdId: values.id ?? madeId(now),
    reason: values.reason,
    from: readTime('from', values.from, now),
    until: readTime('until', values.until, now),
  });
  const parsed = parseHold(detail);
  if (!parsed.ok) throw new UsageError(`${parsed.rejection.path}: ${parsed.rejection.message}`);
  const hold = parsed.value;
  const stage = openStage(values);
  const configuration = await configurationOf(stage, values.channels);
  const known = Object.keys(productOf(product, configuration).channels);
  const unknown = channels.find((channel) => !known.includes(channel));
  if (unknown !== undefined)
    throw new UsageError(
      `${configuration.name} has no channel ${unknownName(unknown, known, `${product} has`)}; use --channels for another file`,
    );
  const source = steeringSourceOf(product, values.source, configuration);
  try {
    const eventId = await publishEvent(stage, { source, detailType: channelHeld, detail: JSON.stringify(detail) });
    if (!values.json)
      console.log(`published hold ${hold.holdId} of ${product} on ${scopeWords(hold.channels)} as ${source} (event ${eventId})`);
    const command = productCommand(stage, product);
    const goesOn = `the hold goes on; look again with ${command}`;
    const published = { what: 'hold', eventId, command, goesOn, json: values.json, also: { holdId: hold.holdId } } as const;
    const holds = await followSteering(stage, published, async () => {
      const { holds: found } = await stage.ledger.holds(product);
      return isRecorded(found, hold, source, eventId) ? found : undefined;
    });
    if (values.json) console.log(JSON.stringify({ holdId: hold.holdId }));
    else await printAnswer(stage, hold, holds);
    return exit.ok;
  } catch (error) {
    throw unreachable(error, stage.endpoint);
  }
}

/** An id that a person can type: `hold-20261130T144210Z-3f9c`. The random end keeps two persons apart. */
function madeId(now: number): string {
  return `hold-${instant(now).replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(2).toString('hex')}`;
}

/** An instant as the event has it, from a span after `now` (epoch ms) or an instant. Throws UsageError for every other text. */
function readTime(option: string, text: string | undefined, now: number): string | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = text.match(/^(\d{1,6})([mhd])$/) ?? [];
  if (count !== undefined && unit !== undefined) return instant(now + Number(count) * (MILLISECONDS[unit] ?? 0));
  if (parseInstant(text) !== undefined) return text;
  throw new UsageError(
    `--${option} takes a span from now on such as 30m, 6h or 2d, or an instant such as 2026-12-01T08:00:00Z, not ${text || 'nothing'}`,
  );
}

const MILLISECONDS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Whether the service has recorded the hold, or knows one that says the same. One that was ended before it came is noted with its event.
 * A hold with the same id and other times is another hold, which the service may yet reject.
 */
function isRecorded({ held, ended }: Holds, hold: ChannelHold, source: string, eventId: string): boolean {
  const { holdId, channels, reason } = hold;
  const [from, until] = [hold.from, hold.until].map((text) => (text === undefined ? undefined : parseInstant(text)));
  const isSame = (one: Holds['held'][number]): boolean =>
    one.eventId === eventId ||
    (one.holdId === holdId &&
      one.by.source === source &&
      one.reason === reason &&
      String(one.channels) === String(channels) &&
      one.from === from &&
      one.until === until);
  return held.some(isSame) || ended.some((one) => one.holdId === holdId && (one.heldBy?.includes(eventId) ?? false));
}

/** Prints whether the hold is active, what it keeps, and what runs all the same. Throws nothing if the rollouts cannot be read. */
async function printAnswer(stage: Stage, hold: ChannelHold, holds: Holds): Promise<void> {
  print(heldLine(hold, holds, Date.now()));
  const rows = await unfinishedRollouts(stage, hold.product).catch((error: unknown) => {
    printError(`what waits and what goes on could not be read: ${error instanceof Error ? error.message : error}`);
    return [];
  });
  for (const line of rolloutLines(hold, rows)) print(line);
}

/** Whether the hold is active. `now` in epoch ms. */
function heldLine({ holdId, product, channels, from, until }: ChannelHold, holds: Holds, now: number): string {
  const begin = from === undefined ? undefined : parseInstant(from);
  const end = until === undefined ? 'until it is resumed' : `until ${until}`;
  if (activeHolds(holds, now).some((one) => one.holdId === holdId)) {
    return `held: nothing new is created for ${product} on ${scopeWords(channels)} ${end}`;
  }
  const isYetToBegin = begin !== undefined && begin > now;
  return isYetToBegin ? `not held yet: hold ${holdId} begins ${from}, and lasts ${end}` : `not held: hold ${holdId} has ended already`;
}

function rolloutLines({ product, channels }: ChannelHold, rows: readonly Rollout[]): string[] {
  const covered = rows.filter(({ channel }) => channels?.includes(channel) ?? true);
  const name = (row: Rollout): string => `${releaseName({ ...row, product })} ${stateLine(row)}`;
  return [
    ...covered.filter(hasNotStarted).map((row) => `waits: ${name(row)}`),
    ...covered.filter((row) => !hasNotStarted(row)).map((row) => `goes on all the same: ${name(row)}`),
  ];
}

function hasNotStarted({ state }: Rollout): boolean {
  return state === 'WAITING' || state === 'CLAIMED';
}
