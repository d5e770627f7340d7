import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMinute, parseInstant, parseMinute } from '../../../domain/release/instant.ts';

describe('an instant', () => {
  it.each([
    ['2026-12-24T00:00:00Z', '2026-12-24T00:00:00.000Z'],
    ['2026-12-24T00:00:00.123456789Z', '2026-12-24T00:00:00.123Z'],
    ['2026-12-24t00:00:00.5z', '2026-12-24T00:00:00.500Z'],
    ['2026-12-24T00:00:00.9999999999999999999Z', '2026-12-24T00:00:00.999Z'],
    ['2026-12-24T01:30:00+05:45', '2026-12-23T19:45:00.000Z'],
    ['2026-12-24T01:30:00-00:00', '2026-12-24T01:30:00.000Z'],
    ['2028-02-29T23:59:59-23:59', '2028-03-01T23:58:59.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('can be %s, which is %s', (text, utc) => {
    const epochMs = parseInstant(text);
    expect(epochMs === undefined ? undefined : new Date(epochMs).toISOString()).toBe(utc);
  });

  it.each([
    '2026-12-24',
    '2026-12-24T00:00Z',
    '2026-12-24 00:00:00Z',
    '2026-12-24T00:00:00',
    '2026-12-24T00:00:00+0100',
    '2026-12-24T00:00:00+24:00',
    '2026-12-24T00:00:00+01:60',
    '2026-12-24T24:00:00Z',
    '2026-12-24T00:60:00Z',
    '2026-12-31T23:59:60Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-13-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '0000-06-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:00-00:01',
    '2026-12-24T00:00:00.Z',
    '+02026-12-24T00:00:00Z',
    ' 2026-12-24T00:00:00Z',
    '2026-12-24T00:00:00Z\n',
    '２026-12-24T00:00:00Z',
    '',
  ])('is not %j', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('is everything that JavaScript writes', () => {
    const dates = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (date) => {
        expect(parseInstant(date.toISOString())).toBe(date.getTime());
      }),
      { seed: 1 },
    );
  });

  it('is a whole minute only if seconds and fractions are 0', () => {
    expect(parseMinute('2026-12-24T00:01:00Z')).toBe(Date.UTC(2026, 11, 24, 0, 1));
    expect(parseMinute('2026-12-24T00:01:00.000Z')).toBe(Date.UTC(2026, 11, 24, 0, 1));
    expect(parseMinute('2026-12-24T00:01:30Z')).toBeUndefined();
    expect(parseMinute('2026-12-24T00:01:00.0001Z')).toBeUndefined();
    expect(parseMinute('2026-12-24T00:01Z')).toBeUndefined();
  });

  it('is written for MI in UTC without seconds', () => {
    expect(formatMinute(Date.UTC(2026, 11, 24, 17, 5, 59, 999))).toBe('2026-12-24T17:05');
    expect(formatMinute(parseInstant('0001-01-01T00:00:00Z') ?? 0)).toBe('0001-01-01T00:00');
  });
});
