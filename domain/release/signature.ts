import { isCanonicalBase64 } from './fields.ts';

/** What the text of an own signature must be, in words that fit after "must be". */
export const signatureRule = "base64 of the signature's bytes, encoded once, with padding and without line breaks";

/** Whether `text` is the base64 of a signature's bytes, encoded once. See {@link adviceOnSignature} for the usual mistakes. */
export function isSignature(text: string): boolean {
  return isCanonicalBase64(text) && !isHex(text) && adviceOnBytes(Buffer.from(text, 'base64')) === undefined;
}

/**
 * What a person should do about a text that {@link isSignature} refuses, if the mistake is a usual one: another encoding, base64
 * that was encoded twice or that has line breaks, or a certificate or key. Undefined for any other text.
 */
export function adviceOnSignature(text: string): string | undefined {
  if (text.includes(PEM)) return 'is PEM: write only the base64 of a signature, on one line, without the lines that begin with -----';
  const joined = withoutBlanks(text);
  if (isHex(joined.replaceAll(':', ''))) return 'is in hex: write the same bytes in base64';
  const usual = inUsualAlphabet(joined);
  if (!isCanonicalBase64(usual)) return undefined;
  const advice = adviceOnBytes(Buffer.from(usual, 'base64'));
  if (advice !== undefined || usual === text) return advice;
  if (usual === joined) return 'has line breaks or blanks: write it on one line, as openssl base64 -A does';
  return /[-_]/.test(joined)
    ? 'is base64url: write + for -, and / for _, with padding'
    : 'has the wrong padding: append = until the length is a multiple of four, and no more';
}

/** What to do if the bytes that a base64 text stands for are text in their turn, or a certificate or key. */
function adviceOnBytes(bytes: Buffer): string | undefined {
  if (bytes.includes(PEM) || isCertificateOrKey(bytes))
    return 'is a certificate, a key or PEM in base64: write the base64 of the bytes of the signature';
  const inner = withoutBlanks(bytes.toString('latin1'));
  if (isHex(inner)) return 'is base64 of text in hex: encode the bytes of the signature instead';
  return isBase64Text(inner)
    ? 'is base64 that was encoded twice, as AWS CLI 2 takes it: decode it once, such as with base64 -d'
    : undefined;
}

/**
 * Whether the bytes of a base64 text are themselves base64 text. A signature in DER begins with 0x30, a length and 0x02, which is
 * not a character of base64. Any other signature has too many bytes for all of them to be such characters by chance. Short
 * words that happen to be base64 do not count: without padding, the text needs 12 characters, small letters and capitals. If its
 * length or alphabet is not the usual one, it must be as long as the text of a signature.
 */
function isBase64Text(text: string): boolean {
  if (text.length >= SIGNATURE_TEXT_MIN && isCanonicalBase64(inUsualAlphabet(text))) return true;
  if (!isCanonicalBase64(text)) return false;
  return text.endsWith('=') || (text.length >= 12 && /[a-z]/.test(text) && /[A-Z]/.test(text));
}

/** The shortest signatures in use have 48 bytes, which are 64 characters of base64 and 96 of hex. */
const SIGNATURE_TEXT_MIN = 64;

const PEM = '-----BEGIN';

function isHex(text: string): boolean {
  return text.length >= SIGNATURE_TEXT_MIN && /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(text);
}

/** What a signature in the form of CMS begins with: the object identifier of SignedData (RFC 5652, section 5.1), in DER. */
const SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex');

/**
 * Whether the bytes are one structure in DER that begins with another structure, an object identifier or the version 0, as
 * certificates, public keys, other CMS messages and private keys do. A signature in DER begins with a longer number, and one in CMS with
 * its own identifier. By chance, the bytes of another signature begin so in one of 2^38 cases.
 */
function isCertificateOrKey(bytes: Buffer): boolean {
  if (bytes.length < 8 || bytes.readUInt16BE(0) !== 0x30_82 || bytes.readUInt16BE(2) !== bytes.length - 4) return false;
  if (bytes.subarray(4, 4 + SIGNED_DATA.length).equals(SIGNED_DATA)) return false;
  return bytes[4] === 0x30 || bytes[4] === 0x06 || (bytes[4] === 0x02 && bytes[5] === 1);
}

/** Base64 in the alphabet of RFC 4648, section 4, with padding. It may have been base64url, or without padding. */
function inUsualAlphabet(text: string): string {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  return plain.padEnd(Math.ceil(plain.length / 4) * 4, '=');
}

function withoutBlanks(text: string): string {
  return text.replace(/[ \t\r\n]+/g, '');
}
