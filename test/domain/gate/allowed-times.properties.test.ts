import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAllowed, nextAllowed } from '../../../domain/gate/allowed-times.ts';
import type { AllowedTime } from '../../../domain/gate/gate.ts';

fc.configureGlobal({ seed: 1 });

/*
 * A slow second opinion. It asks Intl for the whole local time of each minute, and reads each field of the cron anew. It shares no code
 * with the service.
 */

const MINUTE = 60_000;
const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

type Local = { year: number; month: number; day: number; weekday: number; hour: number; minute: number };

const formats = new Map<string, Intl.DateTimeFormat>();

function localOf(timeZone: string, at: number): Local {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      weekday: 'short',
      hourCycle: 'h23',
    });
  formats.set(timeZone, format);
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const { year, month, day, hour, minute, weekday = '' } = parts;
  return {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    weekday: dayNames.indexOf(weekday.toUpperCase()) + 1,
  };
}

const numberOf = (text: string, names: readonly string[]) => (names.includes(text) ? names.indexOf(text) + 1 : Number(text));

function fieldHas(field: string, value: number, max: number, names: readonly string[] = []): boolean {
  return field.split(',').some((item) => {
    const [range = '', step] = item.split('/');
    const [from = '', to] = range.split('-');
    if (range === '*') return value % Number(step ?? 1) === (max === 59 || max === 23 ? 0 : 1 % Number(step ?? 1));
    const first = numberOf(from, names);
    const last = to === undefined ? (step === undefined ? first : max) : numberOf(to, names);
    return value >= first && value <= last && (value - first) % Number(step ?? 1) === 0;
  });
}

/** All days of the month with their weekdays, so that the special days are only looked up. */
function monthOf({ year, month }: Local): { day: number; weekday: number }[] {
  return Array.from({ length: 31 }, (_, index) => new Date(Date.UTC(year, month - 1, index + 1)))
    .filter((date) => date.getUTCMonth() === month - 1)
    .map((date) => ({ day: date.getUTCDate(), weekday: date.getUTCDay() + 1 }));
}

function isDay(dayOfMonth: string, dayOfWeek: string, local: Local): boolean {
  const all = monthOf(local);
  if (dayOfMonth === 'L') return local.day === all.length;
  if (dayOfMonth.endsWith('W')) {
    const wanted = Number(dayOfMonth.slice(0, -1));
    if (wanted > all.length) return false;
    const weekdays = all.filter(({ weekday }) => weekday !== 1 && weekday !== 7).map(({ day }) => day);
    const nearest = Math.min(...weekdays.map((day) => Math.abs(day - wanted)));
    return Math.abs(local.day - wanted) === nearest && weekdays.includes(local.day);
  }
  if (dayOfMonth !== '?') return fieldHas(dayOfMonth, local.day, 31);
  if (dayOfWeek === 'L') return local.weekday === 7;
  const special = /^(.+?)(?:(L)|#(\d))$/.exec(dayOfWeek);
  if (!special) return fieldHas(dayOfWeek, local.weekday, 7, dayNames);
  const wanted = numberOf(special[1] ?? '', dayNames);
  const same = all.filter(({ weekday }) => weekday === wanted).map(({ day }) => day);
  return local.day === (special[2] ? same.at(-1) : same[Number(special[3]) - 1]);
}

function isAllowedSlowly({ cron, timeZone }: AllowedTime, at: number): boolean {
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = cron.split(' ');
  const local = localOf(timeZone, at);
  return (
    fieldHas(minutes, local.minute, 59) &&
    fieldHas(hours, local.hour, 23) &&
    fieldHas(month, local.month, 12, monthNames) &&
    (year === '*' || fieldHas(year, local.year, 2199)) &&
    isDay(dayOfMonth, dayOfWeek, local)
  );
}

/** Zones whose clocks change by an hour, by half an hour, at midnight, in the south, around Ramadan, by two hours, or never. */
const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'America/Santiago',
  'Africa/Casablanca',
  'Antarctica/Troll',
  'America/Havana',
  'Pacific/Chatham',
  'Asia/Kathmandu',
  'UTC',
];

const number = (min: number, max: number) => fc.integer({ min, max });

