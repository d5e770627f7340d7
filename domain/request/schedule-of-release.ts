import { formatMinute, parseInstant } from '../release/instant.ts';
import type { Rejection } from '../release/rejection.ts';
import type { ReleaseOnChannel } from './release-on-channel.ts';

/** Collects a rejection of the channel. */
export type RejectWith = (code: Rejection['code'], path: string, message: string) => void;

/**
 * The start and the end that a release gives, in UTC as `YYYY-MM-DDTHH:mm`. One that the channel does not permit is
 * SCHEDULE_NOT_ALLOWED, and one that is not an instant is INVALID_RELEASE. Neither is in the answer.
 */
export function timesOfRelease(
  { release, channel }: Pick<ReleaseOnChannel, 'release' | 'channel'>,
  rejectWith: RejectWith,
): { readonly startAt?: string; readonly endAt?: string } {
  const times: { startAt?: string; endAt?: string } = {};
  for (const name of ['startAt', 'endAt'] as const) {
    const at = release[name];
    if (at === undefined) continue;
    const atMs = parseInstant(at);
    if (channel.scheduleFromRelease !== 'allow')
      rejectWith(
        'SCHEDULE_NOT_ALLOWED',
        name,
        'the channel does not allow a schedule from a release: set scheduleFromRelease: allow in the channel',
      );
    else if (atMs === undefined) rejectWith('INVALID_RELEASE', name, 'this is not an RFC 3339 instant');
    else times[name] = formatMinute(atMs);
  }
  return times;
}
