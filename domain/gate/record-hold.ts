import { canonicalJson, sha256Hex } from '../json/canonical.ts';
import { compact } from '../json/compact.ts';
import { bytesInItem, bytesTooMany, fitsItem } from '../json/item-bytes.ts';
import type { EndedHold, Hold, Holds } from './holds.ts';

/** A product has at most this many holds that are active. If it has as many that are active or will be, it takes no more for later. */
export const ACTIVE_HOLDS_MAX = 50;

/** A hold remembers at most this many events that repeat it. Some programs repeat a hold every few minutes. */
const REPEATS_MAX = 20;

/** If the item is full, the reasons of the holds are cut to this many characters, so that a new hold always fits. */
const SHORT_REASON = 500;

/**
 * The holds of a product with one more added. `now` in epoch ms.
 * `known`: this event was added before.
 * `ended`: another event has set a hold with this id, and it was ended.
 * `tooMany`: 50 holds are active, or the hold is for later and 50 are active or will be. `tooLarge`: one item cannot keep them all, which only thousands of channels can cause.
 * If the hold was ended before any event set it, the event is noted with the end, and the hold is never active.
 * Another event with the id of a hold that lasts is a second hold, unless it says the same. So any order of the same events gives the
 * same sets.
 */
export function recordHold(holds: Holds, hold: Hold, now: number): Holds | 'known' | 'ended' | 'tooMany' | 'tooLarge' {
  const event = eventOf(hold);
  const ended = holds.ended.find(({ holdId }) => holdId === hold.holdId);
  if (ended?.heldBy) return ended.heldBy.includes(event) ? 'known' : 'ended';
  if (ended) {
    const noted = { ...ended, heldBy: [event] };
    return fitted({ ...holds, ended: holds.ended.map((one) => (one === ended ? noted : one)) }, hold.holdId, now) ?? 'tooLarge';
  }
  const ofId = holds.held.filter(({ holdId }) => holdId === hold.holdId);
  if (ofId.some((one) => eventsOf(one).includes(event))) return 'known';
  const same = ofId.find((one) => contentOf(one) === contentOf(hold));
  if (same) {
    const merged = mergedHolds(same, hold);
    if (!merged) return 'known';
    return (
      fitted({ ...holds, held: holds.held.map((one) => (one === same ? merged : one)).sort(byRecording) }, hold.holdId, now) ?? 'known'
    );
  }
  // What is planned must not keep a person from holding at once.
  const counts = isActive(hold, now) ? isActive : isOpen;
  if (isOpen(hold, now) && holds.held.filter((one) => counts(one, now)).length >= ACTIVE_HOLDS_MAX) return 'tooMany';
  return fitted({ ...holds, held: [...holds.held, hold].sort(byRecording) }, hold.holdId, now) ?? 'tooLarge';
}

/**
 * The holds of a product after one was ended: all events that set it are ended, and those that come later will be. `known`: it was ended
 * before, and the first end counts. `now` in epoch ms.
 */
export function recordResume(holds: Holds, end: Pick<EndedHold, 'holdId' | 'by' | 'at'>, now: number): Holds | 'known' {
  const { holdId, by, at } = end;
  const before = holds.ended.find((one) => one.holdId === holdId);
  if (before && before.at <= at) return 'known';
  const events = holds.held.filter((one) => one.holdId === holdId).flatMap(eventsOf);
  const heldBy = before ? before.heldBy : events.length > 0 ? events : undefined;
  const ended: EndedHold = compact({ holdId, by, at, heldBy });
  const next: Holds = {
    held: holds.held.filter((one) => one.holdId !== holdId),
    ended: [...holds.ended.filter((one) => one !== before), ended].sort(byEnd),
  };
  return fitted(next, holdId, now) ?? next;
}

/** The events that set a hold. An event without an id is known by what it says. */
function eventsOf(hold: Hold): string[] {
  return [eventOf(hold), ...(hold.repeatedBy ?? [])];
}

function eventOf(hold: Hold): string {
  return hold.eventId ?? sha256Hex(contentOf(hold));
}

/** What a hold says, whichever event says it. */
function contentOf({ at: _at, eventId: _event, repeatedBy: _repeated, ...content }: Hold): string {
  return canonicalJson(content);
}

/** One hold of two events that say the same. The earlier one stands for both. `undefined` if enough events are remembered. */
function mergedHolds(one: Hold, other: Hold): Hold | undefined {
  const [first, second] = [one, other].sort(byRecording);
  if (!first || !second) return undefined;
  const others = [...new Set([...eventsOf(first), ...eventsOf(second)])].filter((event) => event !== eventOf(first)).sort();
  return others.length > REPEATS_MAX ? undefined : { ...first, repeatedBy: others };
}

function isActive(hold: Hold, now: number): boolean {
  return isOpen(hold, now) && (hold.from ?? now) <= now;
}

/** Whether a hold is active or will be. */
function isOpen({ until }: Hold, now: number): boolean {
  return until === undefined || now < until;
}

/**
 * The same holds so that one item can keep them, without the id that was just added being lost. Holds whose time has passed go first,
 * because they hold nothing. Then the oldest ended ids go, and finally the ends of long reasons. `undefined` if that does not suffice.
 */
function fitted(holds: Holds, added: string, now: number): Holds | undefined {
  if (fitsItem(holds)) return holds;
  const open: Holds = { ...holds, held: holds.held.filter((one) => isOpen(one, now) || one.holdId === added) };
  const fewer = { ...open, ended: withoutOldest(open, added) };
  if (fitsItem(fewer)) return fewer;
  const shorter = { ...fewer, held: fewer.held.map((one) => ({ ...one, reason: cut(one.reason) })) };
  return fitsItem(shorter) ? shorter : undefined;
}

function withoutOldest(holds: Holds, added: string): readonly EndedHold[] {
  let tooMany = bytesTooMany(bytesInItem(holds));
  return holds.ended.filter((one) => {
    if (tooMany <= 0 || one.holdId === added) return true;
    tooMany -= bytesInItem(one) + ','.length;
    return false;
  });
}

function cut(reason: string): string {
  const characters = [...reason];
  return characters.length > SHORT_REASON ? `${characters.slice(0, SHORT_REASON - 1).join('')}…` : reason;
}

function byRecording(one: Hold, other: Hold): number {
  return one.at - other.at || (eventOf(one) < eventOf(other) ? -1 : 1);
}

function byEnd(one: EndedHold, other: EndedHold): number {
  return one.at - other.at || (one.holdId < other.holdId ? -1 : 1);
}
