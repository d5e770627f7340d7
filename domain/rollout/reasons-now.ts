import { isAllowed, nextAllowed } from '../gate/allowed-times.ts';
import type { Gate, SkippablePart, WaitReason } from '../gate/gate.ts';
import { type Holds, holdsOn } from '../gate/holds.ts';

/** One reason to wait. `channel` is the channel before, if the reason is about it. `until` in epoch ms. */
export type Reason = { readonly reason: WaitReason; readonly message: string; readonly until?: number; readonly channel?: string };

/**
 * What keeps a rollout from being created now: holds and allowed times, but not those that an approval skipped. These are no facts about
 * the past, so they are judged again directly before each create. `now` in epoch ms.
 */
export function reasonsNow(
  { channel, gate }: { readonly channel: string; readonly gate?: Gate },
  { holds, now }: { readonly holds: Holds; readonly now: number },
  skipped: readonly SkippablePart[],
): Reason[] {
  const active = holdsOn(channel, holds, now);
  const times = skipped.includes('allowedTimes') ? undefined : gate?.allowedTimes;
  return [...heldReason(active), ...(times && !isAllowed(times, now) ? [closedReason(times, now)] : [])];
}

function heldReason(active: ReturnType<typeof holdsOn>): Reason[] {
  if (active.length === 0) return [];
  const ends = active.map(({ until }) => until);
  const isOpenEnded = ends.includes(undefined);
  const until = isOpenEnded ? undefined : Math.max(...ends.flatMap((end) => end ?? []));
  return [{ reason: 'HELD', message: `held: ${active.map(({ holdId }) => holdId).join(', ')}`, ...(until !== undefined && { until }) }];
}

function closedReason(times: NonNullable<Gate['allowedTimes']>, now: number): Reason {
  const until = nextAllowed(times, now);
  if (until === undefined) return { reason: 'CLOSED', message: 'no allowed minute within a year' };
  const zones = [...new Set(times.map(({ timeZone }) => timeZone))];
  const local = zones.map((timeZone) => `${localTime(until, timeZone)} ${timeZone}`).join(', ');
  return { reason: 'CLOSED', until, message: `closed until ${new Date(until).toISOString().slice(0, 16)}Z (${local})` };
}

/** An instant as `2026-12-01 09:00` in a time zone. */
function localTime(epochMilliseconds: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(epochMilliseconds);
}
