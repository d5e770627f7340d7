import { describe, expect, it } from 'vitest';
import { parseWithdrawal } from '../../../domain/release/withdrawal.ts';

const sample = { product: 'thermostat', version: '2.4.1' };

function verdict(detail: unknown) {
  const result = parseWithdrawal(detail);
  return result.ok ? 'accepted' : `${result.rejection.code} ${result.rejection.path}: ${result.rejection.message}`;
}

describe('a withdrawal', () => {
  it('is read with its defaults filled in: every revision, every channel, gently', () => {
    expect(parseWithdrawal(sample)).toEqual({ ok: true, value: { ...sample, schemaVersion: '1', force: false } });
  });

  it('keeps every member as it was written', () => {
    const full = {
      ...sample,
      schemaVersion: '1',
      revision: 2,
      channels: ['beta', 'stable'],
      reasonCode: 'RADIO_FAILS',
      comment: 'Loses its network',
      force: true,
      correlationId: 'ticket-417',
    };
    expect(parseWithdrawal(full)).toEqual({ ok: true, value: full });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['without product', { product: undefined }, 'product: required: 1 to 64 of a-z, 0-9 and -'],
    ['without version', { version: undefined }, 'version: required: a SemVer 2.0 version of at most 64 characters'],
    ['with a range of versions', { version: '^2.4.1' }, 'version: a SemVer 2.0 version of at most 64 characters, got text of 6 characters'],
    ['with revision 0', { revision: 0 }, 'revision: a whole number of at least 1, got a number'],
    ['with null for every revision', { revision: null }, 'revision: a whole number of at least 1, got null'],
    ['with no channel in its list', { channels: [] }, 'channels: at least 1 channel, got a list of 0'],
    ['with a repeated channel', { channels: ['beta', 'beta'] }, 'channels[1]: this channel is named twice'],
    ['with a channel that is no name', { channels: ['*'] }, 'channels[0]: 1 to 64 of a-z, 0-9 and -, got text of 1 character'],
    ['with force as text', { force: 'yes' }, 'force: true or false, got text of 3 characters'],
    [
      'with a bell in its comment',
      { comment: 'a\u0007b' },
      'comment: at most 2000 characters, of control characters tabs and line breaks only, got text of 3 characters',
    ],
    ['with an empty reason', { reasonCode: '' }, 'reasonCode: 1 to 128 characters without control characters, got text of 0 characters'],
    ['with the artifacts of a release', { artifacts: [] }, 'artifacts: unknown member'],
    ['with half a character', { comment: '\ude00' }, 'comment: text with a lone surrogate'],
  ])('is refused as INVALID_WITHDRAWAL %s', (_what, change, told) => {
    expect(verdict(JSON.parse(JSON.stringify({ ...sample, ...change })))).toBe(`INVALID_WITHDRAWAL ${told}`);
  });

  it('is refused with a name that JavaScript would take for its own', () => {
    expect(verdict(JSON.parse('{"__proto__":{"force":true}}'))).toBe('INVALID_WITHDRAWAL __proto__: this name is not allowed anywhere');
  });

  it('is refused in another major schema version before anything else of it is read', () => {
    expect(verdict({ schemaVersion: '2', scope: 'everything' })).toBe(
      'UNSUPPORTED_SCHEMA_VERSION schemaVersion: this service reads version 1 only',
    );
  });

  it.each([null, 'text', [], 5])('is refused when it is %j and no object', (detail) => {
    expect(verdict(detail)).toMatch(/^INVALID_WITHDRAWAL \$: /);
  });
});
