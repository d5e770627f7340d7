import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRelease } from '../../../domain/release/release.ts';
import { isVersion, longestVersion, partsOf } from '../../../domain/release/version.ts';
import { versionAdvice } from '../../../domain/release/version-advice.ts';
import { parseWithdrawal } from '../../../domain/release/withdrawal.ts';
import { sampleDetail } from '../../../proof/support/sample.ts';

describe('the advice for a version that is not SemVer', () => {
  it.each([
    ['a v in front', 'v1.2.3', '(no v in front): write 1.2.3'],
    ['a capital V in front', 'V1.2.3', '(no v in front): write 1.2.3'],
    ['a v and a blank in front', 'v 1.2.3', '(no v in front): write 1.2.3'],
    ['two numbers', '3.10', '(three numbers, got 2): write 3.10.0'],
    ['two numbers with zeros', '2.00', '(no leading zeros; three numbers, got 2): write 2.0.0'],
    ['a v and two numbers', 'v9.70', '(no v in front; three numbers, got 2): write 9.70.0'],
    ['one number', '20260105', '(three numbers, got 1): write 20260105.0.0'],
    [
      'four numbers',
      '1.2.3.4',
      '(three numbers, got 4): the fourth can go behind a hyphen (1.2.3-4, which is older than 1.2.3), or be the revision (1.2.3 with revision 4)',
    ],
    [
      'a fourth number that cannot be a revision',
      '1.2.3.0',
      '(three numbers, got 4): the fourth can go behind a hyphen (1.2.3-0, which is older than 1.2.3)',
    ],
    [
      'four numbers and a prerelease',
      '1.2.3.4-rc.1',
      '(three numbers, got 4): the fourth can go behind a hyphen (1.2.3-4.rc.1, which is older than 1.2.3)',
    ],
    ['five numbers', '1.2.3.4.5', '(three numbers, got 5): the others can go behind a hyphen: 1.2.3-4.5, which is older than 1.2.3'],
    ['a date with zeros', '2026.01.05', '(no leading zeros): write 2026.1.5'],
    ['a date with hyphens', '2026-01-05', '(dots between the numbers; no leading zeros): write 2026.1.5'],
    ['zeros in a prerelease', '1.2.3-rc.01', '(no leading zeros): write 1.2.3-rc.1'],
    ['a number with a zero as prerelease', '1.2.3-01', '(no leading zeros): write 1.2.3-1'],
    ['a blank before it', ' 1.2.3', '(no blanks around it): write 1.2.3'],
    ['a line break behind it', '1.2.3\n', '(no blanks around it): write 1.2.3'],
    ['a word in front', 'release-1.2.3', '(nothing before the first number): write 1.2.3'],
    ['a name with a digit in front', 'T6-1.2.3', '(nothing before the first number): write 1.2.3'],
    ['commas', '1,2,3', '(dots between the numbers): write 1.2.3'],
    ['underscores between the numbers', '1_2_3', '(dots between the numbers): write 1.2.3'],
    ['an underscore behind the numbers', '1.2.3_rc1', '(a hyphen after the numbers): write 1.2.3-rc.1, which is older than 1.2.3'],
    ['nothing before rc', '1.2.3rc1', '(a hyphen after the numbers): write 1.2.3-rc.1, which is older than 1.2.3'],
    ['a dot before rc', '1.2.3.rc1', '(a hyphen after the numbers): write 1.2.3-rc.1, which is older than 1.2.3'],
    ['a tilde, as Debian has it', '1.2.3~rc1', '(a hyphen after the numbers): write 1.2.3-rc.1, which is older than 1.2.3'],
    [
      'a letter behind two numbers',
      '1.2b3',
      '(a hyphen after the numbers; three numbers, got 2): write 1.2.0-b.3, which is older than 1.2.0',
    ],
    ['an underscore in a prerelease', '1.2.3-rc_1', '(only letters, digits, dots and hyphens): write 1.2.3-rc.1'],
    ['a word and its number as prerelease, which would be compared as text', 'v1.2.3-rc10', '(no v in front): write 1.2.3-rc.10'],
    ['a number with a zero behind a word', 'v1.2.3-rc01', '(no v in front): write 1.2.3-rc.1'],
    ['two words with numbers', 'v1.2.3-alpha2.hw03', '(no v in front): write 1.2.3-alpha.2.hw.3'],
    ['a commit as prerelease', 'v1.2.3-7-g0a1b2c3', '(no v in front): write 1.2.3-7-g0a1b2c3'],
    ['a word and its number as build metadata, which counts for nothing', 'v1.2.3+ci-7.rc1', '(no v in front): write 1.2.3+ci-7.rc1'],
    [
      'a word and its number behind four numbers',
      '1.2.3.4rc1',
      '(a hyphen after the numbers; three numbers, got 4): the fourth can go behind a hyphen (1.2.3-4.rc.1, which is older than 1.2.3)',
    ],
    [
      'a word and its number that leave no space for a dot',
      `1.2.3_${'a'.repeat(57)}1`,
      `(a hyphen after the numbers): write 1.2.3-${'a'.repeat(57)}1, which is older than 1.2.3`,
    ],
    ['a dot at the end', '1.2.3.', '(nothing empty between dots, hyphens and +): write 1.2.3'],
    ['a hyphen at the end', '1.2.3-', '(nothing empty between dots, hyphens and +): write 1.2.3'],
    ['a plus at the end', '1.2.3+', '(nothing empty between dots, hyphens and +): write 1.2.3'],
    ['two dots', '1.2.3-rc..1', '(nothing empty between dots, hyphens and +): write 1.2.3-rc.1'],
    ['two pluses', '1.2.3+a+b', '(only one +): write 1.2.3+a.b'],
    ['wide digits', '１.２.３', '(only ASCII characters): write 1.2.3'],
    ['a letter with an accent', '1.2.3-für', '(only ASCII characters): write 1.2.3-f-r'],
    ['digits of another script', '٣.٢.١', '(three numbers with dots between them)'],
    ['nothing', '', '(three numbers with dots between them)'],
    ['a word', 'latest', '(three numbers with dots between them)'],
    ['a Git commit', 'a1b2c3d', '(three numbers with dots between them)'],
    ['a word with a v behind the numbers', '1.2.3_rev2', '(a hyphen after the numbers): write 1.2.3-rev.2, which is older than 1.2.3'],
    ['a name in front of a large number', 'fw-12.3.4', '(nothing before the first number): write 12.3.4'],
    ['a date with slashes', '2026/1/5', '(dots between the numbers): write 2026.1.5'],
    ['hyphens with two numbers', '12-34', '(three numbers, got 1): write 12.0.0-34'],
    ['a comma as the first dot', '10,20.3', '(dots between the numbers): write 10.20.3'],
    ['a comma as the second dot', '10.21,32', '(dots between the numbers): write 10.21.32'],
    ['an underscore as the second dot', '1.21_32', '(dots between the numbers): write 1.21.32'],
    [
      'letters behind numbers of two digits',
      '10.20.30rc1',
      '(a hyphen after the numbers): write 10.20.30-rc.1, which is older than 10.20.30',
    ],
    ['several marks behind the numbers', '1.2.3~~rc1', '(a hyphen after the numbers): write 1.2.3-rc.1, which is older than 1.2.3'],
    ['several marks in a prerelease', '1.2.3-rc__1', '(only letters, digits, dots and hyphens): write 1.2.3-rc.1'],
    ['marks at the end of a prerelease', '1.2.3-a!b!!', '(only letters, digits, dots and hyphens): write 1.2.3-a-b'],
    ['letters of another script beside each other', '1.2.3-日本x', '(only ASCII characters): write 1.2.3--x'],
    ['three pluses', '1.2.3+ab++cd+e', '(only one +): write 1.2.3+ab.cd.e'],
    ['a dot before a hyphen', '10.20.30.-rc.1', '(nothing empty between dots, hyphens and +): write 10.20.30-rc.1'],
    ['a date as prerelease', 'v1.2.3-2026-01-05', '(no v in front): write 1.2.3-2026-01-05'],
    ['underscores and a prerelease', '1_2_3-rc1', '(dots between the numbers): write 1.2.3-rc.1'],
    ['an underscore between numbers of a prerelease', '1.2.3-1_2', '(only letters, digits, dots and hyphens): write 1.2.3-1-2'],
    ['two dots between words', '1.2.3-a..b', '(nothing empty between dots, hyphens and +): write 1.2.3-a.b'],
    ['a dot behind the hyphen', '1.2.3-.rc1', '(nothing empty between dots, hyphens and +): write 1.2.3-rc.1'],
    ['a dot before a hyphen in a prerelease', 'v1.2.3-1.-a', '(no v in front): write 1.2.3-1.-a'],
    ['a hyphen at the end of a prerelease', 'v1.2.3-a.1-', '(no v in front): write 1.2.3-a.1-'],
    [
      'four numbers and build metadata',
      '1.2.3.4+a-b',
      '(three numbers, got 4): the fourth can go behind a hyphen (1.2.3-4+a-b, which is older than 1.2.3)',
    ],
    ['zeros before every number', '001.0020.03', '(no leading zeros): write 1.20.3'],
    [
      'four numbers and two words',
      '1.2.3.4-a-b',
      '(three numbers, got 4): the fourth can go behind a hyphen (1.2.3-4.a-b, which is older than 1.2.3)',
    ],
    [
      'a fourth number that is 1',
      '1.2.3.1',
      '(three numbers, got 4): the fourth can go behind a hyphen (1.2.3-1, which is older than 1.2.3), or be the revision (1.2.3 with revision 1)',
    ],
    ['a range', '^1.2.3', '(one version, not a range)'],
    ['a wildcard', '1.2.x', '(one version, not a range)'],
    ['too many digits', '9'.repeat(64), '(three numbers, got 1)'],
  ])('names the broken rule and the nearest version: %s', (_what, given, expected) => {
    expect(isVersion(given)).toBe(false);
    expect(versionAdvice(given)).toBe(expected);
  });

  it('is missing for text that is longer than a version, which takes no time', () => {
    expect(versionAdvice(`v${'1.'.repeat(100_000)}`)).toBeUndefined();
  });

  it('proposes only valid versions, for any text', () => {
    const pieces = fc.constantFrom(
      'v',
      '1',
      '02',
      '0',
      '.',
      '.',
      '-',
      '+',
      '_',
      ' ',
      ',',
      'rc',
      'rc10',
      'x',
      'é',
      '~',
      '1.2.3',
      '9'.repeat(20),
    );
    const near = fc.array(pieces, { maxLength: 12 }).map((list) => list.join(''));
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary', maxLength: 70 })), (given) => {
        fc.pre(!isVersion(given) && given.length <= 64);
        const advice = versionAdvice(given) ?? '';
        expect(advice).toMatch(/^\([ -~]+\)(?:: [ -~]+)?$/);
        const proposed = advice.slice(advice.indexOf('): ') + 1).match(/[0-9][0-9A-Za-z.+-]*[0-9A-Za-z+-]/g) ?? [];
        for (const version of advice.includes('): ') ? proposed.filter((text) => text.includes('.')) : []) {
          expect({ given, version, isValid: isVersion(version) }).toEqual({ given, version, isValid: true });
          const asText = version.length < longestVersion / 2 ? partsOf(version)[1].filter((part) => /^[a-z]+-?\d+$/i.test(part)) : [];
          expect({ given, version, asText }).toEqual({ given, version, asText: [] });
        }
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});

describe('the message about a version', () => {
  const messageOf = (version: unknown) => {
    const results = [parseRelease({ ...sampleDetail(), version }), parseWithdrawal({ product: 'thermostat', version })];
    return results.map((result) => (result.ok ? 'accepted' : result.rejection.message));
  };

  it('is the same for a release and for a withdrawal', () => {
    for (const version of ['v1.2.3', '1.2', '1.2.3.4', '', 7]) expect(new Set(messageOf(version)).size).toBe(1);
  });

  it('quotes what can do no harm in a log, and nothing else', () => {
    expect(messageOf('v1.2.3')[0]).toContain('"v1.2.3"');
    for (const harmful of ['1.2.3 <b>', '1.2.3\u001b[31m', '1.2.3"', 'v1.2.3\u202e']) expect(messageOf(harmful)[0]).not.toContain(harmful);
  });
});
