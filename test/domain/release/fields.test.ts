import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { isReserved } from '../../../domain/channels/reserved.ts';
import { isCanonicalBase64, schemaVersion, sha256 } from '../../../domain/release/fields.ts';

describe('canonical base64', () => {
  it('is everything that a strict encoder writes', () => {
    for (let length = 1; length <= 9; length += 1) {
      for (let byte = 0; byte < 256; byte += 1) {
        const text = Buffer.alloc(length, byte).toString('base64');
        expect(isCanonicalBase64(text), text).toBe(true);
      }
    }
  });

  it.each([
    ['no characters', ''],
    ['no padding', 'AA'],
    ['half its padding', 'AA='],
    ['padding alone', '===='],
    ['more padding than it needs', 'AAAA===='],
    ['padding in the middle', 'AA==AAAA'],
    ['bits that one byte does not have', 'AB=='],
    ['bits that two bytes do not have', 'AAB='],
    ['a line break', 'AAAA\n'],
    ['the alphabet of URLs', 'A-_A'],
  ])('is not a text with %s', (_what, text) => {
    expect(isCanonicalBase64(text)).toBe(false);
  });
});

describe('a SHA-256', () => {
  const digest = 'a1'.repeat(32);

  it('has 64 digits, and nothing before or behind them', () => {
    expect(sha256().safeParse(digest).success).toBe(true);
    for (const text of [`x${digest}`, `${digest}x`, `${digest}\n`]) {
      expect(sha256().safeParse(text).error?.issues).toMatchObject([{ message: '64 lower-case hex characters' }]);
    }
    expect(z.toJSONSchema(sha256())).toMatchObject({ type: 'string', pattern: '^[0-9a-f]{64}$' });
  });
});

describe('a schema version', () => {
  it.each(['1', '1.0', '1.0.0', '1.9999.1234'])('may be %j', (version) => {
    expect(schemaVersion().safeParse(version).success).toBe(true);
  });

  it.each(['', 'x1', '11', '1x', '1.', '1.x', '1.0.0.0', '1.00000', '1\n', '1.0.0 '])('may not be %j', (version) => {
    expect(schemaVersion().safeParse(version).success).toBe(false);
  });
});

describe('a name that only the service sets', () => {
  it('begins with ota-dispatch and a dot', () => {
    expect(isReserved('ota-dispatch.x')).toBe(true);
    expect(isReserved('ota-dispatch')).toBe(false);
    expect(isReserved('x.ota-dispatch.')).toBe(false);
  });
});
