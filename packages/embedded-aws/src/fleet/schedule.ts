import type { EndBehavior, Schedule } from './job.ts';

export type MaintenanceWindow = { readonly startTime: string; readonly durationInMinutes: number };

export type ScheduleText = {
  readonly startTime?: string | undefined;
  readonly endTime?: string | undefined;
  readonly endBehavior?: EndBehavior | undefined;
  readonly windows?: readonly MaintenanceWindow[] | undefined;
};

const MINUTE = 60_000;
/** A window that does not open within this time is treated as one that never opens. */
const LOOK_AHEAD_MINUTES = 400 * 24 * 60;

/**
 * Reads a job's schedule. Times without a zone are UTC. Returns a sentence if it cannot be read: because of a wrong time, an
 * end before the start, or a window that is not a cron expression.
 */
export function readSchedule(given: ScheduleText): Schedule | string {
  const startAt = given.startTime === undefined ? undefined : readTime(given.startTime);
  const endAt = given.endTime === undefined ? undefined : readTime(given.endTime);
  if (Number.isNaN(startAt)) return `startTime '${given.startTime}' is not a time of the form yyyy-MM-ddTHH:mm`;
  if (Number.isNaN(endAt)) return `endTime '${given.endTime}' is not a time of the form yyyy-MM-ddTHH:mm`;
  if (startAt !== undefined && endAt !== undefined && endAt <= startAt) return 'endTime must come after startTime';
  const windows: { readonly matches: (at: Date) => boolean; readonly minutes: number }[] = [];
  for (const { startTime, durationInMinutes } of given.windows ?? []) {
    const matches = readCron(startTime);
    if (matches === undefined) return `maintenance window '${startTime}' is not a cron expression of six fields`;
    windows.push({ matches, minutes: durationInMinutes });
  }
  return {
    startAt,
    endAt,
    endBehavior: given.endBehavior,
    nextOpening: windows.length === 0 ? undefined : (at) => nextOpening(windows, at),
  };
}

/** Epoch milliseconds of `2024-10-23T17:00` or `2024-10-23 17:00`, with or without seconds and zone; NaN for other text. */
function readTime(text: string): number {
  const found = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  return found ? Date.parse(`${found[1]}T${found[2]}${found[3] ?? ':00'}${found[4] ?? 'Z'}`) : Number.NaN;
}

function nextOpening(windows: readonly { readonly matches: (at: Date) => boolean; readonly minutes: number }[], at: number): number {
  const minute = Math.floor(at / MINUTE);
  for (const { matches, minutes } of windows) {
    for (let back = 0; back < minutes; back++) if (matches(new Date((minute - back) * MINUTE))) return at;
  }
  for (let ahead = 1; ahead <= LOOK_AHEAD_MINUTES; ahead++) {
    const candidate = new Date((minute + ahead) * MINUTE);
    if (windows.some(({ matches }) => matches(candidate))) return candidate.getTime();
  }
  return Number.POSITIVE_INFINITY;
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
