import { type Cron, firstMatch, matches, parseCron } from './cron.ts';
import type { AllowedTime } from './gate.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Every date comes within this many days, except the 29th of February. */
const DAYS_AHEAD = 366;

/**
 * Whether one of these crons allows the minute of `now` (epoch ms). In a time zone whose clock is put back, a local minute comes twice and
 * is allowed twice. A local minute that a clock jumps over never comes. Throws if a cron or a time zone is wrong, which channels.yml
 * cannot have.
 */
export function isAllowed(times: readonly AllowedTime[], now: number): boolean {
  return times.some(({ cron, timeZone }) => matches(cronOf(cron), now + offsetAt(timeZone, now)));
}

/**
 * The start (epoch ms) of the first allowed minute that has not ended at `now`, or `undefined` if there is none within a year. It asks
 * for the offset of the time zone once a day, not once a minute. Throws like {@link isAllowed}.
 */
export function nextAllowed(times: readonly AllowedTime[], now: number): number | undefined {
  const next = times.flatMap((time) => nextOf(time, now) ?? []);
  return next.length === 0 ? undefined : Math.min(...next);
}

/** The form of a name in the IANA database. Node takes offsets, too. */
export const timeZonePattern = /^[A-Za-z][A-Za-z0-9_+/-]*$/;

/**
 * Whether this is the name of a time zone in the IANA database. An offset such as +01:00 is not: it knows no daylight saving. Node also takes
 * the abbreviations of old Java (https://unicode-org.github.io/icu/userguide/datetime/timezone/), which few people read as it does: BST is
 * Bangladesh there.
 */
export function isTimeZone(name: string): boolean {
  if (!timeZonePattern.test(name) || abbreviations.has(name.toUpperCase()) || /^SystemV\//i.test(name)) return false;
  try {
    offsetAt(name, 0);
    return true;
  } catch {
    return false;
  }
}

/** Every one of three letters that is not in the IANA database. EST, MST and HST are. */
const abbreviations: ReadonlySet<string> = new Set([
  ...['ACT', 'AET', 'AGT', 'ART', 'AST', 'BET', 'BST', 'CAT', 'CNT', 'CST', 'CTT', 'EAT', 'ECT', 'IET', 'IST'],
  ...['JST', 'MIT', 'NET', 'NST', 'PLT', 'PNT', 'PRT', 'PST', 'SST', 'VST'],
]);

function nextOf({ cron: text, timeZone }: AllowedTime, now: number): number | undefined {
  const cron = cronOf(text);
  const begin = Math.floor(now / MINUTE) * MINUTE;
  for (let from = begin; from < begin + DAYS_AHEAD * DAY; from += DAY) {
    for (const span of spansOf(timeZone, from, from + DAY)) {
      const found = firstMatch(cron, span.from + span.offset, span.to + span.offset);
      if (found !== undefined) return found - span.offset;
    }
  }
  return undefined;
}

/** Spans of a day in which the clock of a time zone is not changed. No time zone changes it twice within a day. */
function spansOf(timeZone: string, from: number, to: number): { readonly from: number; readonly to: number; readonly offset: number }[] {
  const before = offsetAt(timeZone, from);
  const after = offsetAt(timeZone, to);
  if (before === after) return [{ from, to, offset: before }];
  let last = from;
  let first = to;
  while (first - last > MINUTE) {
    const middle = last + Math.floor((first - last) / 2 / MINUTE) * MINUTE;
    if (offsetAt(timeZone, middle) === before) last = middle;
    else first = middle;
  }
  return [
    { from, to: first, offset: before },
    { from: first, to, offset: after },
  ];
}

function cronOf(text: string): Cron {
  const parsed = parseCron(text);
  if ('problem' in parsed) throw new Error(`a cron of allowedTimes ${parsed.problem}`);
  return parsed.cron;
}

/** Milliseconds by which the clocks of a time zone are ahead of UTC at an instant. Throws if there is no such time zone. */
function offsetAt(timeZone: string, epochMilliseconds: number): number {
  const text = formatOf(timeZone).format(epochMilliseconds);
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text) ?? [];
  const size = Number(hours) * 60 * MINUTE + Number(minutes) * MINUTE + Number(seconds) * 1000;
  return sign === '-' ? -size : size;
}

/** A format takes far longer to make than to use, and a service has few time zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  formats.set(timeZone, format);
  return format;
}
