import type { Random } from '../../random.ts';

/** Changes the text of a body without knowing what it means. */
export type TextMutator = (text: string, random: Random) => string;

const tokens = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '0',
  '-',
  '1e400',
  'null',
  'true',
  '""',
  '{}',
  '[]',
  '"a":1',
  '\\u0000',
  '/**/',
  '//',
];
const blanks = [' ', '\t', '\n', '\r\n'];
const oddBlanks = ['\u00a0', '\u000b', '\f', '\u2028', '\ufeff', '\0'];
const spellings: Readonly<Record<string, readonly string[]>> = {
  '0': ['-0', '0.0', '0e9', '00'],
  '1': ['1.0', '1e0', '10e-1', '01', '+1', '1.00000000000000000001'],
};

/** Mutators of the text. */
export const textMutators: Readonly<Record<string, TextMutator>> = {
  'a member twice': (text, random) => {
    const name = pickMatch(text, /"(?:[^"\\]|\\.){0,64}"\s*:/g, random);
    if (!name) return text;
    const twin = random.is(0.3) ? escapeOne(name[0], random) : name[0];
    const value = random.pick(['null', '"neverlog"', '1', '{}']);
    return `${text.slice(0, name.index)}${twin}${value},${text.slice(name.index)}`;
  },
  'an escape for a character': (text, random) => {
    const letter = pickMatch(text, /[A-Za-z0-9]/g, random);
    if (!letter) return text;
    const isInside = isInString(text, letter.index);
    const code = letter[0].charCodeAt(0).toString(16).padStart(4, '0');
    return isInside ? `${text.slice(0, letter.index)}\\u${code}${text.slice(letter.index + 1)}` : text;
  },
  'blanks between tokens': (text, random) => between(text, random, random.pick(blanks).repeat(1 + random.below(3))),
  'an odd blank between tokens': (text, random) => between(text, random, random.pick(oddBlanks)),
  'cut off': (text, random) => text.slice(0, random.below(text.length + 1)),
  'a token': (text, random) => insert(text, random.below(text.length + 1), random.pick(tokens)),
  'a piece less': (text, random) => {
    const [start, end] = pieceOf(text, random);
    return text.slice(0, start) + text.slice(end);
  },
  'a piece twice': (text, random) => {
    const [start, end] = pieceOf(text, random);
    return insert(text, random.below(text.length + 1), text.slice(start, end));
  },
  'another character': (text, random) => {
    const position = random.below(text.length + 1);
    return text.slice(0, position) + String.fromCharCode(random.below(random.pick([128, 0x3000, 0x1_0000]))) + text.slice(position + 1);
  },
  'half a character': (text, random) =>
    insert(text, random.below(text.length + 1), random.pick(['\ud83d', '\udd25', '\\ud83d', '\\udd25'])),
  'another spelling of a number': (text, random) => {
    const number = pickMatch(text, /(?<=[:,[]\s?)\d+(?=[,}\]])/g, random);
    if (!number) return text;
    const spelling = random.pick(spellings[number[0]] ?? [`${number[0]}.0`, `${number[0]}e0`, `${number[0]}0e-1`, `0${number[0]}`]);
    return text.slice(0, number.index) + spelling + text.slice(number.index + number[0].length);
  },
};

function insert(text: string, position: number, inserted: string): string {
  return text.slice(0, position) + inserted + text.slice(position);
}

function between(text: string, random: Random, blank: string): string {
  const mark = pickMatch(text, /[{}[\],:]/g, random);
  return mark && !isInString(text, mark.index) ? insert(text, mark.index + random.below(2), blank) : insert(text, 0, blank);
}

function pieceOf(text: string, random: Random): [start: number, end: number] {
  const start = random.below(text.length + 1);
  return [start, Math.min(text.length, start + 1 + random.below(random.pick([2, 8, 64, 512])))];
}

function escapeOne(token: string, random: Random): string {
  const position = 1 + random.below(Math.max(1, token.length - 3));
  const code = token.charCodeAt(position).toString(16).padStart(4, '0');
  return `${token.slice(0, position)}\\u${code}${token.slice(position + 1)}`;
}

/** One of the first matches after a random position, or of all if nothing matches after it. */
function pickMatch(text: string, pattern: RegExp, random: Random): RegExpExecArray | undefined {
  pattern.lastIndex = random.below(text.length + 1);
  const found = pattern.exec(text);
  if (found) return found;
  pattern.lastIndex = 0;
  return pattern.exec(text) ?? undefined;
}

function isInString(text: string, position: number): boolean {
  let isInside = false;
  for (let index = 0; index < position; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') isInside = !isInside;
  }
  return isInside;
}
