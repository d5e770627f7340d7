import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { compareReleases, compareVersions, semVerPattern, withoutBuild } from '../../../domain/release/version.ts';

describe('versions', () => {
  it('have the order of the example in the SemVer specification', () => {
    const inOrder = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
    ];
    expect([...inOrder].reverse().sort(compareVersions)).toEqual(inOrder);
  });

  it('compare by number, even beyond 2^53', () => {
    expect(compareVersions('1.9.0', '1.10.0')).toBe(-1);
    expect(compareVersions('1.0.9007199254740993', '1.0.9007199254740992')).toBe(1);
    expect(compareVersions('1.0.0-9007199254740993', '1.0.0-9007199254740992')).toBe(1);
  });

  it('are older with a number than with a word or a dash', () => {
    expect(compareVersions('1.0.0-1', '1.0.0--')).toBe(-1);
    expect(compareVersions('1.0.0--', '1.0.0-1')).toBe(1);
    expect(compareVersions('1.0.0-100', '1.0.0-1b')).toBe(-1);
    expect(compareVersions('1.0.0-1b', '1.0.0-100')).toBe(1);
  });

  it('compare by text if an identifier has letters and digits', () => {
    expect(compareVersions('1.0.0-a', '1.0.0-b1')).toBe(-1);
    expect(compareVersions('1.0.0-b1', '1.0.0-a')).toBe(1);
  });

  it('are newer with more identifiers', () => {
    expect(compareVersions('1.0.0-a.b', '1.0.0-a')).toBe(1);
    expect(compareVersions('1.0.0-a', '1.0.0-a.b')).toBe(-1);
  });

  it('are the same if they differ only in build metadata, even with a dash', () => {
    expect(compareVersions('1.0.0+a-b', '1.0.0')).toBe(0);
    expect(withoutBuild('1.0.0-rc.1+a-b+')).toBe('1.0.0-rc.1');
    expect(withoutBuild('1.0.0')).toBe('1.0.0');
  });

  it('count before revisions', () => {
    expect(compareReleases({ version: '1.0.0', revision: 2 }, { version: '1.0.0', revision: 1 })).toBe(1);
    expect(compareReleases({ version: '1.0.0', revision: 10 }, { version: '1.0.1', revision: 1 })).toBe(-1);
    expect(compareReleases({ version: '1.0.0+a', revision: 1 }, { version: '1.0.0+b', revision: 1 })).toBe(0);
  });
});

const number = fc.oneof(fc.nat(30).map(String), fc.constantFrom('0', '9007199254740991'));
const identifier = fc.oneof(number, fc.stringMatching(/^[0-9]*[a-zA-Z-][0-9a-zA-Z-]{0,3}$/));
const identifiers = fc.array(identifier, { minLength: 1, maxLength: 3 }).map((list) => list.join('.'));
const version = fc
  .tuple(fc.tuple(number, number, number), fc.option(identifiers), fc.option(identifiers))
  .map(([core, pre, build]) => `${core.join('.')}${pre === null ? '' : `-${pre}`}${build === null ? '' : `+${build}`}`);

describe('any two versions', () => {
  it('have the same order as in the semver package', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(compareVersions(a, b)).toBe(semver.compare(a, b));
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('match the pattern if the semver package accepts them, blanks and v aside', () => {
    const near = fc
      .tuple(version, fc.nat(20), fc.constantFrom('', '.', '-', '+', '0', 'a', 'é'))
      .map(([v, at, x]) => v.slice(0, at) + x + v.slice(at));
    fc.assert(
      fc.property(fc.oneof(version, near), (v) => {
        // The package refuses numbers that a double cannot hold; the specification does not.
        fc.pre(!/\d{16}/.test(v));
        expect(semVerPattern.test(v)).toBe(/^\d/.test(v) && semver.valid(v) !== null);
      }),
      { seed: 2, numRuns: 1000 },
    );
  });
});
