import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canMatchAfter, matchesGlob } from '../../../domain/channels/glob.ts';

fc.configureGlobal({ seed: 1 });

describe('a glob', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['a', 'ba', false],
    ['a*', 'a', true],
    ['a*', 'a/b:c', true],
    ['*a', 'ba', true],
    ['*a', 'bab', false],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
    ['a*bc', 'abcbc', true],
    ['**', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
    ['a?c', 'abc', false],
    ['[a]', 'a', false],
    ['a*', 'A', false],
  ])('%s matches %s: %s', (glob, text, expected) => {
    expect(matchesGlob(glob, text)).toBe(expected);
  });

  it('matches the same texts as its regular expression', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 8 }).map((each) => each.join(''));
    fc.assert(
      fc.property(letters, fc.array(fc.constantFrom('a', 'b'), { maxLength: 10 }), (glob, text) => {
        expect(matchesGlob(glob, text.join(''))).toBe(new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(text.join('')));
      }),
      { numRuns: 2000 },
    );
  });

  it('matches fast, even with 500 wildcards', () => {
    expect(matchesGlob(`${'a*'.repeat(500)}b`, 'a'.repeat(2000))).toBe(false);
  });
});

describe('a glob before a name', () => {
  it.each([
    ['a/b', 'a', true],
    ['a/*', 'a', true],
    ['a*', 'a', true],
    ['*', 'a', true],
    ['*b', 'a', true],
    ['a*b', 'a', true],
    ['a', 'a', false],
    ['b/*', 'a', false],
    ['*a/x', 'a', true],
    ['*b/x', 'a', false],
    ['b*', 'a', false],
    ['a*/x', 'a', true],
  ])('%s can match what begins with %s and a slash: %s', (glob, beginning, expected) => {
    expect(canMatchAfter(glob, beginning)).toBe(expected);
  });
});
