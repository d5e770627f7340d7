import { isRecord } from 'aws-ota-models';

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The same JSON Schema with regular expressions that ECMAScript, Python and RE2 (Go) read alike. Validators in other languages
 * do not know `\p{...}` or lookaheads, `\d` means more digits to Python, and `$` matches before a last line break there.
 *
 * - `\d` becomes `0-9`.
 * - A lookahead at the start becomes `not`.
 * - A class with `\p{...}` keeps its characters up to U+00FF and accepts all others, so it accepts more than the original.
 * - Each pattern that ends with `$` also refuses a line break.
 *
 * Throws for any other construct that the three may read differently.
 */
export function portable(schema: object): object {
  return Object(mapped(schema));
}

function mapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mapped);
  if (!isRecord(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapped(member)]));
  return typeof inner['pattern'] === 'string' ? withPattern(inner, inner['pattern']) : inner;
}

function withPattern({ pattern: _given, ...rest }: JsonSchema, source: string): JsonSchema {
  const [, refused, kept = source] = /^\^(?:\(\?:)?\(\?!((?:[^()\\]|\\.)*)\)(.*?)$/s.exec(source) ?? [];
  const isGrouped = refused !== undefined && source.startsWith('^(?:');
  const whole = refused === undefined ? source : `^${isGrouped ? '(?:' : ''}${kept}`;
  const pattern = isVacuous.test(whole) ? undefined : inSharedSyntax(whole);
  const not = [...(refused === undefined ? [] : [`^(?:${inSharedSyntax(refused)})`]), ...(pattern?.endsWith('$') ? ['\\n'] : [])];
  if (not.length > 0 && rest['not'] !== undefined) throw new Error(`a schema has both a pattern and not: ${source}`);
  return { ...rest, ...(pattern === undefined ? {} : { pattern }), ...(not.length === 0 ? {} : { not: { pattern: not.join('|') } }) };
}

/** A pattern that matches any text. */
const isVacuous = /^\^(?:\(\?:)?\(?\[\\s\\S\]\*\)?\)?\$$/;

function inSharedSyntax(source: string): string {
  const shared = source
    .replace(/\[\^?(?:[^\]\\]|\\.)*\\p\{(?:[^\]\\]|\\.)*\]/g, upToLatin1)
    .replace(/\[(?:[^\]\\]|\\.)*\]/g, (characters) => characters.replaceAll('\\d', '0-9'))
    .replaceAll('\\d', '[0-9]')
    .replaceAll('\\/', '/');
  const strange = /\(\?(?!:)|\\(?![-.\\+*?|()[\]{}^$sSnx])|\\[sS](?!\\S\])|\{\d*,?[1-9]\d{3,}\}/.exec(shared.replaceAll('[\\s\\S]', ''));
  if (strange) throw new Error(`not every validator reads ${strange[0]} in the same way: ${source}`);
  return shared;
}

/** The class of all characters except those up to U+00FF that `characters` does not have. */
function upToLatin1(characters: string): string {
  const original = new RegExp(`^${characters}$`, 'u');
  const codes = Array.from({ length: 256 }, (_, code) => code).filter((code) => !original.test(String.fromCharCode(code)));
  const ranges: [number, number][] = [];
  for (const code of codes) {
    const last = ranges.at(-1);
    if (last?.[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  const hex = (code: number) => `\\x${code.toString(16).padStart(2, '0')}`;
  return `[^${ranges.map(([first, last]) => (first === last ? hex(first) : `${hex(first)}-${hex(last)}`)).join('')}]`;
}
