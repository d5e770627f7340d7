/** Reports one thing to a person: what it is about, what happened in a word or two, and details. */
export type Report = (about: string, happened: string, ...details: string[]) => void;

const WIDTH = 100;
const ABOUT = 28;
const HAPPENED = 10;

/**
 * The lines that `report` prints: three columns, at most 100 characters wide. Details that do not fit go on the next
 * line, below the second column. A word that is longer than the line is not broken.
 */
export function reportLines(about: string, happened: string, details: readonly string[]): string[] {
  const lines: string[] = [];
  let line = `${`${about} `.padEnd(ABOUT)}${`${happened} `.padEnd(HAPPENED)}`;
  let isFirst = true;
  for (const detail of details) {
    const fits = line.length + detail.length + (isFirst ? 0 : 2) <= WIDTH;
    // A label stays on the same line as its id ("job AFR_OTA-..."). Only a sentence may be broken between words.
    const parts = fits || !/ .* /.test(detail) ? [detail] : detail.split(' ');
    for (const [index, part] of parts.entries()) {
      const gap = isFirst ? '' : index === 0 ? ', ' : ' ';
      if (line.length + gap.length + part.length > WIDTH && line.trim() !== '') {
        lines.push(line.trimEnd());
        line = ' '.repeat(ABOUT) + part;
      } else line += gap + part;
      isFirst = false;
    }
  }
  return [...lines, line.trimEnd()];
}

/** Prints {@link reportLines} to standard output. */
export const report: Report = (about, happened, ...details) => {
  for (const line of reportLines(about, happened, details)) console.log(line);
};
