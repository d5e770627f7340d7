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
    ['twice, first without padding', (text) => base64(text.replace(/=+$/, ''))],
    ['twice, first in base64url', (text) => base64(Buffer.from(text, 'base64').toString('base64url'))],
    ['twice, first in base64url with padding', (text) => base64(text.replaceAll('+', '-').replaceAll('/', '_'))],
    ['twice, the second time without padding', (text) => base64(text).replace(/=+$/, '')],
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

  it.each<[string, string, string]>([
    ['hex', bytes.toString('hex'), 'in hex'],
    ['hex in capitals', bytes.toString('hex').toUpperCase(), 'in hex'],
    ['hex with colons', `${bytes.toString('hex').match(/../g)?.join(':')}\n`, 'in hex'],
    ['base64 of hex', base64(bytes.toString('hex')), 'text in hex'],
    ['base64 of hex and a line break', base64(`${bytes.toString('hex')}\n`), 'text in hex'],
    ['base64url', `${bytes.toString('base64url').replace(/[A-Za-z](?=[A-Za-z])/, '-')}`, 'base64url'],
    ['PEM', `-----BEGIN SIGNATURE-----\n${wrapped(base64(bytes), 64)}-----END SIGNATURE-----\n`, 'PEM'],
    ['PEM in base64', base64(`-----BEGIN SIGNATURE-----\n${base64(bytes)}\n-----END SIGNATURE-----\n`), 'or PEM in base64'],
  ])('is refused as %s, with the name of that encoding', (_what, text, name) => {
    expect(isSignature(text)).toBe(false);
    expect(adviceOnSignature(text)).toContain(name);
  });
});

describe('a certificate, a key or another structure in DER', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

  it.each<[string, Buffer]>([
    ['public key', publicKey.export({ type: 'spki', format: 'der' })],
    ['private key', privateKey.export({ type: 'pkcs8', format: 'der' })],
    ['private key of RSA', privateKey.export({ type: 'pkcs1', format: 'der' })],
    ['certificate', der(Buffer.alloc(400, 0x30))],
    ['encrypted CMS message', der(Buffer.from(`0609${'2a864886f70d010703'}a0${'00'.repeat(300)}`, 'hex'))],
  ])('is refused in base64: %s', (_what, bytes) => {
    expect(isSignature(base64(bytes))).toBe(false);
    expect(adviceOnSignature(base64(bytes))).toContain('a certificate, a key');
  });

  it('is not assumed of a signature in CMS, as SWUpdate and RAUC check it', () => {
    const signed = der(Buffer.from(`0609${'2a864886f70d010702'}a0${'00'.repeat(300)}`, 'hex'));
    expect([isSignature(base64(signed)), adviceOnSignature(base64(signed))]).toEqual([true, undefined]);
  });

  it('is assumed only if it begins as those do: with a structure, an object identifier or the version 0', () => {
    const beginning = (...bytes: readonly number[]) => der(Buffer.concat([Buffer.from(bytes), Buffer.alloc(300, 0xff)]));
    const isRefused = (bytes: Buffer) => !isSignature(base64(bytes));
    expect([[0x30], [0x06], [0x02, 1]].map((bytes) => isRefused(beginning(...bytes)))).toEqual([true, true, true]);
    expect([[0x02, 65], [0x04], [0x04, 1]].map((bytes) => isRefused(beginning(...bytes)))).toEqual([false, false, false]);
    const [, ...others] = beginning(0x30);
    expect(isRefused(Buffer.from([0x31, ...others]))).toBe(false);
    expect(isRefused(Buffer.from([0x30, 0x82, 0, 4, 0x30, 2, 5, 0]))).toBe(true);
  });

  it('is assumed only if its length is that of the whole: the bytes of a signature can begin in the same way', () => {
    expect(isSignature(base64(Buffer.concat([der(Buffer.alloc(250, 0x30)), Buffer.from([1, 2])])))).toBe(true);
  });

  /** A sequence in DER with a length in two bytes. */
  function der(content: Buffer): Buffer {
    return Buffer.concat([Buffer.from([0x30, 0x82, content.length >> 8, content.length & 0xff]), content]);
  }
});

describe('another text', () => {
  it('is refused without padding, with the advice to append it', () => {
    expect(isSignature('MEUCIQ')).toBe(false);
    expect(adviceOnSignature('MEUCIQ')).toContain('append =');
  });

  it.each(['', ' ', 'file://app.sig', '_-9=', 'This is my custom signature\n', 'YR==', '====', '-'])(
    'is refused without advice: %j',
    (text) => {
      expect(isSignature(text)).toBe(false);
      expect(adviceOnSignature(text)).toBeUndefined();
    },
  );

  it.each(['test', 'neverlog', 'This is my custom signature\n', 'a-signature', '0123456789abcdef', 'abcdef-0_'.repeat(7)])(
    'is no signature that was encoded twice, if its bytes are only a word: %j',
    (word) => {
      expect(isSignature(base64(word))).toBe(true);
    },
  );

  it.each([
    ['capitals alone', 'ABCDEFGHIJKL', true],
    ['small letters alone', 'abcdefghijkl', true],
    ['both, but fewer than twelve', 'ABCDefgh', true],
    ['both, and twelve', 'ABCDEFabcdef', false],
  ])('is a signature if its bytes are a word of %s', (_what, word, expected) => {
    expect(isSignature(base64(word))).toBe(expected);
  });

  it('was encoded twice if its bytes are base64 of at least 64 characters, in whatever alphabet', () => {
    const url = 'abcdef-0_'.repeat(8);
    expect([63, 64].map((length) => isSignature(base64(url.slice(0, length))))).toEqual([true, false]);
  });

  it('is hex from 64 digits of one case on, and nothing else', () => {
    const hex = '0a'.repeat(32);
    const advice = (text: string) => adviceOnSignature(text)?.includes('in hex') ?? false;
    expect([hex, hex.toUpperCase(), hex.slice(1), `${hex}G`, `${hex}A`].map(advice)).toEqual([true, true, false, false, false]);
  });

  it('is refused with too much padding, with the advice to append no more than it needs', () => {
    expect(adviceOnSignature('MEUCIQ====')).toContain('wrong padding');
    expect(adviceOnSignature('MEUC=IQ=')).toBeUndefined();
  });

  it.each(['MEUCIQ==', 'c2lnbmF0dXJl'])('was encoded twice if its bytes are short, but base64 all the same: %j', (text) => {
    expect(isSignature(text)).toBe(true);
    expect(isSignature(base64(text))).toBe(false);
  });
});
