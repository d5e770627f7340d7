import { styleText } from 'node:util';
import { oneLine } from '../scripts/layout.ts';

/** Reports one thing to a person: what it is about, what happened in a word or two, and details. */
export type Report = (about: string, happened: string, ...details: string[]) => void;

const ABOUT = 28;
const HAPPENED = 10;
/** A narrower terminal has no room for words in a third column. */
const WIDE = 80;
const NARROW_INDENT = 4;

/**
 * The lines that `report` prints, at most `width` characters wide: three columns. Words that do not fit go on the next line, in
 * the third column, or at the left if the terminal is narrow. A word is never broken, and one that is wider than the third
 * column, such as an id of AWS, goes to the left too. With an endless width it is one line. Line breaks and control characters are blanks.
 */
export function reportLines(about: string, happened: string, details: readonly string[], width: number): string[] {
  const indent = width >= WIDE ? ABOUT + HAPPENED : NARROW_INDENT;
  const lines = [`${`${oneLine(about)} `.padEnd(ABOUT)}${`${happened} `.padEnd(HAPPENED)}`];
  let isFirst = true;
  for (const word of wordsOf(details)) {
    const line = lines.at(-1) ?? '';
    const gap = isFirst || line.trim() === '' ? '' : ' ';
    isFirst = false;
    if (line.length + gap.length + word.length <= width) lines[lines.length - 1] = line + gap + word;
    else lines.push(' '.repeat(indent + word.length <= width ? indent : NARROW_INDENT) + word);
  }
  return lines.map((line) => line.trimEnd());
}

/** The words of all details. A comma is between two details. */
function wordsOf(details: readonly string[]): string[] {
  return details
    .map(oneLine)
    .join(', ')
    .split(' ')
    .filter((word) => word !== '');
}

/** `text` in lines of at most `width` characters. A word that is longer is not broken. */
export function wrap(text: string, width: number): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

const GOOD = ['completed', 'unchanged'];
const MEANT = /^as meant\b/;
const BAD = ['rejected', 'failed', 'error', 'FAILED', 'DOUBLED'];

/** Prints {@link reportLines} to standard output: as wide as the terminal, with colours on a terminal that wants them. */
export const report: Report = (about, happened, ...details) => {
  const lines = reportLines(about, happened, details, widthOfOutput());
  const isMeant = details.some((detail) => MEANT.test(detail));
  const colour = GOOD.includes(happened) ? 'green' : BAD.includes(happened) ? (isMeant ? 'yellow' : 'red') : undefined;
  console.log(colour === undefined ? lines.join('\n') : styleText(colour, lines.join('\n'), { stream: process.stdout }));
};

/** The columns of the terminal. Endless if standard output is not one, because a file or a program needs no line breaks. */
export function widthOfOutput(): number {
  return process.stdout.isTTY ? process.stdout.columns || WIDE : Number.POSITIVE_INFINITY;
}
