/**
 * A text as lines of at most `columns` characters. It breaks only at blanks, so no id is ever divided. Lines after the first
 * begin with the indentation of the first and `hanging` more blanks. Without `columns` it is one line.
 */
export function wrapped(text: string, columns: number | undefined, hanging = 4): string[] {
  const [indentation = ''] = text.match(/^ */) ?? [];
  if (columns === undefined || text.length <= columns) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.slice(indentation.length).split(/(?<=\S) /)) {
    const begin = lines.length === 0 ? indentation : `${indentation}${' '.repeat(hanging)}`;
    const next = line === '' ? `${begin}${word}` : `${line} ${word}`;
    if (line === '' || next.length <= columns) line = next;
    else {
      lines.push(line);
      line = `${indentation}${' '.repeat(hanging)}${word.trimStart()}`;
    }
  }
  return [...lines, line];
}

/**
 * Prints a text that is {@link wrapped} at the width of the terminal. A pipe or a file gets it on one line. Each character that a terminal
 * would obey is a blank, because events and devices send texts, too.
 */
export function print(text: string, hanging?: number): void {
  for (const line of wrapped(harmless(text), widthOf(process.stdout), hanging)) console.log(line);
}

/** As {@link print}, to standard error. */
export function printError(text: string): void {
  for (const line of wrapped(harmless(text), widthOf(process.stderr))) console.error(line);
}

const harmless = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ');

/** A help as lines of at most `columns` characters. A description goes on in its own column. */
export function helpLines(help: string, columns: number | undefined): string[] {
  return help.split('\n').flatMap((line) => wrapped(line, columns, hangingOf(line)));
}

/** Prints the help of a command, as wide as the terminal. */
export function printHelp(help: string): void {
  for (const line of helpLines(help, widthOf(process.stdout))) console.log(line);
}

/** A column that begins further right leaves no room for words on a narrow terminal. */
const COLUMN_MAX = 30;

/** How far the text of a line of a help is behind its beginning: `  1    rejected` has 5. Text without a column has 0. */
function hangingOf(line: string): number {
  const [, indentation = '', head = ''] = line.match(/^( +)(\S+(?: \S+)* {2,})\S/) ?? [];
  return indentation.length + head.length > COLUMN_MAX ? 4 : head.length;
}

/** A terminal that does not know its width reports 0 columns. */
function widthOf({ isTTY, columns }: NodeJS.WriteStream): number | undefined {
  return isTTY ? columns || undefined : undefined;
}

/** A text of somebody else on one line: every control character and line break is a blank, so it cannot move the cursor. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
}

/**
 * A JSON text with the same meaning, in which every control character and every character without a shape is an escape. JSON itself asks for
 * that only below U+0020, but a terminal obeys U+009B, too. Tabs and line breaks stay.
 */
export function escaped(json: string): string {
  return json.replaceAll(/(?![\t\r\n])[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}
