import { describe, expect, it } from 'vitest';
import { parseHold, parseResume } from '../../../domain/release/hold.ts';
import type { Result } from '../../../domain/release/rejection.ts';

const hold = { product: 'thermostat', holdId: 'radio-fails', reason: 'Loses its network' };
const resume = { product: 'thermostat', holdId: 'radio-fails' };

const verdict = (result: Result<unknown>) => (result.ok ? 'accepted' : `${result.rejection.code} ${result.rejection.path}`);
const json = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('a hold', () => {
  it('holds the whole product from now on, if it states nothing else', () => {
    expect(parseHold(hold)).toEqual({ ok: true, value: { ...hold, schemaVersion: '1' } });
  });

  it('keeps every member as the producer wrote it', () => {
    const full = {
      ...hold,
      schemaVersion: '1',
      channels: ['beta', 'stable'],
      holdId: 'Radio_fails-2026.11',
      from: '2026-11-24T08:00:00+01:00',
      until: '2026-11-24T07:00:00.001Z',
      correlationId: 'ticket-417',
    };
    expect(parseHold(full)).toEqual({ ok: true, value: full });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['without product', { product: undefined }, 'product'],
    ['without an id', { holdId: undefined }, 'holdId'],
    ['with an empty id', { holdId: '' }, 'holdId'],
    ['with an id of 65 characters', { holdId: 'h'.repeat(65) }, 'holdId'],
    ['with a blank in its id', { holdId: 'radio fails' }, 'holdId'],
    ['with an id of another alphabet', { holdId: 'ｈold' }, 'holdId'],
    ['without a reason', { reason: undefined }, 'reason'],
    ['with an empty reason', { reason: '' }, 'reason'],
    ['with a reason of 2001 characters', { reason: 'r'.repeat(2001) }, 'reason'],
    ['with an empty list of channels', { channels: [] }, 'channels'],
    ['with a repeated channel', { channels: ['beta', 'beta'] }, 'channels[1]'],
    ['from a day without a time', { from: '2026-11-24' }, 'from'],
    ['until a day that does not exist', { until: '2026-02-30T00:00:00Z' }, 'until'],
    ['until the instant at which it begins', { from: '2026-11-24T08:00:00+01:00', until: '2026-11-24T07:00:00Z' }, 'until'],
    ['until before it begins', { from: '2026-11-24T08:00:00Z', until: '2026-11-24T07:59:59Z' }, 'until'],
    ['with a version, because a hold is no withdrawal', { version: '2.4.1' }, 'version'],
    ['with a comment in place of its reason', { comment: 'c' }, 'comment'],
    ['with a lone surrogate in its reason', { reason: '\ude00' }, 'reason'],
  ])('is rejected as INVALID_HOLD %s', (_what, change, expected) => {
    expect(verdict(parseHold(json({ ...hold, ...change })))).toBe(`INVALID_HOLD ${expected}`);
  });

  it.each([
    ['that has ended', { until: '2020-01-01T00:00:00Z' }],
    ['with an id of 64 characters', { holdId: 'h'.repeat(64) }],
    ['with an id that every object has', { holdId: 'constructor' }],
    ['with a reason of 2000 characters', { reason: '🔥'.repeat(2000) }],
  ])('is accepted if it is one %s', (_what, change) => {
    expect(verdict(parseHold({ ...hold, ...change }))).toBe('accepted');
  });

  it.each([null, 'text', [], 5])('is rejected if it is %j instead of an object', (detail) => {
    expect([parseHold, parseResume].map((parse) => verdict(parse(detail)))).toEqual(['INVALID_HOLD $', 'INVALID_HOLD $']);
  });

  it('is rejected for another major schema version, and so is its end', () => {
    const expected = 'UNSUPPORTED_SCHEMA_VERSION schemaVersion';
    expect([parseHold, parseResume].map((parse) => verdict(parse({ schemaVersion: '2' })))).toEqual([expected, expected]);
  });
});

describe('the end of a hold', () => {
  it('keeps every member as the producer wrote it', () => {
    const full = { ...resume, schemaVersion: '1', comment: 'The radio works again', correlationId: 'ticket-417' };
    expect(parseResume(full)).toEqual({ ok: true, value: full });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['without product', { product: undefined }, 'product'],
    ['without an id, because it never ends all holds', { holdId: undefined }, 'holdId'],
    ['with several ids', { holdId: ['a', 'b'] }, 'holdId'],
    ['with an empty comment', { comment: '' }, 'comment'],
    ['with channels, because it ends the hold on all of them', { channels: ['beta'] }, 'channels'],
    ['with a name that JavaScript reserves', JSON.parse('{"constructor":{}}'), 'constructor'],
  ])('is rejected as INVALID_HOLD %s', (_what, change, expected) => {
    expect(verdict(parseResume(json({ ...resume, ...change })))).toBe(`INVALID_HOLD ${expected}`);
  });
});
