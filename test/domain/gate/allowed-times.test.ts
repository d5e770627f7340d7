import { describe, expect, it } from 'vitest';
import { isAllowed, isTimeZone, nextAllowed } from '../../../domain/gate/allowed-times.ts';

const at = (text: string) => Date.parse(text);
const berlin = (cron: string) => [{ cron, timeZone: 'Europe/Berlin' }];
const next = (...[times, now]: [Parameters<typeof nextAllowed>[0], string]) => {
  const found = nextAllowed(times, at(now));
  return found === undefined ? undefined : new Date(found).toISOString();
};

describe('an allowed time', () => {
  const office = berlin('* 9-15 ? * MON-THU *');

  it('is judged by the clock of its zone, in winter and in summer', () => {
    expect(isAllowed(office, at('2026-12-03T08:00:00Z'))).toBe(true);
    expect(isAllowed(office, at('2026-12-03T07:59:59.999Z'))).toBe(false);
    expect(isAllowed(office, at('2026-12-03T14:59:59.999Z'))).toBe(true);
    expect(isAllowed(office, at('2026-12-03T15:00:00Z'))).toBe(false);
    expect(isAllowed(office, at('2026-07-02T07:00:00Z'))).toBe(true);
    expect(isAllowed(office, at('2026-07-02T06:59:59Z'))).toBe(false);
  });

  it('comes next at the start of its first minute', () => {
    expect(next(office, '2026-12-03T15:00:00Z')).toBe('2026-12-07T08:00:00.000Z');
    expect(next(office, '2026-12-03T07:59:59.999Z')).toBe('2026-12-03T08:00:00.000Z');
    expect(next(berlin('30 9 ? * MON *'), '2026-12-07T08:31:00Z')).toBe('2026-12-14T08:30:00.000Z');
  });

  it('comes next in the minute of now, if that is allowed', () => {
    expect(next(office, '2026-12-03T10:30:45Z')).toBe('2026-12-03T10:30:00.000Z');
  });

  it('is any of several', () => {
    const times = [...berlin('* 9 ? * MON *'), { cron: '* 9 ? * MON *', timeZone: 'Asia/Tokyo' }];
    expect(isAllowed(times, at('2026-12-07T08:30:00Z'))).toBe(true);
    expect(isAllowed(times, at('2026-12-07T00:30:00Z'))).toBe(true);
    expect(isAllowed(times, at('2026-12-07T09:30:00Z'))).toBe(false);
    expect(next(times, '2026-12-06T12:00:00Z')).toBe('2026-12-07T00:00:00.000Z');
    expect(next(times, '2026-12-07T01:00:00Z')).toBe('2026-12-07T08:00:00.000Z');
  });

  it('never comes in a minute that the clock jumps over', () => {
    const skipped = berlin('30 2 ? * SUN *');
    expect(next(skipped, '2027-03-27T00:00:00Z')).toBe('2027-04-04T00:30:00.000Z');
    expect(next(berlin('30 2 28 3 ? 2027'), '2026-12-01T00:00:00Z')).toBeUndefined();
    expect(isAllowed(skipped, at('2027-03-28T01:30:00Z'))).toBe(false);
    expect(isAllowed(skipped, at('2027-03-28T00:30:00Z'))).toBe(false);
  });

  it('comes twice in a minute that the clock repeats', () => {
    const repeated = berlin('30 2 25 10 ? 2026');
    expect(isAllowed(repeated, at('2026-10-25T00:30:00Z'))).toBe(true);
    expect(isAllowed(repeated, at('2026-10-25T01:30:00Z'))).toBe(true);
    expect(isAllowed(repeated, at('2026-10-25T02:30:00Z'))).toBe(false);
    expect(next(repeated, '2026-10-20T00:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
    expect(next(repeated, '2026-10-25T00:31:00Z')).toBe('2026-10-25T01:30:00.000Z');
    expect(next(repeated, '2026-10-25T01:31:00Z')).toBeUndefined();
  });

  it('follows clocks that change by half an hour, or at midnight', () => {
    const lordHowe = [{ cron: '45 1 ? * SUN *', timeZone: 'Australia/Lord_Howe' }];
    expect(next(lordHowe, '2027-04-03T14:46:00Z')).toBe('2027-04-03T15:15:00.000Z');
    const beirut = [{ cron: '30 0 ? * SUN *', timeZone: 'Asia/Beirut' }];
    expect(next(beirut, '2027-03-27T00:00:00Z')).toBe('2027-04-03T21:30:00.000Z');
  });

  it('follows clocks that are behind UTC, be it by half a minute, as in Monrovia until 1972', () => {
    const newYork = [{ cron: '30 9 ? * MON *', timeZone: 'America/New_York' }];
    expect(next(newYork, '2026-12-07T00:00:00Z')).toBe('2026-12-07T14:30:00.000Z');
    const monrovia = [{ cron: '0 0 1 1 ? *', timeZone: 'Africa/Monrovia' }];
    expect(['1970-01-01T00:44:29Z', '1970-01-01T00:44:30Z', '1970-01-01T00:45:29Z'].map((now) => isAllowed(monrovia, at(now)))).toEqual([
      false,
      true,
      true,
    ]);
    expect(isAllowed(monrovia, at('1970-01-01T00:45:30Z'))).toBe(false);
  });

  it('comes within 366 days, or not at all', () => {
    const noon = (day: string) => [{ cron: `0 12 ${day} 12 ? 2027`, timeZone: 'UTC' }];
    expect(next(noon('2'), '2026-12-02T00:00:00Z')).toBe('2027-12-02T12:00:00.000Z');
    expect(next(noon('3'), '2026-12-02T00:00:00Z')).toBeUndefined();
  });

  it('comes within a year, or not at all', () => {
    expect(next(berlin('* * 1 12 ? *'), '2026-12-02T00:00:00Z')).toBe('2027-11-30T23:00:00.000Z');
    expect(next(berlin('* * 29 2 ? *'), '2026-12-02T00:00:00Z')).toBeUndefined();
    expect(next(berlin('* * ? * * 2025'), '2026-12-02T00:00:00Z')).toBeUndefined();
    expect(next([...berlin('* * ? * * 2025'), ...berlin('0 0 1 1 ? *')], '2026-12-02T00:00:00Z')).toBe('2026-12-31T23:00:00.000Z');
  });

  it('throws for a cron or a zone that channels.yml cannot have', () => {
    expect(() => isAllowed(berlin('cron(* * ? * * *)'), 0)).toThrow('six bare fields');
    expect(() => nextAllowed([{ cron: '* * ? * * *', timeZone: 'Europe/Berlim' }], 0)).toThrow('Europe/Berlim');
  });
});

describe('a time zone', () => {
  it.each(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires', 'America/Port-au-Prince', 'Etc/GMT+5', 'Asia/Calcutta'])(
    'may be %s',
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );

  it.each(['EST', 'MST', 'HST', 'UTC', 'GMT', 'CET', 'Asia/Calcutta'])('may be the name %s of the IANA database', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each(['BST', 'bst', 'AST', 'IST', 'CST', 'PST', 'SystemV/PST8'])('may not be the abbreviation %s, which Node takes', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });

  it.each(['+01:00', '-0100', '01:00', 'UTC+1', 'GMT+1', 'Europe/Berlim', 'Berlin', '', ' Europe/Berlin', 'Europe/Berlin '])(
    'may not be "%s"',
    (name) => {
      expect(isTimeZone(name)).toBe(false);
    },
  );
});
