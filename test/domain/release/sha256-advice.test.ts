import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256Advice } from '../../../domain/release/sha256-advice.ts';

const digest = (algorithm: string, encoding: 'hex' | 'base64' | 'base64url') => createHash(algorithm).update('firmware').digest(encoding);
const hex = digest('sha256', 'hex');

describe('the advice for a digest that is not 64 lower-case hex digits', () => {
  it.each<[string, string, RegExp | undefined]>([
    ['upper-case hex', hex.toUpperCase(), /^upper-case hex: use lower case$/],
    ['hex in both cases', hex.replace('a', 'A'), /lower case/],
    ['hex of 63 characters', hex.slice(1), /^63 hex characters$/],
    ['an MD5', digest('md5', 'hex'), /^32 hex characters, as an MD5/],
    ['a SHA-1', digest('sha1', 'hex'), /^40 hex characters, as a SHA-1/],
    ['a SHA-384', digest('sha384', 'hex'), /^96 hex characters, as a SHA-384/],
    ['a SHA-512', digest('sha512', 'hex'), /^128 hex characters, as a SHA-512/],
    ['base64', digest('sha256', 'base64'), /^base64, as S3 prints ChecksumSHA256/],
    ['base64url without padding', digest('sha256', 'base64url'), /^base64/],
    ['the composite checksum of a multipart upload', `${digest('sha256', 'base64')}-2`, /composite/],
    ['the ETag of a multipart upload', `${digest('md5', 'hex')}-2`, /ETag/],
    ['the name of the algorithm in front', `sha256:${hex}`, /name of the algorithm/],
    ['SRI', `sha256-${digest('sha256', 'base64')}`, /name of the algorithm/],
    ['0x in front', `0x${hex}`, /0x/],
    ['colons between the bytes', hex.replace(/..(?=.)/g, '$&:'), /separators/],
    ['the output of sha256sum', `${hex}  app.bin`, /name of the file/],
    ['a line break behind it', `${hex}\n`, /blanks or a line break/],
    ['other text', 'none', undefined],
    ['nothing', '', undefined],
    ['a text of 1000 characters', `sha256:${'x'.repeat(993)}`, /name of the algorithm/],
    ['a text of 1001 characters', `sha256:${'x'.repeat(994)}`, undefined],
    ['very long text', 'a'.repeat(100_000), undefined],
  ])('names what it is, and quotes nothing: %s', (_what, given, expected) => {
    const advice = sha256Advice(given);
    if (expected === undefined) expect(advice).toBeUndefined();
    else expect(advice).toMatch(expected);
    if (given !== '') expect(String(advice)).not.toContain(given);
  });
});
