import { visit } from 'jsonc-parser';

/** JSON text as jsonc-parser reads it, with what JSON.parse does not report. Members of the root's `detail` count as inside. */
export type Read = {
  readonly value: unknown;
  /** An object has the same name twice. */
  readonly isRepeating: boolean;
  /** Inside: a number that a double cannot hold exactly as it is written. */
  readonly isInexact: boolean;
  /** A name that JavaScript gives a meaning, half a surrogate pair, or a number out of range. */
  readonly strange: { readonly inside: boolean; readonly outside: boolean };
};

/** A container that has begun and not ended. `name` is the member that is being read, empty in an array. */
type Open = { readonly container: Record<string, unknown> | unknown[]; name: string };

const reserved = new Set(['__proto__', 'constructor', 'prototype']);
const onlyJson = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

/** Reads JSON text as RFC 8259 defines it; `undefined` for any other text. The parser is recursive: limit the depth before. */
export function readJson(text: string): Read | undefined {
  const open: Open[] = [];
  const strange = { inside: false, outside: false };
  let value: unknown;
  let isJson = true;
  let isRepeating = false;
  let isInexact = false;

  const isInside = (): boolean => open[0]?.name === 'detail';
  const mark = (inside: boolean): void => {
    strange[inside ? 'inside' : 'outside'] = true;
  };
  const put = (one: unknown): void => {
    const into = open.at(-1);
    if (into === undefined) value = one;
    else if (Array.isArray(into.container)) into.container.push(one);
    else setMember(into.container, into.name, one);
  };
  const begin = (container: Open['container']): void => {
    put(container);
    open.push({ container, name: '' });
  };
  const end = (): void => {
    open.pop();
  };

  visit(
    text,
    {
      onObjectBegin: () => begin({}),
      onArrayBegin: () => begin([]),
      onObjectEnd: end,
      onArrayEnd: end,
      onObjectProperty: (name) => {
        const into = open.at(-1);
        if (into === undefined) return;
        if (reserved.has(name) || !name.isWellFormed()) mark(open.length > 1 && isInside());
        if (Object.hasOwn(into.container, name)) isRepeating = true;
        into.name = name;
      },
      onLiteralValue: (literal: unknown, offset, length) => {
        put(literal);
        if (typeof literal === 'string' && !literal.isWellFormed()) mark(isInside());
        if (typeof literal !== 'number') return;
        if (!Number.isFinite(literal)) mark(isInside());
        if (isInside() && !isExact(text.slice(offset, offset + length), literal)) isInexact = true;
      },
      onError: () => {
        isJson = false;
      },
    },
    onlyJson,
  );
  return isJson ? { value, isRepeating, isInexact, strange } : undefined;
}

/** Sets a member, even if it is called `__proto__`, which an assignment would not make a member. */
function setMember(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}

/** Whether the engine would write the number that it read with the same value. */
function isExact(token: string, number: number): boolean {
  if (String(number) === token) return true;
  // Cut off, as in `1e-`. The parser reports next that this is not JSON.
  if (!/\d$/.test(token)) return true;
  if (!Number.isFinite(number) || Object.is(number, -0)) return false;
  const [mantissa, exponent] = scaled(token);
  if (mantissa === 0n) return true;
  if (number === 0) return false;
  const [kept, keptExponent] = scaled(String(number));
  const shared = Math.min(exponent, keptExponent);
  return mantissa * 10n ** BigInt(exponent - shared) === kept * 10n ** BigInt(keptExponent - shared);
}

/** A decimal number as an integer and a power of ten. */
function scaled(token: string): [mantissa: bigint, exponent: number] {
  const [digits = '', exponent = '0'] = token.toLowerCase().split('e');
  const [whole = '', fraction = ''] = digits.split('.');
  const kept = fraction.replace(/0+$/, '');
  return [BigInt(whole + kept), Number(exponent) - kept.length];
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
