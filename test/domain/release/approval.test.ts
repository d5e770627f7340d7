import { describe, expect, it } from 'vitest';
import { parseApproval } from '../../../domain/release/approval.ts';

const sample = { product: 'thermostat', version: '2.4.1', channels: ['stable'] };

function verdict(detail: unknown) {
  const result = parseApproval(detail);
  return result.ok ? 'accepted' : `${result.rejection.code} ${result.rejection.path}`;
}

describe('an approval', () => {
  it('is about revision 1, if it states nothing else', () => {
    expect(parseApproval(sample)).toEqual({ ok: true, value: { ...sample, schemaVersion: '1', revision: 1 } });
  });

  it('keeps every member as the producer wrote it', () => {
    const full = {
      ...sample,
      schemaVersion: '1',
      revision: 2,
      channels: ['stable', 'hubs'],
      releaseDigest: '4d'.repeat(32),
      skip: ['soakMinutes', 'after'],
      approvedBy: 'kim@acme.com',
      comment: 'release board 2026-48\nagreed by all',
      correlationId: 'board-48',
    };
    expect(parseApproval(full)).toEqual({ ok: true, value: full });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['without product', { product: undefined }, 'product'],
    ['without version', { version: undefined }, 'version'],
    ['with a range of versions', { version: '^2.4.1' }, 'version'],
    ['with revision 0', { revision: 0 }, 'revision'],
    ['with null as revision', { revision: null }, 'revision'],
    ['without channels, because it never means all of them', { channels: undefined }, 'channels'],
    ['with an empty list of channels', { channels: [] }, 'channels'],
    ['with a repeated channel', { channels: ['beta', 'beta'] }, 'channels[1]'],
    ['with a wildcard as channel', { channels: ['*'] }, 'channels[0]'],
    ['with a digest in capitals', { releaseDigest: '4D'.repeat(32) }, 'releaseDigest'],
    ['with a short digest', { releaseDigest: '4d1c9fa2' }, 'releaseDigest'],
    ['with nothing to skip', { skip: [], comment: 'c' }, 'skip'],
    ['with a part of the gate that nobody can skip', { skip: ['approval'], comment: 'c' }, 'skip[0]'],
    ['with a repeated part', { skip: ['after', 'after'], comment: 'c' }, 'skip[1]'],
    ['with skip, but without a comment', { skip: ['soakMinutes'] }, 'comment'],
    ['with an empty comment', { comment: '' }, 'comment'],
    ['with a comment of 2001 characters', { comment: 'c'.repeat(2001) }, 'comment'],
    ['with a bell in its comment', { comment: 'a\u0007b' }, 'comment'],
    ['with a line break in the name of a person', { approvedBy: 'kim\nlee' }, 'approvedBy'],
    ['with a proof, which the service does not know', { proof: {} }, 'proof'],
    ['with force, which only a withdrawal has', { force: true }, 'force'],
    ['with a lone surrogate in its comment', { comment: '\ude00' }, 'comment'],
  ])('is rejected as INVALID_APPROVAL %s', (_what, change, expected) => {
    expect(verdict(JSON.parse(JSON.stringify({ ...sample, ...change })))).toBe(`INVALID_APPROVAL ${expected}`);
  });

  it('may have a comment of 2000 characters, whatever bytes they take', () => {
    expect(verdict({ ...sample, comment: '🔥'.repeat(2000) })).toBe('accepted');
  });

  it('is rejected with a name that JavaScript reserves', () => {
    expect(verdict(JSON.parse('{"__proto__":{"skip":[]}}'))).toBe('INVALID_APPROVAL __proto__');
  });

  it('is rejected for another major schema version before the service reads its other members', () => {
    expect(verdict({ schemaVersion: '2', scope: 'everything' })).toBe('UNSUPPORTED_SCHEMA_VERSION schemaVersion');
  });

  it.each([null, 'text', [], 5])('is rejected if it is %j instead of an object', (detail) => {
    expect(verdict(detail)).toBe('INVALID_APPROVAL $');
  });
});
