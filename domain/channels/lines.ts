import { formatPath, isRecord, type Problem, type Segment } from 'aws-ota-models';
import { type Document, isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { Channels } from './schema.ts';
import { type ForeignPlaces, validateChannels } from './validate.ts';
import type { ChannelVariables } from './variables.ts';

/** A problem of channels.yml with its line, counted from 1. */
export type LineProblem = Problem & { readonly line: number };

/** The problem as one line of text: `FILE:LINE: PATH: MESSAGE`. `kind` goes before the path, such as `warning: `. */
export function lineText(file: string, { line, path, message }: LineProblem, kind = ''): string {
  return `${file}:${line}: ${kind}${formatPath(path)}: ${message}`;
}

/** `value` is the file as data, before its variables are replaced. Packaging puts it beside a handler. */
export type ChannelsFile =
  | { readonly ok: true; readonly channels: Channels; readonly value: unknown; readonly warnings: readonly LineProblem[] }
  | { readonly ok: false; readonly errors: readonly LineProblem[] };

/**
 * Reads and validates the text of channels.yml. Every error and warning has its line.
 *
 * The text is YAML 1.2 with exactly one document. Anchors, aliases and tags are errors, because with them a file means more
 * than it shows. Duplicate keys are errors too, and so are whole numbers that a double cannot hold exactly.
 *
 * It checks the encoding, the syntax, then the nodes, then the numbers, and finally calls {@link validateChannels}. It reports only the
 * errors of the first check that fails, and at most 5 errors of syntax. Never throws.
 */
export function readChannelsFile(text: string, variables?: ChannelVariables, foreignPlaces?: ForeignPlaces, now?: number): ChannelsFile {
  const misread = text.search(/[\0\ufffd]/);
  if (misread !== -1) return { ok: false, errors: [{ line: text.slice(0, misread).split('\n').length, path: [], message: notUtf8 }] };
  const lines = new LineCounter();
  const at = (offset: number | undefined) => (offset === undefined ? 1 : lines.linePos(offset).line);
  const read = parseYaml(text, lines);
  if ('message' in read) return { ok: false, errors: [{ line: 1, path: [], message: read.message }] };
  const { document } = read;
  const withLine = (problem: Problem) => ({ line: at(findOffset(document, problem.path)), ...problem });

  const syntax = [...document.errors, ...document.warnings].map((error) => ({ line: at(error.pos[0]), path: [], message: error.message }));
  // After one mistake the parser also reports what follows it, so more errors would not help.
  if (syntax.length > 0) return { ok: false, errors: syntax.slice(0, 5) };
  const forbidden = findForbiddenNodes(document).map(({ node, message }) => ({ line: at(node.range?.[0]), path: [], message }));
  if (forbidden.length > 0) return { ok: false, errors: forbidden };
  const problems: Problem[] = [];
  const value = toPlain(document.toJS(), [], problems);
  if (problems.length > 0) return { ok: false, errors: problems.map(withLine) };
  const validated = validateChannels(value, variables, foreignPlaces, now);
  return validated.ok
    ? { ok: true, channels: validated.channels, value, warnings: validated.warnings.map(withLine) }
    : { ok: false, errors: validated.errors.map(withLine) };
}

/** U+FFFD stands for bytes that are not UTF-8. A text in UTF-16 that was read as UTF-8 also has zeros. */
const notUtf8 = 'the file is not UTF-8 here, but UTF-16 or Windows-1252, for example: save it as UTF-8';

function parseYaml(text: string, lineCounter: LineCounter): { document: Document.Parsed } | { message: string } {
  try {
    return { document: parseDocument(text, { lineCounter, prettyErrors: false, intAsBigInt: true, uniqueKeys: true, merge: false }) };
  } catch (error) {
    // It throws only if the nesting overflows the stack. It reports all other errors in the document.
    return { message: `cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function findForbiddenNodes(document: Document.Parsed): { node: Node; message: string }[] {
  const found: { node: Node; message: string }[] = [];
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node) || ('anchor' in node && node.anchor !== undefined))
        found.push({ node, message: 'anchors and aliases are not allowed: write the value itself' });
      else if (node.tag !== undefined) found.push({ node, message: 'tags are not allowed: remove it' });
    },
    Pair: (_key, pair) => {
      if (isScalar(pair.key) && typeof pair.key.value !== 'string')
        found.push({ node: pair.key, message: 'a name must be text: quote it' });
      else if (isCollection(pair.key)) found.push({ node: pair.key, message: 'a name must be text' });
    },
  });
  return found;
}

/** `value` with each bigint as a number. The parser returns whole numbers as bigint, so that one with too many digits is noticed. */
function toPlain(value: unknown, path: readonly Segment[], problems: Problem[]): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) problems.push({ path, message: 'this number is too large to be kept exactly' });
    return number;
  }
  if (Array.isArray(value)) return value.map((item, index) => toPlain(item, [...path, index], problems));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toPlain(item, [...path, name], problems)]));
}

/**
 * Where in the text `path` leads. If the file does not have all of the path, it is where the deepest existing part begins. So
 * a missing member is reported at its parent.
 */
function findOffset(document: Document.Parsed, path: readonly Segment[]): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const segment of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === String(segment));
      if (!pair) return offset;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof segment === 'number') {
      const item: unknown = node.items[segment];
      if (isScalar(item) || isCollection(item)) offset = item.range?.[0] ?? offset;
      node = item;
    } else return offset;
  }
  return offset;
}
