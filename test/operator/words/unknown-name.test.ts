import { describe, expect, it } from 'vitest';
import { unknownName } from '../../../operator/words/unknown-name.ts';

describe('a name that does not exist', () => {
  it.each([
    ['two letters swapped', 'satble', 'stable'],
    ['a letter too few', 'smartlock', 'smart-lock'],
    ['a letter too many', 'betaa', 'beta'],
    ['another letter', 'bete', 'beta'],
    ['an underscore', 'smart_lock', 'smart-lock'],
  ])('is shown with the one that was probably meant: %s', (_what, given, meant) => {
    const known = ['beta', 'smart-lock', 'stable'];
    expect(unknownName(given, known)).toBe(`"${given}": did you mean ${meant}? it has beta, smart-lock, stable`);
  });

  it.each(['nightly', 'lab', 'x', ''])('is shown only with those that exist if none is near: %j', (given) => {
    expect(unknownName(given, ['beta', 'stable'])).toBe(`${JSON.stringify(given)}: it has beta, stable`);
  });

  it('is shown with at most ten of those that exist', () => {
    const known = Array.from({ length: 12 }, (_, index) => `version-${index}`);
    expect(unknownName('q', known)).toBe(`"q": it has ${known.slice(0, 10).join(', ')}, 2 more`);
    expect(unknownName('q', [])).toBe('"q": it has none');
  });
});
