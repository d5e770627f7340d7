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

  it('is not guessed from the beginning of two names', () => {
    expect(nearest('sta', ['stable-eu', 'stable-us'])).toBeUndefined();
  });
});
