/** Characters of a description at managed integrations (service model). */
const DESCRIPTION_MAX = 256;

/** Characters that are read of a description. More cannot matter, because the result is cut at 256. */
const READ_MAX = 8 * DESCRIPTION_MAX;

/** Latin letters that Unicode does not decompose into a letter and an accent, and two Greek letters of units. */
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  ł: 'l',
  Ł: 'L',
  þ: 'th',
  Þ: 'Th',
  ı: 'i',
  ħ: 'h',
  Ħ: 'H',
  ŋ: 'n',
  Ŋ: 'N',
  ŧ: 't',
  Ŧ: 'T',
  ĸ: 'k',
  μ: 'u',
  Ω: 'Ohm',
};

/**
 * A description as managed integrations takes it (`[0-9A-Za-z_\- ]{1,256}`), still readable for people. Accents are
 * dropped. A mark between two letters or digits becomes `-` (`v1.2.3` → `v1-2-3`), any other mark a blank. A long text
 * ends at a word. Words of another script are left out. Undefined if they are the larger part or contain a number, if a number is written
 * as one character such as ½ or ², or if nothing is left.
 */
export function readableDescription(description: string): string | undefined {
  if (/\p{No}/u.test(description.slice(0, READ_MAX))) return undefined;
  const plain = description
    .slice(0, READ_MAX)
    .toWellFormed()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/\p{L}/gu, (letter) => plainLetters[letter] ?? letter);
  const words = plain.split(/\s+/u);
  const [kept, left] = [words.filter(isLatin), words.filter((word) => !isLatin(word))];
  if (lettersIn(kept) < lettersIn(words) / 2 || left.some((word) => /\p{N}/u.test(word))) return undefined;
  const readable = kept
    .join(' ')
    .replace(/['’`]/g, '')
    .replace(/(?<=[0-9A-Za-z])[^0-9A-Za-z_\- ]+(?=[0-9A-Za-z])/g, '-')
    .replace(/[^0-9A-Za-z_\- ]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
  return cutAtWord(readable) || undefined;
}

function isLatin(word: string): boolean {
  return !/[^\P{L}A-Za-z]/u.test(word);
}

function lettersIn(words: readonly string[]): number {
  return words.join('').replace(/[^\p{L}\p{N}]/gu, '').length;
}

function cutAtWord(text: string): string {
  if (text.length <= DESCRIPTION_MAX) return text;
  const cut = text.slice(0, DESCRIPTION_MAX + 1);
  const end = cut.lastIndexOf(' ');
  return end > 0 ? cut.slice(0, end) : cut.slice(0, DESCRIPTION_MAX);
}
