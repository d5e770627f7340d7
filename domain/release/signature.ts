import { isCanonicalBase64 } from './fields.ts';

/** What the text of an own signature must be, in words that fit after "must be". */
export const signatureRule = "base64 of the signature's bytes, encoded once, with padding and without line breaks";

/** Whether `text` is the base64 of a signature's bytes, encoded once. See {@link adviceOnSignature} for the usual mistakes. */
export function isSignature(text: string): boolean {
  return isCanonicalBase64(text) && !isEncodedTwice(text);
}

/**
 * What a person should do about a text that {@link isSignature} refuses, in words that fit after the path. It knows the usual
 * mistakes: base64 that was encoded twice, or that has line breaks or blanks. Undefined for any other text.
 */
export function adviceOnSignature(text: string): string | undefined {
  const joined = withoutBlanks(text);
  if (!isCanonicalBase64(joined)) return undefined;
  if (isEncodedTwice(joined)) return 'is base64 that was encoded twice, as AWS CLI 2 takes it: decode it once, such as with base64 -d';
  return joined === text ? undefined : 'has line breaks or blanks: write it on one line, as openssl base64 -A does';
}

/**
 * Whether the bytes of a base64 text are themselves base64 text. A signature in DER begins with 0x30, a length and 0x02, which is
 * not a character of base64. Any other signature has too many bytes for all of them to be such characters by chance. Short
 * words that happen to be base64 do not count: without padding, the text needs 12 characters, small letters and capitals.
 */
function isEncodedTwice(base64: string): boolean {
  const inner = withoutBlanks(Buffer.from(base64, 'base64').toString('latin1'));
  if (!isCanonicalBase64(inner)) return false;
  return inner.endsWith('=') || (inner.length >= 12 && /[a-z]/.test(inner) && /[A-Z]/.test(inner));
}

function withoutBlanks(text: string): string {
  return text.replace(/[ \t\r\n]+/g, '');
}
