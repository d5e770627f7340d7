/** JSON text that was read with what JSON.parse passes over in silence. Members of `detail` count as inside. */
export type Read = {
  readonly value: unknown;
  /** A name stands twice in one object. */
  readonly isRepeating: boolean;
  /** Inside: a number that a double does not keep as it is written. */
  readonly isInexact: boolean;
  /** A name that JavaScript gives a meaning, half a character, a number out of range. */
  readonly strange: { readonly inside: boolean; readonly outside: boolean };
};

const reserved = new Set(['__proto__', 'constructor', 'prototype']);
/** All that may stand in a string as it is. */
const plain = /[\x20\x21\x23-\x5b\x5d-\uffff]*/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const blank = /[ \t\n\r]*/y;
const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;

/** Reads JSON text as RFC 8259 has it; `undefined` where it is none. The text is nested only so deep that recursion is safe. */
export function readJson(text: string): Read | undefined {
  const reader = new Reader(text);
  try {
    reader.skip();
    const value = reader.value(false, true);
    reader.skip();
    if (reader.at !== text.length) return undefined;
    const { isRepeating, isInexact, strange } = reader;
    return { value, isRepeating, isInexact, strange };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class Reader {
  at = 0;
  isRepeating = false;
  isInexact = false;
  readonly strange = { inside: false, outside: false };
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  skip(): void {
    if (this.text.charCodeAt(this.at) <= 0x20) this.at = endOf(blank, this.text, this.at);
  }

  value(inside: boolean, outermost = false): unknown {
    switch (this.text[this.at]) {
      case '{':
        return this.object(inside, outermost);
      case '[':
        return this.list(inside);
      case '"':
        return this.string(inside);
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number(inside);
    }
  }

  private word(word: string, value: boolean | null): boolean | null {
    if (!this.text.startsWith(word, this.at)) throw new SyntaxError();
    this.at += word.length;
    return value;
  }

  private object(inside: boolean, outermost: boolean): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.at += 1;
    this.skip();
    if (this.text[this.at] === '}') this.at += 1;
    else {
      do {
        this.skip();
        if (this.text[this.at] !== '"') throw new SyntaxError();
        const name = this.string(inside);
        if (reserved.has(name)) this.mark(inside || (outermost && name === 'detail'));
        if (Object.hasOwn(object, name)) this.isRepeating = true;
        this.skip();
        this.expect(':');
        this.skip();
        const value = this.value(inside || (outermost && name === 'detail'));
        put(object, name, value);
        this.skip();
      } while (this.goesOn('}'));
    }
    return object;
  }

  private list(inside: boolean): unknown[] {
    const list: unknown[] = [];
    this.at += 1;
    this.skip();
    if (this.text[this.at] === ']') this.at += 1;
    else {
      do {
        this.skip();
        list.push(this.value(inside));
        this.skip();
      } while (this.goesOn(']'));
    }
    return list;
  }

  private goesOn(end: string): boolean {
    const c = this.text[this.at];
    if (c !== ',' && c !== end) throw new SyntaxError();
    this.at += 1;
    return c === ',';
  }

  private expect(c: string): void {
    if (this.text[this.at] !== c) throw new SyntaxError();
    this.at += 1;
  }

  private string(inside: boolean): string {
    const start = this.at;
    let isEscaped = false;
    this.at = endOf(plain, this.text, start + 1);
    while (this.text[this.at] !== '"') {
      const end = endOf(escaped, this.text, this.at);
      if (end === this.at) throw new SyntaxError();
      isEscaped = true;
      this.at = endOf(plain, this.text, end);
    }
    this.at += 1;
    const token = this.text.slice(start, this.at);
    const string: string = isEscaped ? JSON.parse(token) : token.slice(1, -1);
    if (isEscaped && /\p{Cs}/u.test(string)) this.mark(inside);
    return string;
  }

  private number(inside: boolean): number {
    const end = endOf(numberToken, this.text, this.at);
    if (end === this.at) throw new SyntaxError();
    const token = this.text.slice(this.at, end);
    this.at = end;
    const number = Number(token);
    if (!Number.isFinite(number)) this.mark(inside);
    if (inside && !isKept(token, number)) this.isInexact = true;
    return number;
  }

  private mark(inside: boolean): void {
    this.strange[inside ? 'inside' : 'outside'] = true;
  }
}

/** Where a sticky pattern ends that begins here; here, where it does not match. */
function endOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}

/** Also under the one name that is no member of its own when it is assigned to. */
function put(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}

/** Whether the engine would write the number that it read with the same value. */
function isKept(token: string, number: number): boolean {
  if (String(number) === token) return true;
  if (!Number.isFinite(number) || Object.is(number, -0)) return false;
  const [mantissa, exponent] = scaled(token);
  if (mantissa === 0n) return true;
  if (number === 0) return false;
  const [kept, keptExponent] = scaled(String(number));
  const shared = Math.min(exponent, keptExponent);
  return mantissa * 10n ** BigInt(exponent - shared) === kept * 10n ** BigInt(keptExponent - shared);
}

/** A decimal number as a whole one and a power of ten. */
function scaled(token: string): [mantissa: bigint, exponent: number] {
  const [digits = '', exponent = '0'] = token.toLowerCase().split('e');
  const [whole = '', fraction = ''] = digits.split('.');
  const kept = fraction.replace(/0+$/, '');
  return [BigInt(whole + kept), Number(exponent) - kept.length];
}
