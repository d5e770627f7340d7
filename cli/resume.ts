import type { Hold, Holds } from '../domain/gate/holds.ts';
import { compact } from '../domain/json/compact.ts';
import { parseResume } from '../domain/release/hold.ts';
import { channelResumed } from '../domain/release/intake.ts';
import { publishEvent } from '../operator/events/publish-event.ts';
import { holdsOf, unfinishedRollouts } from '../operator/reads/known-releases.ts';
import { outlookOf, steeringReader } from '../operator/reads/outlook.ts';
import { instant } from '../operator/reads/read-model.ts';
import { type Configuration, configurationOf } from '../operator/stage/configuration.ts';
import { productOf, steeringSourceOf } from '../operator/stage/source-of-product.ts';
import { openStage, type Stage, unreachable } from '../operator/stage/stage.ts';
import { holdLines, outlookWords, scopeWords } from '../operator/words/outlook-words.ts';
import { senderWords } from '../operator/words/release-words.ts';
import { unknownName } from '../operator/words/unknown-name.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { print } from '../scripts/layout.ts';
import { confirm, requireTerminal } from './ask.ts';
import { followSteering } from './follow-steering.ts';
import { productCommand } from './goes-on.ts';
import { releaseName } from './publish-and-follow.ts';
import { busHelp, channelsHelp, stageHelp } from './stage-options.ts';
import { sourceHelp, steeringOptions } from './steering-options.ts';

