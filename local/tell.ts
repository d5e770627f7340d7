/** Tells a person one thing: about what, what happened (a word or two), and details, each on a line of its own if it must. */
export type Tell = (about: string, happened: string, ...details: string[]) => void;

const WIDTH = 100;
const ABOUT = 28;
const HAPPENED = 10;

/** The lines that `Tell` prints: three columns, at most 100 wide but for what has no space, what does not fit goes below. */
export function linesOf(about: string, happened: string, details: readonly string[]): string[] {
  const lines: string[] = [];
  let line = `${`${about} `.padEnd(ABOUT)}${`${happened} `.padEnd(HAPPENED)}`;
  let isFresh = true;
  for (const detail of details) {
    const whole = line.length + detail.length + (isFresh ? 0 : 2) <= WIDTH;
    // A short label stays with the id behind it; a sentence may be broken between words.
    const words = whole || !/ .* /.test(detail) ? [detail] : detail.split(' ');
    for (const [index, word] of words.entries()) {
      const gap = isFresh ? '' : index === 0 ? ', ' : ' ';
      if (line.length + gap.length + word.length > WIDTH && line.trim() !== '') {
        lines.push(line.trimEnd());
        line = ' '.repeat(ABOUT) + word;
      } else line += gap + word;
      isFresh = false;
    }
  }
  return [...lines, line.trimEnd()];
}

/** Prints what is told. */
export const tell: Tell = (about, happened, ...details) => {
  for (const line of linesOf(about, happened, details)) console.log(line);
};
