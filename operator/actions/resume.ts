import type { Hold, Holds } from '../../domain/gate/holds.ts';
import { compact } from '../../domain/json/compact.ts';
import { type ChannelResume, parseResume } from '../../domain/release/hold.ts';
import { channelResumed } from '../../domain/release/intake.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { UsageError } from '../../scripts/command.ts';
import type { OutgoingEvent } from '../events/publish-event.ts';
import { holdsOf, unfinishedRollouts } from '../reads/known-releases.ts';
import { outlookOf, steeringReader } from '../reads/outlook.ts';
import { instant } from '../reads/read-model.ts';
import type { Configuration } from '../stage/configuration.ts';
import { requireChannels, sourceOf } from '../stage/source-of-product.ts';
import type { Stage } from '../stage/stage.ts';
import { outlookWords } from '../words/outlook-words.ts';
import { releaseName, senderWords } from '../words/release-words.ts';
import { unknownName } from '../words/unknown-name.ts';
import { untilAnswered, type Watch, type WatchedStage } from './answer.ts';
import { hasNotStarted } from './hold.ts';
import { valid } from './valid.ts';

/** Which holds a person wants to end: those with these ids, those of one channel alone, or every hold of the product. */
export type AskedResume = {
  readonly product: string;
  readonly channel?: string | undefined;
  readonly holdIds?: readonly string[] | undefined;
  readonly comment?: string | undefined;
};

/** The end of some holds, judged and not sent. */
export type PreparedResume = {
  readonly product: string;
  /** One for each id, in the order of the holds. */
  readonly events: readonly { readonly holdId: string; readonly event: OutgoingEvent }[];
  readonly source: string;
  readonly ends: readonly Hold[];
  /** Holds that cover the channel and others too, so that only their ids end them. */
  readonly stays: readonly Hold[];
  /** What was asked for by an id, and was ended before. */
  readonly past: Holds['ended'];
};

/** Throws UsageError for an id or a comment that the service would reject. */
export function checkResume({ product, holdIds = ['any'], comment }: AskedResume): void {
  for (const holdId of holdIds) resumeOf({ product, comment }, holdId);
}

/**
 * Reads the holds that a person means, active or yet to begin. `given` is the source that they gave. Throws UsageError for a product or a
 * channel that does not exist, and for an id that no hold of the product ever had.
 */
export async function prepareResume(
  stage: Stage,
  configuration: Configuration | undefined,
  asked: AskedResume,
  given: string | undefined,
): Promise<PreparedResume> {
  const { product, channel } = asked;
  checkResume(asked);
  const source = sourceOf(product, given, configuration);
  requireChannels(product, channel === undefined ? [] : [channel], configuration);
  const holds = await holdsOf(stage, product);
  const { ends, stays } = chosen(openHolds(holds, Date.now()), asked, holds);
  const ids = [...new Set(ends.map(({ holdId }) => holdId))];
  const eventOf = (holdId: string): OutgoingEvent => {
    const { schemaVersion: _, ...detail } = resumeOf(asked, holdId);
    return { source, detailType: channelResumed, detail: JSON.stringify(detail) };
  };
  return {
    ...{ product, source, ends, stays },
    events: ids.map((holdId) => ({ holdId, event: eventOf(holdId) })),
    past: holds.ended.filter(({ holdId }) => asked.holdIds?.includes(holdId)),
  };
}

/**
 * Waits until the ledger has no hold with this id any more. Throws as {@link untilAnswered} does if the service rejects it or does not
 * answer.
 */
export async function untilEnded(stage: WatchedStage, product: string, holdId: string, eventId: string, watch: Watch): Promise<void> {
  await untilAnswered(stage, { what: 'resume', eventId }, watch, async () => {
    const { holds } = await stage.ledger.holds(product);
    return holds.ended.some((one) => one.holdId === holdId) ? holds : undefined;
  });
}

/** The rollouts of a product that AWS was not asked to create yet. */
export async function notStartedOf(stage: Stage, product: string): Promise<Rollout[]> {
  return (await unfinishedRollouts(stage, product)).filter(hasNotStarted);
}

/** What each rollout waits for, one line each: `valve 1.1.0 beta  CLAIMED  held by all (why)`. */
export async function waitingLines(stage: Stage, rows: readonly Rollout[]): Promise<string[]> {
  const now = Date.now();
  const reader = steeringReader(stage);
  return Promise.all(
    rows.map(async (row) => {
      const steering = await reader.of(row);
      const words = outlookWords(row, outlookOf(row, steering, now), steering, now);
      return `${releaseName(row)} ${row.channel}  ${row.state}${words && `  ${words}`}`;
    }),
  );
}

/** Why there is nothing to end, in words: who ended the holds before, or that there is none. */
export function nothingToEnd({ product, past }: PreparedResume, channel?: string): string[] {
  if (past.length === 0) return [`${channel === undefined ? product : `${product} ${channel}`} has no hold to end`];
  return past.map(({ holdId, by, at }) => `hold ${holdId} was ended before, ${instant(at)} by ${senderWords(by)}`);
}

function resumeOf({ product, comment }: AskedResume, holdId: string): ChannelResume {
  return valid(parseResume(compact({ product, holdId, comment })));
}

/** The holds that are active, or will be. `now` in epoch ms. */
function openHolds({ held, ended }: Holds, now: number): Hold[] {
  const endedIds = new Set(ended.map(({ holdId }) => holdId));
  return held.filter(({ holdId, until }) => !endedIds.has(holdId) && now < (until ?? Number.POSITIVE_INFINITY));
}

/** The holds that a person means, and those that cover their channel and others too. Throws UsageError for an id that no hold ever had. */
function chosen(
  open: readonly Hold[],
  { product, channel, holdIds: ids }: AskedResume,
  { held, ended }: Holds,
): { readonly ends: readonly Hold[]; readonly stays: readonly Hold[] } {
  if (ids !== undefined) {
    const known = [...held, ...ended].map(({ holdId }) => holdId);
    const unknown = open.length === 0 ? undefined : ids.find((id) => !known.includes(id));
    if (unknown !== undefined)
      throw new UsageError(`${product} has no hold ${unknownName(unknown, [...new Set(open.map(({ holdId }) => holdId))])}`);
    return { ends: open.filter(({ holdId }) => ids.includes(holdId)), stays: [] };
  }
  if (channel === undefined) return { ends: open, stays: [] };
  const covering = open.filter(({ channels }) => channels === undefined || channels.includes(channel));
  const isOfItAlone = ({ channels }: Hold): boolean => channels?.length === 1;
  return { ends: covering.filter(isOfItAlone), stays: covering.filter((hold) => !isOfItAlone(hold)) };
}
