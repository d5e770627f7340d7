import { createSign, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { adviceOnSignature, isSignature } from '../../../domain/release/signature.ts';

const image = Buffer.from('the image');
const base64 = (value: Uint8Array | string) => Buffer.from(value).toString('base64');
/** As openssl and base64 break lines. */
const wrapped = (text: string, columns: number) => `${text.match(new RegExp(`.{1,${columns}}`, 'g'))?.join('\n')}\n`;

const signatures: [string, Buffer][] = [
  ['RSA-2048', rsa(2048)],
  ['RSA-3072', rsa(3072)],
  ['RSA-4096', rsa(4096)],
  ['ECDSA P-256 in DER', createSign('sha256').update(image).sign(ec('P-256'))],
  ['ECDSA P-256 as r and s', sign('sha256', image, { key: ec('P-256'), dsaEncoding: 'ieee-p1363' })],
  ['ECDSA P-384 in DER', createSign('sha384').update(image).sign(ec('P-384'))],
  ['ECDSA P-521 in DER', createSign('sha512').update(image).sign(ec('P-521'))],
  ['Ed25519', sign(null, image, generateKeyPairSync('ed25519').privateKey)],
];

function rsa(modulusLength: number): Buffer {
  return createSign('sha256').update(image).sign(generateKeyPairSync('rsa', { modulusLength }).privateKey);
}

function ec(namedCurve: string) {
  return generateKeyPairSync('ec', { namedCurve }).privateKey;
}

describe.each(signatures)('a signature of the kind %s', (_kind, bytes) => {
  it('is base64 of its bytes, encoded once', () => {
    expect(isSignature(base64(bytes))).toBe(true);
    expect(adviceOnSignature(base64(bytes))).toBeUndefined();
  });

  it.each<[string, (text: string) => string]>([
    ['twice', (text) => base64(text)],
    ['twice, with the line break that a shell adds', (text) => base64(`${text}\n`)],
    ['twice, first in lines of 76 characters', (text) => base64(wrapped(text, 76))],
    ['twice, first in lines of 64 characters', (text) => base64(wrapped(text, 64))],
    ['twice, both in lines', (text) => wrapped(base64(wrapped(text, 76)), 76)],
    ['twice, with the line breaks of Windows', (text) => base64(wrapped(text, 76).replaceAll('\n', '\r\n'))],
    ['three times', (text) => base64(base64(text))],
  ])('is refused if it was encoded %s, with the advice to decode it', (_how, encode) => {
    expect(isSignature(encode(base64(bytes)))).toBe(false);
    expect(adviceOnSignature(encode(base64(bytes)))).toContain('decode it once');
  });

  it.each<[string, (text: string) => string]>([
    ['in lines of 76 characters', (text) => wrapped(text, 76)],
    ['in lines of 64 characters', (text) => wrapped(text, 64)],
    ['with a line break at its end', (text) => `${text}\n`],
    ['with a line break of Windows at its end', (text) => `${text}\r\n`],
    ['in lines that YAML has folded', (text) => wrapped(text, 76).trim().replaceAll('\n', ' ')],
    ['with a tab before it', (text) => `\t${text}`],
  ])('is refused %s, with the advice to write one line', (_how, write) => {
    expect(isSignature(write(base64(bytes)))).toBe(false);
    expect(adviceOnSignature(write(base64(bytes)))).toContain('on one line');
  });
});

describe('another text', () => {
  it.each(['', ' ', 'MEUCIQ', '-----BEGIN SIGNATURE-----', '_-8=', 'This is my custom signature\n', 'YR=='])(
    'is refused without advice: %j',
    (text) => {
      expect(isSignature(text)).toBe(false);
      expect(adviceOnSignature(text)).toBeUndefined();
    },
  );

  it.each(['test', 'neverlog', 'This is my custom signature\n', 'a-signature', '0123456789abcdef'])(
    'is no signature that was encoded twice, if its bytes are only a word: %j',
    (word) => {
      expect(isSignature(base64(word))).toBe(true);
    },
  );

  it.each(['MEUCIQ==', 'c2lnbmF0dXJl'])('was encoded twice if its bytes are short, but base64 all the same: %j', (text) => {
    expect(isSignature(text)).toBe(true);
    expect(isSignature(base64(text))).toBe(false);
  });
});
