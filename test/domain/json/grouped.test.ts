import { describe, expect, it } from 'vitest';
import { grouped } from '../../../domain/json/grouped.ts';

describe('grouped', () => {
  it('keeps the order of the keys and of the values of each', () => {
    const groups = grouped(['beta', 'stable', 'bench', 'canary', 'staging'], (name) => name[0]);
    expect([...groups]).toEqual([
      ['b', ['beta', 'bench']],
      ['s', ['stable', 'staging']],
      ['c', ['canary']],
    ]);
  });

  it('accepts undefined as a key, and has no group without values', () => {
    expect([...grouped([1], () => undefined)]).toEqual([[undefined, [1]]]);
    expect(grouped([], () => 'none').size).toBe(0);
  });
});
