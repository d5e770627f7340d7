import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { findForbidden, findRepeated, firstProblemOf, problemsOf, valueAt } from '../../../domain/json/problem.ts';

const schema = z.strictObject({
  a: z.string('text'),
  b: z.exactOptional(z.record(z.string().regex(/^x/, 'begins with x'), z.int('a whole number'))),
});

function errorOf(value: unknown): z.ZodError {
  const parsed = schema.safeParse(value);
  if (parsed.success) throw new Error('an error was expected');
  return parsed.error;
}

describe('what is wrong with a value', () => {
  it.each<[unknown, object[]]>([
    [{}, [{ path: ['a'], message: 'required: text', kind: 'missing' }]],
    [{ a: null }, [{ path: ['a'], message: 'text, got null' }]],
    [{ a: '', b: { x: 'y' } }, [{ path: ['b', 'x'], message: 'a whole number, got text of 1 character' }]],
    [{ a: '', b: { y: 1 } }, [{ path: ['b', 'y'], message: 'the name: begins with x' }]],
    [
      { a: 1, c: 1, d: 2 },
      [
        { path: ['a'], message: 'text, got a number' },
        { path: ['c'], message: 'unknown member', kind: 'unknown' },
        { path: ['d'], message: 'unknown member', kind: 'unknown' },
      ],
    ],
  ])('%j: each member by itself, never its value', (value, problems) => {
    expect(problemsOf(errorOf(value), value)).toEqual(problems);
    expect(firstProblemOf(errorOf(value), value)).toEqual(problems[0]);
  });

  it('is said even where the schema found no words', () => {
    expect(firstProblemOf(new z.ZodError([]), {})).toEqual({ path: [], message: 'not valid' });
  });
});

describe('what no value of ours may hold', () => {
  it.each<[unknown, unknown]>([
    ['a', undefined],
    [1, undefined],
    [null, undefined],
    [{ a: [1, { b: 'c' }] }, undefined],
    ['\ud83d', { path: [], message: 'text with a lone surrogate' }],
    [Number.NaN, { path: [], message: 'a number out of range' }],
    [{ a: [1, Number.POSITIVE_INFINITY] }, { path: ['a', 1], message: 'a number out of range' }],
    [{ a: { constructor: 1 } }, { path: ['a', 'constructor'], message: 'this name is not allowed anywhere' }],
    [{ '\ud83d': 1 }, { path: ['\ud83d'], message: 'a name with a lone surrogate' }],
    [[{ prototype: 1 }], { path: [0, 'prototype'], message: 'this name is not allowed anywhere' }],
  ])('of %j is %j', (value, problem) => {
    expect(findForbidden(value)).toEqual(problem);
  });

  it('is found at its path', () => {
    expect(findForbidden('\ud83d', ['x'])).toEqual({ path: ['x'], message: 'text with a lone surrogate' });
  });
});

describe('what is at a path', () => {
  it.each<[(string | number)[], unknown]>([
    [[], { a: [{ b: null }] }],
    [['a', 0, 'b'], null],
    [['a', 0, 'b', 'c'], undefined],
    [['a', 1, 'b'], undefined],
    [['toString'], undefined],
    [['a', 'length', 'x'], undefined],
  ])('%j is %j', (path, value) => {
    expect(valueAt({ a: [{ b: null }] }, path)).toEqual(value);
  });
});

describe('an item that is there twice', () => {
  it.each([
    [[], -1],
    [['a', 'b'], -1],
    [['a', 'b', 'b', 'a'], 2],
  ])('of %j is at %i', (list, index) => {
    expect(findRepeated(list)).toBe(index);
  });
});
