const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,40}))?(Z|[+-]\d{2}:\d{2})$/i;
const minuteMs = 60_000;

/**
 * The epoch milliseconds of an RFC 3339 instant, or `undefined` if `text` is not one. `T` and `Z` may be lower case
 * (RFC 3339, section 5.6). Digits beyond the millisecond are cut.
 *
 * It also returns `undefined` for a day that the month does not have, for hour 24, and for a year outside 1 to 9999 in
 * UTC. The same goes for a leap second, because epoch milliseconds cannot express it.
 */
export function parseInstant(text: string): number | undefined {
  const match = rfc3339.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const offset = offsetMinutes(String(match[8]));
  if (offset === undefined || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute - offset, second, Number(`${match[7] ?? ''}000`.slice(0, 3)));
  const utcYear = date.getUTCFullYear();
  return utcYear >= 1 && utcYear <= 9999 ? date.getTime() : undefined;
}

/** Like {@link parseInstant}, but also `undefined` if the instant is not at the start of a minute. */
export function parseMinute(text: string): number | undefined {
  const match = rfc3339.exec(text);
  if (match?.[6] !== '00' || /[1-9]/.test(String(match[7]))) return undefined;
  return parseInstant(text);
}

/**
 * `epochMs` as `YYYY-MM-DDTHH:mm` in UTC, rounded down to the minute. MI's `OtaSchedulingConfig.StartTime` and `EndTime`
 * get this form. The model of MI does not state one, so it is the form of IoT Jobs (`SchedulingConfig` of CreateJob).
 * Throws RangeError if `epochMs` is not a valid date.
 */
export function formatMinute(epochMs: number): string {
  return new Date(Math.floor(epochMs / minuteMs) * minuteMs).toISOString().slice(0, 16);
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

const monthAndDay = '(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])';
const leapDay = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29';
const untilMinute = `(?:[0-9]{4}-(?:${monthAndDay})|${leapDay})[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]`;
const zone = '(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])';

/** What {@link parseInstant} accepts, as a pattern for JSON Schemas. It also accepts instants around year 0 and year 10000. */
export const instantPattern = `^${untilMinute}:[0-5][0-9](?:\\.[0-9]{1,40})?${zone}$`;

/** What {@link parseMinute} accepts, in the same way. */
export const minutePattern = `^${untilMinute}:00(?:\\.0{1,40})?${zone}$`;
