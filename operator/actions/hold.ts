import { randomBytes } from 'node:crypto';
import { activeHolds, type Holds } from '../../domain/gate/holds.ts';
import { compact } from '../../domain/json/compact.ts';
import { type ChannelHold, parseHold } from '../../domain/release/hold.ts';
import { parseInstant } from '../../domain/release/instant.ts';
import { channelHeld } from '../../domain/release/intake.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import type { OutgoingEvent } from '../events/publish-event.ts';
import { unfinishedRollouts } from '../reads/known-releases.ts';
import { instant } from '../reads/read-model.ts';
import type { Configuration } from '../stage/configuration.ts';
import { requireChannels, sourceOf } from '../stage/source-of-product.ts';
import type { Stage } from '../stage/stage.ts';
import { scopeWords } from '../words/outlook-words.ts';
import { untilAnswered, type Watch, type WatchedStage } from './answer.ts';
import { valid } from './valid.ts';

/** What a person wants to hold. Without `channels` it is the whole product. `from` and `until` are RFC 3339. */
export type AskedHold = {
  readonly product: string;
  readonly channels?: readonly string[] | undefined;
  readonly reason: string;
  readonly holdId?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
};

/** A hold that was judged and not sent. */
export type PreparedHold = { readonly hold: ChannelHold; readonly event: OutgoingEvent };

/**
 * The hold that a person asks for, with an id made of `now` (epoch ms) if it has none. Throws UsageError if the service would reject it.
 */
export function holdOf({ holdId, ...asked }: AskedHold, now: number): ChannelHold {
  return valid(parseHold(compact({ ...asked, holdId: holdId ?? madeId(now) })));
}

/** The event of a hold. `given` is the source that a person gave. Throws UsageError for a product or a channel that does not exist. */
export function prepareHold(configuration: Configuration | undefined, hold: ChannelHold, given: string | undefined): PreparedHold {
  const { schemaVersion: _, ...detail } = hold;
  requireChannels(hold.product, hold.channels ?? [], configuration);
  const source = sourceOf(hold.product, given, configuration);
  return { hold, event: { source, detailType: channelHeld, detail: JSON.stringify(detail) } };
}

/**
 * Waits until the ledger has the hold, and answers every hold of the product. Throws as {@link untilAnswered} does if the service rejects
 * it or does not answer.
 */
export function untilHeld(stage: WatchedStage, { hold, event }: PreparedHold, eventId: string, watch: Watch): Promise<Holds> {
  return untilAnswered(stage, { what: 'hold', eventId }, watch, async () => {
    const { holds } = await stage.ledger.holds(hold.product);
    return isRecorded(holds, hold, event.source, eventId) ? holds : undefined;
  });
}

/** What a hold keeps, and what goes on all the same because AWS has it already. */
export type Held = { readonly waits: readonly Rollout[]; readonly goesOn: readonly Rollout[] };

/** The rollouts on the channels of a hold that have not ended. */
export async function heldBy(stage: Stage, { product, channels }: ChannelHold): Promise<Held> {
  const rows = (await unfinishedRollouts(stage, product)).filter(({ channel }) => channels?.includes(channel) ?? true);
  return { waits: rows.filter(hasNotStarted), goesOn: rows.filter((row) => !hasNotStarted(row)) };
}

/** Whether AWS was not asked to create a rollout yet, so that a hold keeps it. */
export function hasNotStarted({ state }: Rollout): boolean {
  return state === 'WAITING' || state === 'CLAIMED';
}

/** Whether a hold is active, in words. `now` in epoch ms. */
export function heldLine({ holdId, product, channels, from, until }: ChannelHold, holds: Holds, now: number): string {
  const begin = from === undefined ? undefined : parseInstant(from);
  const end = until === undefined ? 'until it is resumed' : `until ${until}`;
  if (activeHolds(holds, now).some((one) => one.holdId === holdId)) {
    return `held: nothing new is created for ${product} on ${scopeWords(channels)} ${end}`;
  }
  const isYetToBegin = begin !== undefined && begin > now;
  return isYetToBegin ? `not held yet: hold ${holdId} begins ${from}, and lasts ${end}` : `not held: hold ${holdId} has ended already`;
}

/**
 * An instant as the event has it, from a span after `now` (epoch ms) such as 30m, 6h or 2d, or from an instant. Undefined for every other
 * text.
 */
export function timeOf(text: string, now: number): string | undefined {
  const [, count, unit] = text.match(/^(\d{1,6})([mhd])$/) ?? [];
  if (count !== undefined && unit !== undefined) return instant(now + Number(count) * (MILLISECONDS[unit] ?? 0));
  return parseInstant(text) === undefined ? undefined : text;
}

const MILLISECONDS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** An id that a person can type: `hold-20261130T144210Z-3f9c`. The random end keeps two persons apart. */
function madeId(now: number): string {
  return `hold-${instant(now).replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(2).toString('hex')}`;
}

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
