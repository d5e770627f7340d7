import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * `value` as the canonical JSON of RFC 8785. Equal values give the same text, whatever the order of their members.
 * Throws if JSON cannot express the value: a lone surrogate, NaN, an infinite number, a cycle, or `undefined` at the top.
 * `findForbidden` finds such text and numbers beforehand.
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('not a JSON value');
  return text;
}

/** The SHA-256 of the UTF-8 bytes of `text`, as 64 lower-case hex digits. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
