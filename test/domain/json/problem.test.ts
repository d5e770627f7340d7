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

/** Paths and kinds. The words are in test/domain/messages.test.ts. */
const problem = (path: readonly (string | number)[], kind?: 'missing' | 'unknown') => ({
  path,
  message: expect.any(String),
  ...(kind && { kind }),
});

describe('the problems of a value', () => {
  it.each<[unknown, object[]]>([
    [{}, [problem(['a'], 'missing')]],
    [{ a: null }, [problem(['a'])]],
    [{ a: '', b: { x: 'y' } }, [problem(['b', 'x'])]],
    [{ a: '', b: { y: 1 } }, [problem(['b', 'y'])]],
    [{ a: 1, c: 1, d: 2 }, [problem(['a']), problem(['c'], 'unknown'), problem(['d'], 'unknown')]],
  ])('%j: are in the order of the schema, one for each member', (value, problems) => {
    expect(problemsOf(errorOf(value), value, schema)).toEqual(problems);
    expect(firstProblemOf(errorOf(value), value, schema)).toEqual(problems[0]);
  });

  it('do not quote the value', () => {
    const value = { a: 1, b: { x: 'SECRET', SECRET: 1 }, c: 'SECRET' };
    expect(JSON.stringify(problemsOf(errorOf(value), value, schema).map(({ message }) => message))).not.toContain('SECRET');
  });

  it('have at least one message, even if the schema gives none', () => {
    expect(firstProblemOf(new z.ZodError([]), {}, schema)).toEqual(problem([]));
  });
});

describe('the problems of a value that may have one of several kinds', () => {
  const list = z.array(z.string('text')).min(2, 'two items');
  const either = z.union([z.string('text'), z.strictObject({ a: z.exactOptional(z.string('text')) }), list], 'text, an object or a list');
  const placesOf = (value: unknown) => {
    const { error } = either.safeParse(value);
    return error ? problemsOf(error, value, either).map(({ path, kind }) => [path, kind]) : [];
  };

  it('are those of the first kind if the value could be of two', () => {
    const objects = z.union([z.strictObject({ a: z.exactOptional(z.string()) }), z.strictObject({ b: z.exactOptional(z.string()) })]);
    const { error = new z.ZodError([]) } = objects.safeParse({ c: 7 });
    expect(problemsOf(error, { c: 7 }, objects)).toMatchObject([{ path: ['c'], kind: 'unknown' }]);
  });

  it.each<[unknown, unknown[]]>([
    [{ a: 7 }, [[['a'], undefined]]],
    [{ b: 7 }, [[['b'], 'unknown']]],
    [['x', 7], [[[1], undefined]]],
    [7, [[[], undefined]]],
    // An issue of the list itself says that no option is meant.
    [[7], [[[], undefined]]],
  ])('%j: are those of the kind that it has', (value, places) => {
    expect(placesOf(value)).toEqual(places);
  });
});

describe('a value that the service refuses everywhere', () => {
  it.each<[unknown, unknown]>([
    ['a', undefined],
    [1, undefined],
    [null, undefined],
    [{ a: [1, { b: 'c' }] }, undefined],
    ['\ud83d', problem([])],
    [Number.NaN, problem([])],
    [{ a: [1, Number.POSITIVE_INFINITY] }, problem(['a', 1])],
    [{ a: { constructor: 1 } }, problem(['a', 'constructor'])],
    [{ '\ud83d': 1 }, problem(['\ud83d'])],
    [[{ prototype: 1 }], problem([0, 'prototype'])],
  ])('is found in %j or not', (value, expected) => {
    expect(findForbidden(value)).toEqual(expected);
  });

  it('is found at its path', () => {
    expect(findForbidden('\ud83d', ['x'])).toEqual(problem(['x']));
  });
});

describe('the value at a path', () => {
  it.each<[(string | number)[], unknown]>([
    [[], { a: [{ b: null }] }],
    [['a', 0, 'b'], null],
    [['a', 0, 'b', 'c'], undefined],
    [['a', 1, 'b'], undefined],
    [['toString'], undefined],
    [['a', 'length', 'x'], undefined],
  ])('of %j is %j', (path, value) => {
    expect(valueAt({ a: [{ b: null }] }, path)).toEqual(value);
  });
});

describe('the first repeated item of a list', () => {
  it.each([
    [[], -1],
    [['a', 'b'], -1],
    [['a', 'b', 'b', 'a'], 2],
  ])('%j is at %i', (list, index) => {
    expect(findRepeated(list)).toBe(index);
  });
});
