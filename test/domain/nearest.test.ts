import { describe, expect, it } from 'vitest';
import { nearest } from '../../domain/json/nearest.ts';

const commands = ['check', 'plan', 'publish', 'withdraw', 'status', 'rejected', 'redrive', 'import-files'];

describe('the name that was probably meant', () => {
  it.each([
    ['chekc', 'check', 'two characters swapped'],
    ['stauts', 'status', 'two characters swapped'],
    ['statuss', 'status', 'one too many'],
    ['plann', 'plan', 'one too many'],
    ['Status', 'status', 'another case'],
    ['widthdraw', 'withdraw', 'one wrong, one too many'],
    ['import', 'import-files', 'the beginning of one name only'],
    ['reject', 'rejected', 'the beginning'],
    ['pub', 'publish', 'the beginning'],
  ])('of %s is %s: %s', (given, name) => {
    expect(nearest(given, commands)).toBe(name);
  });

  it.each(['deploy', 'r', '', 'fault', '--'])('is not guessed for %j, which is like none of them', (given) => {
    expect(nearest(given, commands)).toBeUndefined();
  });

  it.each([
    ['a third of the characters of the longer one', 'stavl', 'stable'],
    ['one of three characters', 'abx', 'aby'],
  ])('may differ in %s', (_what, given, name) => {
    expect(nearest(given, [name])).toBe(name);
  });

  it.each([
    ['begins with two characters only', 'be', 'beta'],
    ['has another character on each side of one that is the same', 'xbz456', 'byw456'],
    ['has three pairs that are swapped', 'badcfe', 'abcdef'],
  ])('is not guessed if it %s', (_what, given, name) => {
    expect(nearest(given, [name])).toBeUndefined();
  });

  it('is not guessed from the beginning of two names', () => {
    expect(nearest('sta', ['stable-eu', 'stable-us'])).toBeUndefined();
  });
});
