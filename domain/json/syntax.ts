/** Why a text is not JSON: the index of the first character that cannot stand there, and what is wrong in a few words. */
export type SyntaxProblem = { readonly at: number; readonly message: string };

/**
 * The first place at which `text` is not JSON (RFC 8259), or `undefined` if it is. The message never quotes the text.
 * JSON.parse does not always state the place, and its message quotes the text. Takes linear time. It is recursive, so limit
 * the depth of nesting before.
 */
export function findSyntaxProblem(text: string): SyntaxProblem | undefined {
  const scanner = { text, at: 0 };
  skipBlanks(scanner);
  return value(scanner) ?? (scanner.at < text.length ? wrong(scanner, 'the JSON value has ended before: remove what follows') : undefined);
}

/** `line 4, column 1` for the character at `index` of `text`. Both count from 1. A column counts UTF-16 code units, as editors do. */
export function placeOf(text: string, index: number): string {
  const lines = text.slice(0, index).split(/\r\n|\r|\n/);
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

type Scanner = { readonly text: string; at: number };

function wrong({ text, at }: Scanner, message: string): SyntaxProblem {
  return { at, message: at >= text.length ? 'the text ends too early' : message };
}

function value(scanner: Scanner): SyntaxProblem | undefined {
  const c = scanner.text[scanner.at];
  if (c === '{') return items(scanner, '}', member);
  if (c === '[') return items(scanner, ']', value);
  if (c === '"') return string(scanner);
  if (skip(scanner, /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)[ \t\r\n]*/y)) return undefined;
  return wrong(scanner, unexpected[c ?? ''] ?? 'a value must stand here');
}

function items(scanner: Scanner, end: string, item: (scanner: Scanner) => SyntaxProblem | undefined): SyntaxProblem | undefined {
  scanner.at++;
  skipBlanks(scanner);
  let isFirst = true;
  while (scanner.text[scanner.at] !== end) {
    if (!isFirst) {
      if (scanner.text[scanner.at] !== ',') return wrong(scanner, `a comma or ${end} must stand here`);
      scanner.at++;
      skipBlanks(scanner);
      if (scanner.text[scanner.at] === end) return wrong(scanner, `remove the comma before this ${end}`);
    }
    const problem = item(scanner);
    if (problem) return problem;
    isFirst = false;
  }
  scanner.at++;
  skipBlanks(scanner);
  return undefined;
}

function member(scanner: Scanner): SyntaxProblem | undefined {
  const c = scanner.text[scanner.at];
  if (c !== '"') return wrong(scanner, unexpected[c ?? ''] ?? 'a name in double quotes must stand here');
  const problem = string(scanner);
  if (problem) return problem;
  if (scanner.text[scanner.at] !== ':') return wrong(scanner, 'a colon must stand here');
  scanner.at++;
  skipBlanks(scanner);
  return value(scanner);
}

const unexpected: Readonly<Record<string, string>> = {
  "'": 'use double quotes',
  '/': 'JSON has no comments: remove it',
  '#': 'JSON has no comments: remove it',
};

function string(scanner: Scanner): SyntaxProblem | undefined {
  scanner.at++;
  while (scanner.text[scanner.at] !== '"') {
    if (skip(scanner, /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y)) continue;
    const code = scanner.text.charCodeAt(scanner.at);
    if (code === backslash) return wrong(scanner, 'JSON does not have this escape: write \\\\ for a backslash');
    if (Number.isNaN(code) || code < space) return wrong(scanner, 'a control character must be an escape: write \\n for a line break');
    scanner.at++;
  }
  scanner.at++;
  skipBlanks(scanner);
  return undefined;
}

const backslash = 0x5c;
const space = 0x20;

function skipBlanks(scanner: Scanner): void {
  skip(scanner, /[ \t\r\n]*/y);
}

/** Moves behind the match of the sticky pattern `token`. False if there is no match here. */
function skip(scanner: Scanner, token: RegExp): boolean {
  token.lastIndex = scanner.at;
  const isMatch = token.test(scanner.text);
  if (isMatch) scanner.at = token.lastIndex;
  return isMatch;
}