function field(min: number, max: number, names?: readonly string[]): fc.Arbitrary<string> {
  const one = number(min, max).chain((value) => fc.constantFrom(String(value), names?.[value - min] ?? String(value)));
  const range = fc
    .tuple(number(min, max), number(min, max))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)].map((value) => names?.[value - min] ?? value).join('-'));
  const step = number(1, max - min);
  const item = fc.oneof(
    one,
    range,
    fc.tuple(fc.oneof(one, range, fc.constant('*')), step).map(([of, every]) => `${of}/${every}`),
  );
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant('*') },
    { weight: 3, arbitrary: fc.array(item, { minLength: 1, maxLength: 3 }).map(String) },
  );
}

const days = fc.oneof(
  fc
    .oneof(
      field(1, 31),
      fc.constant('L'),
      number(1, 31).map((day) => `${day}W`),
    )
    .map((day) => [day, '?'] as const),
  fc
    .oneof(
      field(1, 7, dayNames),
      fc.constant('L'),
      number(1, 7).map((day) => `${day}L`),
      fc.tuple(fc.constantFrom(...dayNames), number(1, 5)).map(([day, count]) => `${day}#${count}`),
    )
    .map((day) => ['?', day] as const),
);

const cron = fc
  .tuple(
    field(0, 59),
    field(0, 23),
    days,
    fc.oneof(fc.constant('*'), field(1, 12, monthNames)),
    fc.constantFrom('*', '*', '2026-2028', '2027'),
  )
  .map(([minutes, hours, [dayOfMonth, dayOfWeek], month, year]) => `${minutes} ${hours} ${dayOfMonth} ${month} ${dayOfWeek} ${year}`);

const time = fc.record({ cron, timeZone: fc.constantFrom(...zones) });

/** The instants at which one of the zones changes its clock from 2026 to 2028, to the minute. */
function changesOf(timeZone: string): number[] {
  const offset = (at: number) => {
    const { year, month, day, hour, minute } = localOf(timeZone, at);
    return Date.UTC(year, month - 1, day, hour, minute) - at;
  };
  const hours = Array.from({ length: 2 * 366 * 24 }, (_, index) => Date.UTC(2026, 0, 1) + index * 60 * MINUTE);
  return hours.filter((at) => offset(at) !== offset(at - 60 * MINUTE));
}

const changes = [...new Set(zones.flatMap(changesOf))];

const now = fc.oneof(
  number(Date.UTC(2026, 0, 1), Date.UTC(2028, 0, 1)),
  fc.tuple(fc.constantFrom(...changes), number(-26 * 60, 26 * 60)).map(([at, minutes]) => at + minutes * MINUTE),
);

describe('allowed times', () => {
  it('knows times at which clocks change', () => {
    expect(changes.length).toBeGreaterThan(20);
  });

  it('allow the minutes that the slow second opinion allows', () => {
    fc.assert(
      fc.property(time, now, (each, at) => {
        expect(isAllowed([each], at)).toBe(isAllowedSlowly(each, at));
      }),
      { numRuns: 5_000 },
    );
  });

  it('come next in a minute that is allowed, and in no minute before', () => {
    const looked = 2 * 24 * 60;
    fc.assert(
      fc.property(time, now, (each, at) => {
        const begin = Math.floor(at / MINUTE) * MINUTE;
        const found = nextAllowed([each], at);
        if (found !== undefined) expect(isAllowedSlowly(each, found)).toBe(true);
        const until = Math.min(found ?? Number.POSITIVE_INFINITY, begin + looked * MINUTE);
        for (let minute = begin; minute < until; minute += MINUTE) if (isAllowedSlowly(each, minute)) expect(found).toBe(minute);
      }),
      { numRuns: 120 },
    );
  });

  it('come next in no minute of the whole year before, of which many are looked at', () => {
    fc.assert(
      fc.property(
        time,
        now,
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 100, maxLength: 100 }),
        (each, at, shares) => {
          const end = nextAllowed([each], at) ?? at + 365 * 24 * 60 * MINUTE;
          for (const share of shares) {
            const minute = Math.floor((at + share * (end - at)) / MINUTE) * MINUTE;
            if (minute >= at && minute < end) expect(isAllowedSlowly(each, minute)).toBe(false);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are found in a few milliseconds, even if no minute of the year is allowed', () => {
    const never = zones.map((timeZone) => ({ cron: '59 23 29 2 ? 2027', timeZone }));
    nextAllowed(never, Date.UTC(2026, 5, 1));
    const cpu = process.cpuUsage();
    expect(nextAllowed(never, Date.UTC(2026, 5, 1))).toBeUndefined();
    const { user, system } = process.cpuUsage(cpu);
    // A format for each minute of the year would take half a second for each zone.
    expect((user + system) / 1000 / never.length).toBeLessThan(25);
  });
});
