import { isVersion, longestVersion } from './version.ts';

/**
 * What is wrong with `given`, which is not a SemVer version, and what to write instead. For `v9.70` it is
 * `(no v in front; three numbers, got 2): write 9.70.0`. Every version that it proposes is valid, and has a dot between a word
 * and its number if there is space for it. If no valid version is near, it has only the broken rules. `undefined` if `given`
 * is longer than a version may be. Never throws.
 */
export function versionAdvice(given: string): string | undefined {
  if (given.length > longestVersion) return undefined;
  if (rangePattern.test(given)) return '(one version, not a range)';
  const broken: string[] = [];
  let text = given;
  for (const [rule, fix] of fixes) {
    const fixed = fix(text);
    if (fixed !== text) broken.push(rule);
    text = fixed;
  }
  const core = /^\d+(?:\.\d+)*/.exec(text)?.[0];
  if (core === undefined) return '(three numbers with dots between them)';
  const numbers = core.split('.');
  if (numbers.length !== 3) broken.push(`three numbers, got ${numbers.length}`);
  const remedy = remedyFor(numbers, text.slice(core.length), broken.includes(needsHyphen));
  return `(${broken.join('; ') || 'three numbers with dots between them'})${remedy === undefined ? '' : `: ${remedy}`}`;
}

/** A rule of SemVer in a few words, and how to fix a text that breaks it. Any other text stays the same. */
type Fix = readonly [rule: string, fix: (text: string) => string];

const rangePattern = /^[<>=~^*]|\.[xX*](?:\.|$)/;
const needsHyphen = 'a hyphen after the numbers';

const fixes: readonly Fix[] = [
  ['no blanks around it', (text) => text.trim()],
  ['only ASCII characters', (text) => text.normalize('NFKC').replace(/[^ -~]+/g, '-')],
  ['no v in front', (text) => text.replace(/^v[ ._-]?(?=\d)/i, '')],
  ['nothing before the first number', (text) => text.replace(/^\D.*?(?=\d+[._]\d)/, '')],
  [
    'dots between the numbers',
    (text) => text.replace(/^(\d+)([-_,/ ])(\d+)\2(\d+)(?!\d)/, '$1.$3.$4').replace(/^(\d+(?:\.\d+)?)[,_](\d+)/, '$1.$2'),
  ],
  [needsHyphen, (text) => text.replace(/^(\d+(?:\.\d+)*)(?:\.?(?=[a-zA-Z])|[^-+.0-9a-zA-Z]+(?=[0-9a-zA-Z]))/, '$1-')],
  ['only letters, digits, dots and hyphens', (text) => text.replace(/[^-+.0-9a-zA-Z]+$/, '').replace(/[^-+.0-9a-zA-Z]+/g, '-')],
  ['only one +', (text) => text.replace(/(?<=\+.*)\++/g, '.')],
  [
    'nothing empty between dots, hyphens and +',
    (text) =>
      text
        .replace(/\.{2,}/g, '.')
        .replace(/(?<=[-+])\./g, '')
        .replace(/\.(?=\+|$)/g, '')
        .replace(/^([\d.]*\d)\.-/, '$1-')
        .replace(/^([\d.]*\d)-(?=\+|$)/, '$1')
        .replace(/\+$/, ''),
  ],
  ['no leading zeros', (text) => text.replace(/^([\d.]+)(-[^+]*)?/, (_all, core, rest = '') => withoutZeros(core) + withoutZeros(rest))],
];

/** `list` without the zeros before a number that stands between dots. A hyphen at the start stays. */
function withoutZeros(list: string): string {
  return list.replace(/(?<=^-?|\.)0+(?=\d+(?:\.|$))/g, '');
}

/** `version` with `rc.1` for each `rc1` or `rc-1` of its prerelease. SemVer compares those as text, so rc10 is older than rc9. */
function withDots(version: string): string {
  return version.replace(/^[^-+]*-[^+]*/, (release) => release.replace(/(?<=[-.])([a-zA-Z]+)-?0*(\d+)(?=\.|$)/g, '$1.$2'));
}

function remedyFor([major = '', minor = '0', patch = '0', ...others]: readonly string[], tail: string, hyphenIsNew: boolean) {
  const plain = `${major}.${minor}.${patch}`;
  const near = others.length === 0 ? plain + tail : `${plain}-${others.join('.')}${tail.replace(/^-/, '.')}`;
  const dotted = withDots(near);
  const version = isVersion(dotted) ? dotted : near;
  if (!isVersion(version)) return undefined;
  const older = `which is older than ${plain}`;
  const [fourth, ...more] = others;
  if (fourth === undefined) return hyphenIsNew ? `write ${version}, ${older}` : `write ${version}`;
  if (more.length > 0) return `the others can go behind a hyphen: ${version}, ${older}`;
  const behindHyphen = `the fourth can go behind a hyphen (${version}, ${older})`;
  const canBeRevision = tail === '' && Number(fourth) >= 1 && Number.isSafeInteger(Number(fourth));
  return canBeRevision ? `${behindHyphen}, or be the revision (${plain} with revision ${fourth})` : behindHyphen;
}
