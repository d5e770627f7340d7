import { describe, expect, it } from 'vitest';
import { cronPattern, firstMatch, hasDay, matches, parseCron } from '../../../domain/gate/cron.ts';

function cronOf(text: string) {
  const parsed = parseCron(text);
  if ('problem' in parsed) throw new Error(`${text}: ${parsed.problem}`);
  return parsed.cron;
}

function problemOf(text: string): string {
  const parsed = parseCron(text);
  return 'problem' in parsed ? parsed.problem : 'no problem';
}

/** The days of a month on which a cron of days allows noon. */
function daysIn(year: number, month: number, days: string): number[] {
  const cron = cronOf(`0 12 ${days} *`);
  return Array.from({ length: new Date(Date.UTC(year, month, 0)).getUTCDate() }, (_, index) => index + 1).filter((day) =>
    matches(cron, Date.UTC(year, month - 1, day, 12)),
  );
}

describe('a cron', () => {
  it.each<[string, string, boolean]>([
    ['* * ? * * *', '2026-12-03T00:00', true],
    ['* 9-15 ? * MON-THU *', '2026-12-03T09:00', true],
    ['* 9-15 ? * MON-THU *', '2026-12-03T15:59', true],
    ['* 9-15 ? * MON-THU *', '2026-12-03T16:00', false],
    ['* 9-15 ? * MON-THU *', '2026-12-03T08:59', false],
    ['* 9-15 ? * MON-THU *', '2026-12-04T12:00', false],
    ['* 9-15 ? * mon-thu *', '2026-12-03T12:00', true],
    ['* 9-15 ? * 2-5 *', '2026-12-03T12:00', true],
    ['* 9-15 ? * 1 *', '2026-12-06T12:00', true],
    ['* 9-15 ? * 7 *', '2026-12-05T12:00', true],
    ['0/20 * * * ? *', '2026-12-03T12:40', true],
    ['0/20 * * * ? *', '2026-12-03T12:41', false],
    ['*/20 * * * ? *', '2026-12-03T12:00', true],
    ['5-30/10 * * * ? *', '2026-12-03T12:25', true],
    ['5-30/10 * * * ? *', '2026-12-03T12:35', false],
    ['10,40-42 * * * ? *', '2026-12-03T12:41', true],
    ['10,40-42 * * * ? *', '2026-12-03T12:11', false],
    ['* * 1,15 JAN,DEC ? *', '2026-12-15T12:00', true],
    ['* * 1,15 JAN,DEC ? *', '2026-11-15T12:00', false],
    ['* * 3 12 ? 2025-2027', '2026-12-03T12:00', true],
    ['* * 3 12 ? 2027', '2026-12-03T12:00', false],
    ['* * ? * MON-FRI/2 *', '2026-12-02T12:00', true],
    ['* * ? * MON-FRI/2 *', '2026-12-03T12:00', false],
    ['  * *  ? * * * ', '2026-12-03T12:00', true],
  ])('%s at %s: %s', (text, wallClock, expected) => {
    expect(matches(cronOf(text), Date.parse(`${wallClock}Z`))).toBe(expected);
  });

  it.each<[string, string, [year: number, month: number], number[]]>([
    ['the last day of the month', 'L * ?', [2026, 2], [28]],
    ['the last day of the month in a leap year', 'L * ?', [2028, 2], [29]],
    ['the last day of the week', '? * L', [2026, 12], [5, 12, 19, 26]],
    ['the last Friday by number', '? * 6L', [2026, 12], [25]],
    ['the last Thursday by name', '? * thuL', [2026, 12], [31]],
    ['the second Tuesday, as AWS documents it', '? * 3#2', [2026, 12], [8]],
    ['the first Tuesday by name', '? * TUE#1', [2026, 12], [1]],
    ['a fifth Thursday', '? * 5#5', [2026, 12], [31]],
    ['a fifth Friday that is missing', '? * 6#5', [2026, 12], []],
    ['the weekday nearest to a weekday', '3W * ?', [2026, 12], [3]],
    ['the Friday before a Saturday', '5W * ?', [2026, 12], [4]],
    ['the Monday after a Sunday', '6W * ?', [2026, 12], [7]],
    ['the Monday after a Saturday that is the first', '1W * ?', [2026, 8], [3]],
    ['the Friday before a Sunday that is the last', '31W * ?', [2027, 1], [29]],
    ['the Friday before a Saturday that is the last', '31W * ?', [2026, 10], [30]],
    ['a weekday of a day that the month lacks', '31W * ?', [2026, 11], []],
    ['a day that the month lacks', '31 * ?', [2026, 11], []],
  ])('names %s: %s', (_what, days, [year, month], expected) => {
    expect(daysIn(year, month, days)).toEqual(expected);
  });

  it('names the first minute of a span, and none that begins before the span or after it', () => {
    const at = (text: string) => Date.parse(`${text}Z`);
    const first = (text: string, from: string, to: string) => {
      const found = firstMatch(cronOf(text), at(from), at(to));
      return found === undefined ? undefined : new Date(found).toISOString().slice(0, 16);
    };
    expect(first('30 9 ? * MON *', '2026-12-01T00:00', '2027-01-01T00:00')).toBe('2026-12-07T09:30');
    expect(first('30 9 ? * MON *', '2026-12-07T09:30', '2026-12-07T09:31')).toBe('2026-12-07T09:30');
    expect(first('30 9 ? * MON *', '2026-12-07T09:30:01', '2026-12-14T09:30')).toBeUndefined();
    expect(first('30 9 ? * MON *', '2026-12-07T09:31', '2026-12-14T09:31')).toBe('2026-12-14T09:30');
    expect(first('0 0 29 2 ? *', '2026-12-01T00:00', '2029-01-01T00:00')).toBe('2028-02-29T00:00');
  });

  it.each<[string, boolean]>([
    ['* * 29 2 ? *', true],
    ['* * 29 2 ? 2028', true],
    ['* * 29 2 ? 2027', false],
    ['* * 30 2 ? *', false],
    ['* * 31 4,6,9,11 ? *', false],
    ['* * 31W 4 ? *', false],
    ['* * 31 12 ? *', true],
    ['* * 31 4,5 ? *', true],
    ['* * 31 4,5 ? 2026', true],
    ['* * ? 2 3#5 2027', false],
  ])('%s names a day in some year: %s', (text, expected) => {
    expect(hasDay(cronOf(text))).toBe(expected);
  });

  it.each<[string, string]>([
    ['cron(* 9 ? * MON *)', 'leave out cron( and )'],
    ['rate(5 minutes)', 'leave out cron( and )'],
    ['', 'it has 0'],
    ['* * * * *', 'it has 5, as on Unix'],
    ['* * ? * * * *', 'it has 7'],
    ['* * * * * *', 'write ? for the one'],
    ['* * 1 * MON *', 'write ? for the one'],
    ['* * ? * ? *', 'here both are'],
    ['60 * ? * * *', 'minutes: 60 is not one of 0-59'],
    ['-1 * ? * * *', 'minutes: -1 is not one of 0-59'],
    ['* 24 ? * * *', 'hours: 24 is not one of 0-23'],
    ['* * 0 * ? *', 'day of month: 0 is not one of 1-31'],
    ['* * 32W * ? *', 'day of month: 32 is not one of 1-31'],
    ['* * ? 13 * *', 'month: 13 is not one of 1-12 or JAN-DEC'],
    ['* * ? MAI * *', 'month: MAI is not one of 1-12 or JAN-DEC'],
    ['* * ? * 0 *', 'day of week: 0 is not one of 1-7 or SUN-SAT'],
    ['* * ? * MO *', 'day of week: MO is not one of 1-7 or SUN-SAT'],
    ['* * ? * * 1969', 'year: 1969 is not one of 1970-2199'],
    ['* * ? * * 2200', 'year: 2200 is not one of 1970-2199'],
    ['? * * * ? *', 'minutes: ? is for one of the two days only'],
    ['* 22-6 ? * * *', 'hours: 22-6 ends before it begins: write 22-23,0-6'],
    ['* * ? * SAT-MON *', 'day of week: SAT-MON ends before it begins: write SAT-SAT,SUN-MON'],
    ['0/0 * ? * * *', 'minutes: the step 0 must be 1 to 59'],
    ['0/60 * ? * * *', 'minutes: the step 60 must be 1 to 59'],
    ['/5 * ? * * *', 'minutes: /5 is not one of 0-59'],
    ['* * 1/31 * ? *', 'day of month: the step 31 must be 1 to 30'],
    ['60-70 * ? * * *', 'minutes: 60 is not one of 0-59'],
    ['5-70 * ? * * *', 'minutes: 70 is not one of 0-59'],
    ['* * ? * * 2e3', 'year: 2e3 is not one of 1970-2199'],
    ['1, * ? * * *', 'minutes: an empty item is not one of 0-59'],
    ['* * LW * ? *', 'day of month: W must be'],
    ['* * 1W,15 * ? *', 'day of month: W must be'],
    ['* * 115W * ? *', 'day of month: W must be'],
    ['* * L-3 * ? *', 'day of month: L must be'],
    ['* * L- * ? *', 'day of month: L must be'],
    ['* * LX * ? *', 'day of month: LX is not one of 1-31'],
    ['* * XL * ? *', 'day of month: XL is not one of 1-31'],
    ['* * L,1 * ? *', 'day of month: L must be'],
    ['* * ? * 6L,2 *', 'day of week: L must be'],
    ['* * ? * 3#6 *', 'day of week: # must be'],
    ['* * ? * 3#1,6#3 *', 'day of week: # must be'],
    ['* * ? * 15W *', 'day of week: 15W is not one of 1-7'],
    ['* * 3#2 * ? *', 'day of month: 3#2 is not one of 1-31'],
    ['* * ? L * *', 'month: L is not one of 1-12'],
    ['* * ? * MON\n*', 'characters'],
    ['* * ? * M\u001bN *', 'characters'],
    [`* * ? * * ${'2026,'.repeat(50)}2026`, 'at most 200 characters'],
  ])('cannot be %s, and the message says why', (text, expected) => {
    expect(problemOf(text)).toContain(expected);
  });

  it('may have 200 characters', () => {
    const text = `* * ? * * ${'2026,'.repeat(37)}2026 `;
    expect([text.length, problemOf(text), problemOf(`${text} `)]).toEqual([200, 'no problem', expect.stringContaining('200 characters')]);
  });

  it('may have a step as long as its field, less one', () => {
    for (const text of ['0/59 * ? * * *', '* 0/23 ? * * *', '* * 1/30 * ? *', '* * ? * 1/6 *']) expect(problemOf(text)).toBe('no problem');
  });

  it('fits the pattern of the schema if it can be read, and no wrapped one does', () => {
    const pattern = new RegExp(cronPattern);
    for (const text of ['* 9-15 ? * MON-THU *', '0/20 * 15W JAN,DEC ? 2026', ' * * ? * 3#2  * ']) {
      expect(problemOf(text)).toBe('no problem');
      expect(text).toMatch(pattern);
    }
    for (const text of ['cron(* 9 ? * MON *)', '* * * * *', '* * ? * * * *', '']) expect(text).not.toMatch(pattern);
  });
});
