import { describe, expect, it } from 'vitest';
import { agoWords, clockWords, durationWords, untilWords, utcWords } from '../../../console/page/parts/time-words.ts';

const at = (time: string): number => Date.parse(time);
const berlin = { timeZone: 'Europe/Berlin' };
const now = at('2026-11-30T13:20:00Z');

describe('a time in the zone of the viewer', () => {
  it.each([
    ['has no day if it is today', '2026-11-30T12:05:59Z', '13:05'],
    ['has the day if it is yesterday there, although it is today in UTC', '2026-11-29T22:59:00Z', '29 Nov, 23:59'],
    ['has no day if it is today there, although it is yesterday in UTC', '2026-11-29T23:01:00Z', '00:01'],
    ['has the year if it is another one', '2025-12-31T12:00:00Z', '31 Dec 2025, 13:00'],
    ['is that of summer in summer', '2026-07-01T12:00:00Z', '1 Jul, 14:00'],
  ])('%s', (_, time, words) => {
    expect(clockWords(at(time), now, berlin)).toBe(words);
  });

  it('has seconds if asked to', () => {
    expect(clockWords(at('2026-11-30T12:05:09Z'), now, { ...berlin, seconds: true })).toBe('13:05:09');
  });

  it('is empty if there is none', () => {
    expect([clockWords(Number.NaN, now), agoWords(Number.NaN, now), utcWords(Number.NaN)]).toEqual(['', '', '']);
  });
});

describe('a time that one waits for', () => {
  it('is rounded up to the minute, so that it has passed by then', () => {
    expect(untilWords(at('2026-11-30T14:19:01Z'), now, berlin)).toBe('15:20');
  });

  it('has seconds if it is near', () => {
    expect(untilWords(at('2026-11-30T13:20:08.200Z'), now, berlin)).toBe('14:20:09');
  });
});

describe('how far a time is', () => {
  it.each([
    [-5, 'just now'],
    [5, 'in a moment'],
    [-180, '3 min ago'],
    [180, 'in 3 min'],
    [-59 * 60 - 40, '1 hr ago'],
    [-3 * 86_400, '3 days ago'],
  ])('%i seconds are "%s"', (seconds, words) => {
    expect(agoWords(now + seconds * 1000, now)).toBe(words);
  });
});

it('a time in UTC says so', () => {
  expect(utcWords(at('2026-11-30T14:20:05.999+01:00'))).toBe('2026-11-30 13:20:05 UTC');
});

describe('a duration', () => {
  it.each([
    [-1, '0 s'],
    [400, '0 s'],
    [45_000, '45 s'],
    [185_000, '3 min 5 s'],
    [7_200_000, '2 h'],
    [7_205_000, '2 h'],
    [273_600_000, '3 d 4 h'],
  ])('of %i ms is "%s"', (milliseconds, words) => {
    expect(durationWords(milliseconds)).toBe(words);
  });
});
