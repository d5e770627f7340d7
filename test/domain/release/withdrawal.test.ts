import { describe, expect, it } from 'vitest';
import { parseWithdrawal } from '../../../domain/release/withdrawal.ts';

const sample = { product: 'thermostat', version: '2.4.1' };

function verdict(detail: unknown) {
  const result = parseWithdrawal(detail);
  return result.ok ? 'accepted' : `${result.rejection.code} ${result.rejection.path}`;
}

describe('a withdrawal', () => {
  it('covers every revision and channel without force, if it states nothing else', () => {
    expect(parseWithdrawal(sample)).toEqual({ ok: true, value: { ...sample, schemaVersion: '1', force: false } });
  });

  it('keeps every member as the producer wrote it', () => {
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
    ['without product', { product: undefined }, 'product'],
    ['without version', { version: undefined }, 'version'],
    ['with a range of versions', { version: '^2.4.1' }, 'version'],
    ['with revision 0', { revision: 0 }, 'revision'],
    ['with null as revision', { revision: null }, 'revision'],
    ['with an empty list of channels', { channels: [] }, 'channels'],
    ['with a repeated channel', { channels: ['beta', 'beta'] }, 'channels[1]'],
    ['with a wildcard as channel', { channels: ['*'] }, 'channels[0]'],
    ['with force as text', { force: 'yes' }, 'force'],
    ['with a bell in its comment', { comment: 'a\u0007b' }, 'comment'],
    ['with an empty reason', { reasonCode: '' }, 'reasonCode'],
    ['with the artifacts of a release', { artifacts: [] }, 'artifacts'],
    ['with a lone surrogate in its comment', { comment: '\ude00' }, 'comment'],
  ])('is rejected as INVALID_WITHDRAWAL %s', (_what, change, expected) => {
    expect(verdict(JSON.parse(JSON.stringify({ ...sample, ...change })))).toBe(`INVALID_WITHDRAWAL ${expected}`);
  });

  it('is rejected with a name that JavaScript reserves', () => {
    expect(verdict(JSON.parse('{"__proto__":{"force":true}}'))).toBe('INVALID_WITHDRAWAL __proto__');
  });

  it('is rejected for another major schema version before the service reads its other members', () => {
    expect(verdict({ schemaVersion: '2', scope: 'everything' })).toBe('UNSUPPORTED_SCHEMA_VERSION schemaVersion');
  });

  it.each([null, 'text', [], 5])('is rejected if it is %j instead of an object', (detail) => {
    expect(verdict(detail)).toBe('INVALID_WITHDRAWAL $');
  });
});
