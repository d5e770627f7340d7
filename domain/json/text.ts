import type { Problem, Segment } from 'aws-ota-models';

/**
 * The deepest nesting of `{` and `[` outside of strings. It stops counting at `stopAfter` + 1. `text` need not be JSON.
 * Takes linear time and never throws.
 */
export function nestingDepth(text: string, stopAfter: number): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === quote) at = endOfString(text, at) - 1;
    else if (c === openBrace || c === openBracket) {
      depth++;
      if (depth > deepest) deepest = depth;
      if (deepest > stopAfter) return deepest;
    } else if (c === closeBrace || c === closeBracket) depth--;
  }
  return deepest;
}

/**
 * An upper bound for the number of values in `text`: 1, plus each comma, `{` and `[` outside of strings. It stops counting
 * at `stopAfter` + 1. `text` need not be JSON. Takes linear time and never throws.
 */
export function countValues(text: string, stopAfter: number): number {
  let values = 1;
  for (let at = 0; at < text.length && values <= stopAfter; at++) {
    const c = text.charCodeAt(at);
    if (c === quote) at = endOfString(text, at) - 1;
    else if (c === comma || c === openBrace || c === openBracket) values++;
  }
  return values;
}

/**
 * The first member that repeats a name of its object, even if one of the two is written with escapes. `undefined` if there
 * is no such member. `text` must be well-formed JSON. JSON.parse would keep the last of the two silently.
 */
export function findDuplicateKey(text: string): Problem | undefined {
  return walk(text, {
    key: (path, repeated) => (repeated ? { path: path(), message: 'the object has this member twice: keep only one' } : undefined),
  });
}

/**
 * The first number that JSON.parse and JSON.stringify would change, or `undefined`. Such a number is out of range, has more
 * digits than a double keeps, or is -0. With `within`, it looks only inside that member of the outermost object. `text` must
 * be well-formed JSON.
 */
export function findInexactNumber(text: string, within?: string): Problem | undefined {
  const message = 'this number cannot be stored exactly: it is out of range, has too many digits, or is -0';
  return walk(text, {
    number: (path, token) => (!isExact(token) && (within === undefined || path()[0] === within) ? { path: path(), message } : undefined),
  });
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;

type Visitor = {
  readonly key?: (path: () => Segment[], repeated: boolean) => Problem | undefined;
  readonly number?: (path: () => Segment[], token: string) => Problem | undefined;
};

type Frame = { readonly names: Set<string> | undefined; segment: Segment; expectsName: boolean };

/** The index after the closing quote of the string that begins at `start`, or the length of the text if none closes it. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === backslash) at++;
    else if (c === quote) return at + 1;
  }
  return text.length;
}

function walk(text: string, visitor: Visitor): Problem | undefined {
  const stack: Frame[] = [];
  const path = () => stack.map((frame) => frame.segment);
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    const top = stack.at(-1);
    if (c === quote) {
      const end = endOfString(text, at);
      if (top?.names && top.expectsName) {
        const name = nameOf(text.slice(at, end));
        top.segment = name;
        top.expectsName = false;
        const found = visitor.key?.(path, top.names.has(name));
        if (found) return found;
        top.names.add(name);
      }
      at = end - 1;
    } else if (c === openBrace) stack.push({ names: new Set(), segment: '', expectsName: true });
    else if (c === openBracket) stack.push({ names: undefined, segment: 0, expectsName: false });
    else if (c === closeBrace || c === closeBracket) stack.pop();
    else if (c === comma && top) {
      if (top.names) top.expectsName = true;
      else top.segment = Number(top.segment) + 1;
    } else if (isNumberStart(c)) {
      const end = endOfNumber(text, at);
      const found = visitor.number?.(path, text.slice(at, end));
      if (found) return found;
      at = end - 1;
    }
  }
  return undefined;
}

function nameOf(token: string): string {
  return token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
}

function isNumberStart(c: number): boolean {
  return c === 0x2d || (c >= 0x30 && c <= 0x39);
}

function endOfNumber(text: string, start: number): number {
  const rest = /[-+.0-9eE]*/y;
  rest.lastIndex = start;
  rest.test(text);
  return rest.lastIndex;
}

function isExact(token: string): boolean {
  const value = Number(token);
  if (!Number.isFinite(value) || Object.is(value, -0)) return false;
  return decimal(token) === decimal(String(value));
}

/** `token` as digits without leading and trailing zeros, and an exponent. Two spellings of one number give the same text. */
function decimal(token: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(token) ?? [];
  const all = whole + fraction;
  let first = 0;
  while (all[first] === '0') first++;
  let last = all.length;
  while (last > first && all[last - 1] === '0') last--;
  const digits = all.slice(first, last);
  if (digits === '') return '0';
  return `${sign}${digits}e${Number(exponent) - fraction.length + (all.length - last)}`;
}
