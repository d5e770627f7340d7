import type { EndBehavior, Schedule, Windows } from './job.ts';

export type MaintenanceWindow = { readonly startTime: string; readonly durationInMinutes: number };

export type ScheduleText = {
  readonly startTime?: string | undefined;
  readonly endTime?: string | undefined;
  readonly endBehavior?: EndBehavior | undefined;
  readonly windows?: readonly MaintenanceWindow[] | undefined;
};

/** The time at which a schedule is read: on the job's clock, and as people read it from the wall. */
export type ReadAt = { readonly now: number; readonly wall: number };

const MINUTE = 60_000;
/** A window that does not open within this time is treated as one that never opens. */
const LOOK_AHEAD_MINUTES = 400 * 24 * 60;

type Cron = (at: Date) => boolean;
type Window = { readonly matches: Cron; readonly minutes: number };

/** The two times of a schedule in epoch milliseconds of wall time; NaN for a text that is not a time. Times without a zone are UTC. */
export function readTimes({ startTime, endTime }: ScheduleText): {
  readonly startAt: number | undefined;
  readonly endAt: number | undefined;
} {
  return {
    startAt: startTime === undefined ? undefined : readTime(startTime),
    endAt: endTime === undefined ? undefined : readTime(endTime),
  };
}

/**
 * Reads a job's schedule. Its times are wall time, and the answer is on the job's clock: what is an hour ahead on the wall is an
 * hour ahead there, however fast that clock runs. Returns a sentence if it cannot be read: because of a wrong time, an end before
 * the start, or a window that is not a cron expression.
 */
export function readSchedule(given: ScheduleText, at: ReadAt): Schedule | string {
  const { startAt, endAt } = readTimes(given);
  if (Number.isNaN(startAt)) return `startTime '${given.startTime}' is not a time of the form yyyy-MM-ddTHH:mm`;
  if (Number.isNaN(endAt)) return `endTime '${given.endTime}' is not a time of the form yyyy-MM-ddTHH:mm`;
  if (startAt !== undefined && endAt !== undefined && endAt <= startAt) return 'endTime must come after startTime';
  const windows: Window[] = [];
  for (const { startTime, durationInMinutes } of given.windows ?? []) {
    const matches = readCron(startTime);
    if (matches === undefined) return `maintenance window '${startTime}' is not a cron expression of six fields`;
    windows.push({ matches, minutes: durationInMinutes });
  }
  const ahead = at.now - at.wall;
  return {
    startAt: startAt === undefined ? undefined : startAt + ahead,
    endAt: endAt === undefined ? undefined : endAt + ahead,
    endBehavior: given.endBehavior,
    windows: windows.length === 0 ? undefined : onClock(windows, ahead),
  };
}

/** Epoch milliseconds of `2024-10-23T17:00` or `2024-10-23 17:00`, with or without seconds and zone; NaN for other text. */
function readTime(text: string): number {
  const found = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  return found ? Date.parse(`${found[1]}T${found[2]}${found[3] ?? ':00'}${found[4] ?? 'Z'}`) : Number.NaN;
}

/** The windows on a clock that is `ahead` milliseconds ahead of the wall. */
function onClock(windows: readonly Window[], ahead: number): Windows {
  return {
    nextOpening: (at) =>
      closingOf(windows, at - ahead) > at - ahead ? at : (startsAfter(windows, at - ahead, 1)[0] ?? Number.POSITIVE_INFINITY) + ahead,
    closing: (at) => closingOf(windows, at - ahead) + ahead,
    nextStarts: (at, count) => startsAfter(windows, at - ahead, count).map((start) => start + ahead),
  };
}

/** When the windows around `at` close, `at` if none is open. Windows that never close end after 400 days. */
function closingOf(windows: readonly Window[], at: number): number {
  const first = Math.floor(at / MINUTE);
  let end = at;
  const longest = Math.max(...windows.map(({ minutes }) => minutes));
  for (let minute = first - longest; minute * MINUTE <= Math.max(end, at) && minute < first + LOOK_AHEAD_MINUTES; minute++) {
    const date = new Date(minute * MINUTE);
    for (const { matches, minutes } of windows) {
      // Most windows match one minute a day, so the cheap comparison comes first.
      const until = (minute + minutes) * MINUTE;
      if (until > end && matches(date)) end = until;
    }
  }
  return end;
}

function startsAfter(windows: readonly Window[], at: number, count: number): number[] {
  const found: number[] = [];
  const first = Math.floor(at / MINUTE) + 1;
  for (let minute = first; minute < first + LOOK_AHEAD_MINUTES && found.length < count; minute++) {
    const date = new Date(minute * MINUTE);
    if (windows.some(({ matches }) => matches(date))) found.push(minute * MINUTE);
  }
  return found;
}

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** `cron(minute hour day-of-month month day-of-week year)` in AWS's form, without `L`, `W` and `#`. Sunday is weekday 1. */
function readCron(text: string): ((at: Date) => boolean) | undefined {
  const fields = (/^cron\((.*)\)$/.exec(text.trim())?.[1] ?? text).trim().split(/\s+/);
  const [minute, hour, day, month, weekday, year] = fields;
  if (fields.length !== 6 || minute === undefined || hour === undefined || day === undefined) return undefined;
  if (month === undefined || weekday === undefined || year === undefined) return undefined;
  const parts = [
    readField(minute, 0, 59, []),
    readField(hour, 0, 23, []),
    readField(day, 1, 31, []),
    readField(month, 1, 12, MONTHS, 1),
    readField(weekday, 1, 7, WEEKDAYS, 1),
    readField(year, 1970, 2199, []),
  ];
  if (parts.some((part) => part === undefined)) return undefined;
  return (at) => {
    const values = [at.getUTCMinutes(), at.getUTCHours(), at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCDay() + 1, at.getUTCFullYear()];
    return values.every((value, place) => parts[place]?.has(value));
  };
}

function readField(text: string, min: number, max: number, names: readonly string[], firstName = 0): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of text.toUpperCase().split(',')) {
    const [range = '', step] = part.split('/');
    const [from, to] = range === '*' || range === '?' ? [min, max] : range.split('-').map((one) => readValue(one, names, firstName));
    const by = step === undefined ? 1 : Number(step);
    const start = from ?? Number.NaN;
    const end = to ?? (step === undefined ? start : max);
    if (!Number.isInteger(start) || !Number.isInteger(end) || !Number.isInteger(by) || by < 1 || start < min || end > max || end < start) {
      return undefined;
    }
    for (let value = start; value <= end; value += by) values.add(value);
  }
  return values;
}

function readValue(text: string, names: readonly string[], firstName: number): number {
  const named = names.indexOf(text);
  return named >= 0 ? named + firstName : /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
