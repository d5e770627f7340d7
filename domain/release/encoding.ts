import { placeOf } from '../json/syntax.ts';

/** The text of a body, with its byte order mark. `undefined` if its bytes are not UTF-8. Never throws. */
export function textOf(body: string | Uint8Array): string | undefined {
  if (typeof body === 'string') return body;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

/**
 * Why a body is not UTF-8 without a byte order mark, or `undefined` if it is. It names another encoding by the first bytes, or
 * else the place of the first character that is not UTF-8. It quotes nothing else of the body. Never throws.
 */
export function findEncodingProblem(body: string | Uint8Array): string | undefined {
  if (typeof body === 'string' && !body.isWellFormed())
    return `the body is not valid UTF-8: it has a lone surrogate at ${placeOf(body, body.search(/\p{Cs}/u))}`;
  const first = typeof body === 'string' ? new TextEncoder().encode(body.slice(0, 4)) : body;
  const encoding = encodings.find(([start]) => first.length >= start.length && start.every((byte, at) => isLike(first[at], byte)));
  if (encoding) return encoding[1];
  return typeof body === 'string' ? undefined : problemOfBytes(body);
}

/** `some` is any byte other than zero. JSON begins with ASCII, so zeros beside it give UTF-16 and UTF-32 away. */
const some = -1;
const utf16 = 'the body is UTF-16, as Out-File of Windows PowerShell writes it: save it as UTF-8';
const utf32 = 'the body is UTF-32: save it as UTF-8';

const encodings: readonly (readonly [start: readonly number[], problem: string])[] = [
  [[0xff, 0xfe, 0, 0], utf32],
  [[0, 0, 0xfe, 0xff], utf32],
  [[0xff, 0xfe], utf16],
  [[0xfe, 0xff], utf16],
  [[some, 0, 0, 0], utf32],
  [[0, 0, 0, some], utf32],
  [[some, 0], utf16],
  [[0, some], utf16],
  [[0xef, 0xbb, 0xbf], 'the body is UTF-8 with a byte order mark (bytes EF BB BF): save it as UTF-8 without the mark'],
  [[0xef, 0xbf, 0xbd], 'the body begins with U+FFFD, because a program read it in another encoding than its own: save it as UTF-8'],
];

function isLike(byte: number | undefined, expected: number): boolean {
  return expected === some ? byte !== 0 : byte === expected;
}

function problemOfBytes(bytes: Uint8Array): string | undefined {
  if (textOf(bytes) !== undefined) return undefined;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let offset = 0;
  let index = 0;
  for (const character of text) {
    const encoded = new TextEncoder().encode(character);
    if (!encoded.every((byte, at) => bytes[offset + at] === byte)) break;
    offset += encoded.length;
    index += character.length;
  }
  return `the body is not valid UTF-8 at ${placeOf(text, index)} (byte offset ${offset}): save it as UTF-8, and not as Windows-1252, for example`;
}