const help = `Usage: npm run ota -- resume PRODUCT [CHANNEL | --id ID] [OPTIONS]

Ends holds, by the ids that it shows. A hold that somebody sets meanwhile stays. Then what the holds kept is created, if
nothing else keeps it. Without CHANNEL and --id it ends every hold of the product. With CHANNEL it ends the holds of
this channel alone: one that covers more channels needs its --id. It shows the holds and asks.

  --id ID        only this hold; can be repeated
  --comment TEXT why, for people
${sourceHelp}
  --yes          do not ask
${channelsHelp}
${busHelp}
${stageHelp}

Exit status:
  0    the holds have ended, or there was none
  1    the service rejected it or did not process it, a hold of more channels still covers CHANNEL, or you answered no
  2    wrong usage, an unknown product, channel or id, or no terminal and no --yes
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
    console.log(help);
    return exit.ok;
  }
  const [product, channel, ...more] = positionals;
  if (product === undefined || more.length > 0) throw new UsageError('exactly a product is required, and at most one channel');
  if (channel !== undefined && values.id !== undefined) throw new UsageError('give a channel or --id, not both');
  for (const holdId of values.id ?? ['any']) {
    const parsed = parseResume(compact({ product, holdId, comment: values.comment }));
    if (!parsed.ok) throw new UsageError(`${parsed.rejection.path}: ${parsed.rejection.message}`);
  }
  const stage = openStage(values);
  if (!values.yes) requireTerminal('a resume');
  const configuration = await configurationOf(stage, values.channels);
  const source = steeringSourceOf(product, values.source, configuration);
  requireChannel(product, channel, configuration);
  const say = (line: string): void => (values.json ? undefined : print(line));
  try {
    const holds = await holdsOf(stage, product);
    const seen = openHolds(holds, Date.now());
    const { ended, stays } = chosen(seen, product, channel, values.id, holds);
    const holdIds = [...new Set(ended.map(({ holdId }) => holdId))];
    const show = values.json && !values.yes ? console.error : say;
    for (const line of ended.flatMap((hold) => holdLines(product, hold, Date.now()))) show(line);
    if (holdIds.length > 0) {
      const named = `${holdIds.length === 1 ? 'hold' : 'holds'} ${holdIds.join(', ')}`;
      if (!values.yes && !(await confirm(`End ${named} of ${product} on stage ${stage.name}?`))) {
        console.log(values.json ? JSON.stringify({ holdIds: [] }) : 'nothing was resumed');
        return exit.failed;
      }
      for (const [index, holdId] of holdIds.entries()) {
        const detail = compact({ product, holdId, comment: values.comment });
        const eventId = await publishEvent(stage, { source, detailType: channelResumed, detail: JSON.stringify(detail) });
        say(`published the end of hold ${holdId} of ${product} as ${source} (event ${eventId})`);
        await untilEnded(stage, product, { holdIds: holdIds.slice(0, index), holdId }, eventId, values.json);
      }
    }
    const stillHeld = stays.length === 0 ? undefined : [...new Set(stays.map(({ holdId }) => holdId))];
    if (values.json) console.log(JSON.stringify(compact({ holdIds, stillHeld })));
    for (const line of await answerLines(stage, product, channel, holdIds, values.id ?? [], holds)) say(line);
    for (const { holdId, channels } of stays)
      say(`still held: hold ${holdId} covers ${scopeWords(channels)}; to end it there too, add --id ${holdId} in place of ${channel}`);
    return stays.length === 0 ? exit.ok : exit.failed;
  } catch (error) {
    throw unreachable(error, stage.endpoint);
  }
}

function requireChannel(product: string, channel: string | undefined, configuration: Configuration): void {
  const known = Object.keys(productOf(product, configuration).channels);
  if (channel === undefined || known.includes(channel)) return;
  const has = `${product} has`;
  throw new UsageError(`${configuration.name} has no channel ${unknownName(channel, known, has)}; use --channels for another file`);
}

/** The holds that are active, or will be. `now` in epoch ms. */
function openHolds({ held, ended }: Holds, now: number): Hold[] {
  const endedIds = new Set(ended.map(({ holdId }) => holdId));
  return held.filter(({ holdId, until }) => !endedIds.has(holdId) && now < (until ?? Number.POSITIVE_INFINITY));
}

/** The holds that a person means, and those that cover their channel and others too. Throws UsageError for an id that no hold ever had. */
function chosen(
  seen: readonly Hold[],
  product: string,
  channel: string | undefined,
  ids: readonly string[] | undefined,
  { held, ended }: Holds,
): { readonly ended: readonly Hold[]; readonly stays: readonly Hold[] } {
  if (ids !== undefined) {
    const known = [...seen, ...held, ...ended].map(({ holdId }) => holdId);
    const unknown = seen.length === 0 ? undefined : ids.find((id) => !known.includes(id));
    if (unknown !== undefined)
      throw new UsageError(`${product} has no hold ${unknownName(unknown, [...new Set(seen.map(({ holdId }) => holdId))])}`);
    return { ended: seen.filter(({ holdId }) => ids.includes(holdId)), stays: [] };
  }
  if (channel === undefined) return { ended: seen, stays: [] };
  const covering = seen.filter(({ channels }) => channels === undefined || channels.includes(channel));
  const isOfItAlone = ({ channels }: Hold): boolean => channels?.length === 1;
  return { ended: covering.filter(isOfItAlone), stays: covering.filter((hold) => !isOfItAlone(hold)) };
}

/**
 * Waits until the ledger has no hold with this `holdId` any more. `holdIds` are those that this command has ended before, for a program.
 * Throws as {@link followSteering} does.
 */
async function untilEnded(
  stage: Stage,
  product: string,
  { holdIds, holdId }: { readonly holdIds: readonly string[]; readonly holdId: string },
  eventId: string,
  json: boolean,
): Promise<void> {
  const command = productCommand(stage, product);
  const published = {
    what: 'resume',
    eventId,
    command,
    json,
    also: { holdIds, holdId },
    goesOn: `the resume goes on; look again with ${command}`,
  } as const;
  await followSteering(stage, published, async () => {
    const { holds } = await stage.ledger.holds(product);
    return holds.ended.some((one) => one.holdId === holdId) ? holds : undefined;
  });
}

/** What was ended, what holds still cover the product, and what keeps its rollouts now. */
async function answerLines(
  stage: Stage,
  product: string,
  channel: string | undefined,
  holdIds: readonly string[],
  ids: readonly string[],
  before: Holds,
): Promise<string[]> {
  const where = channel === undefined ? product : `${product} ${channel}`;
  if (holdIds.length === 0) {
    const past = before.ended.filter(({ holdId }) => ids.includes(holdId));
    return past.length === 0
      ? [`${where} has no hold to end`]
      : past.map(({ holdId, by, at }) => `hold ${holdId} was ended before, ${instant(at)} by ${senderWords(by)}`);
  }
  const now = Date.now();
  const reader = steeringReader(stage);
  const rows = (await unfinishedRollouts(stage, product)).filter((row) => row.state === 'WAITING' || row.state === 'CLAIMED');
  const lines = await Promise.all(
    rows.map(async (row) => {
      const steering = await reader.of(row);
      const words = outlookWords(row, outlookOf(row, steering, now), steering, now);
      return `${releaseName(row)} ${row.channel}  ${row.state}${words && `  ${words}`}`;
    }),
  );
  return [`resumed: ${holdIds.join(', ')}`, ...lines];
}
