import { describe, expect, it } from 'vitest';
import { formatPath, type Segment } from '../src/path.ts';
import { problemsIn, type Shape } from '../src/shape.ts';

const text: Shape = { type: 'string' };
const list: Shape = { type: 'list', of: { type: 'integer' }, min: 1, max: 2 };
const map: Shape = { type: 'map', key: { type: 'string', max: 2 }, value: text, max: 2 };
const structure: Shape = { type: 'structure', required: ['a'], members: { a: text, 'odd name': text, inner: list } };

/** Each rule that a value breaks, as `path: message`. */
const written = (shape: Shape, value: unknown, path?: readonly Segment[]) =>
  problemsIn(shape, value, path).map((one) => `${formatPath(one.path)}: ${one.message}`);

describe('a value that fits its shape', () => {
  it.each<[Shape, unknown]>([
    [text, ''],
    [{ type: 'string', min: 1, max: 2, pattern: /a|b/ }, 'b'],
    [{ type: 'string', max: 2 }, '😀😀'],
    [{ type: 'enum', values: ['A', 'B'] }, 'B'],
    [{ type: 'integer', min: 1, max: 3 }, 1],
    [{ type: 'integer', min: 1, max: 3 }, 3],
    [{ type: 'double', decimals: 1 }, 1.5],
    [{ type: 'double' }, 0.123456789],
    [{ type: 'boolean' }, true],
    [{ type: 'boolean' }, false],
    [{ type: 'blob' }, ''],
    [{ type: 'blob' }, 'AAAA'],
    [{ type: 'blob' }, 'AAAAAA=='],
    [{ type: 'blob' }, 'AAA='],
    [list, [1, 2]],
    [map, {}],
    [map, { a: 'x', b: 'y' }],
    [structure, { a: '' }],
    [structure, { a: '', inner: undefined }],
    [{ type: 'structure', members: {} }, {}],
  ])('%j accepts %j', (shape, value) => {
    expect(problemsIn(shape, value)).toEqual([]);
  });
});

describe('a value that breaks its shape', () => {
  it.each<[string, Shape, unknown, string[]]>([
    ['no text', text, 1, ['$: must be text, got a number']],
    ['too short', { type: 'string', min: 1 }, '', ['$: must be text of at least 1 character, got 0']],
    ['too long', { type: 'string', max: 1 }, 'ab', ['$: must be text of at most 1 character, got 2']],
    ['too long for a range', { type: 'string', min: 1, max: 2 }, 'abc', ['$: must be text of 1 to 2 characters, got 3']],
    ['a pattern that matches in part, at the end', { type: 'string', pattern: /a|b/ }, 'ab', ['$: must match a|b']],
    ['a pattern that matches in part, at the start', { type: 'string', pattern: /b/ }, 'ab', ['$: must match b']],
    ['a pattern with flags', { type: 'string', pattern: /\p{N}/u }, 'a', ['$: must match \\p{N}']],
    ['a pattern with words for it', { type: 'string', pattern: /b/, says: 'the letter b' }, 'a', ['$: must be the letter b']],
    [
      'too short and of another form',
      { type: 'string', min: 1, pattern: /b/ },
      '',
      ['$: must be text of at least 1 character, got 0', '$: must match b'],
    ],
    ['another word', { type: 'enum', values: ['A', 'B'] }, 'C', ['$: must be one of A, B']],
    ['an enum value that is not text', { type: 'enum', values: ['1'] }, 1, ['$: must be 1']],
    ['no number', { type: 'integer' }, '1', ['$: must be a number, got text of 1 character']],
    ['a number that is NaN', { type: 'double' }, Number.NaN, ['$: must be a number, got a number']],
    ['half a number', { type: 'integer' }, 0.5, ['$: must be a whole number']],
    ['too small a number', { type: 'integer', min: 1 }, 0, ['$: must be a whole number of at least 1']],
    ['too great a number', { type: 'integer', max: 1 }, 2, ['$: must be a whole number of at most 1']],
    ['a number outside of its range', { type: 'double', min: 1, max: 2 }, 2.5, ['$: must be a number of 1 to 2']],
    ['too many decimals', { type: 'double', decimals: 1 }, 1.25, ['$: must be a number with at most 1 decimal']],
    ['more decimals than two', { type: 'double', decimals: 2 }, 1.125, ['$: must be a number with at most 2 decimals']],
    ['no truth', { type: 'boolean' }, 'true', ['$: must be true or false']],
    ['no base64', { type: 'blob' }, 'A', ['$: must be base64 text']],
    ['base64 before something else', { type: 'blob' }, 'AAAA\n', ['$: must be base64 text']],
    ['base64 after something else', { type: 'blob' }, ' AAAA', ['$: must be base64 text']],
    ['no text for base64', { type: 'blob' }, 1, ['$: must be base64 text']],
    ['no list', list, {}, ['$: must be a list, got an object']],
    ['an empty list', list, [], ['$: must be a list of 1 to 2 items, got 0']],
    [
      'a long list with a wrong item',
      list,
      [1, 'a', 3],
      ['$: must be a list of 1 to 2 items, got 3', '[1]: must be a number, got text of 1 character'],
    ],
    [
      'a long list of one',
      { type: 'list', of: text, max: 1, advice: 'use less' },
      ['', ''],
      ['$: must be a list of at most 1 item, got 2: use less'],
    ],
    ['no map', map, [], ['$: must be a map, got a list of 0']],
    ['a large map', map, { a: '', b: '', c: '' }, ['$: must be a map of at most 2 members, got 3']],
    [
      'a map with a wrong key and a wrong value',
      map,
      { abc: 1 },
      ['abc: the name must be text of at most 2 characters, got 3', 'abc: must be text, got a number'],
    ],
    ['no object', structure, null, ['$: must be an object, got null']],
    ['a member that is not there', structure, {}, ['a: required']],
    ['an unknown member', structure, { a: '', b: 1 }, ['b: unknown member']],
    ['a member that every object has', structure, { a: '', toString: 1 }, ['toString: unknown member']],
    ['odd names', structure, { a: '', 'odd name': 1, 'b c': 1 }, ['["odd name"]: must be text, got a number', '["b c"]: unknown member']],
    ['something inside', structure, { a: '', inner: [0.5] }, ['inner[0]: must be a whole number']],
  ])('%s', (_what, shape, value, expected) => {
    expect(written(shape, value)).toEqual(expected);
  });

  it('is named by its path', () => {
    expect(written(structure, { inner: 1, b: 1 }, ['files', 0])).toEqual([
      'files[0].a: required',
      'files[0].inner: must be a list, got a number',
      'files[0].b: unknown member',
    ]);
  });
});
