import { describe, expect, it } from 'vitest';
import { countValues, findDuplicateKey, findInexactNumber, nestingDepth } from '../../../domain/json/text.ts';

describe('the nesting of a text', () => {
  it.each([
    ['nothing', '', 0],
    ['a value', '1', 0],
    ['a list in an object', '{"a":[]}', 2],
    ['the deepest of several', '[[[]],[]]', 3],
    ['something flat after something deep', '[[]][', 2],
    ['brackets in a string', '"[[["', 0],
    ['brackets after a string', '"a"[[', 2],
    ['brackets after an escaped quote', '"\\"[["', 0],
    ['a string that nothing closes', '["[[', 1],
    ['more closed than opened', ']][', 0],
  ])('is counted: %s', (_what, text, depth) => {
    expect(nestingDepth(text, 64)).toBe(depth);
  });

  it('is counted to one more than is allowed, and no further', () => {
    expect(nestingDepth('[[[[[', 2)).toBe(3);
    expect(nestingDepth('[[]]', 2)).toBe(2);
  });
});

describe('the values of a text', () => {
  it.each([
    ['a value', '1', 1],
    ['an object', '{', 2],
    ['a list', '[', 2],
    ['a comma', '1,2', 2],
    ['a comma in a string', '"a,b"', 1],
    ['a comma right after a string', '"a",1', 2],
  ])('are counted: %s', (_what, text, values) => {
    expect(countValues(text, 100)).toBe(values);
  });

  it('are counted to one more than is allowed, and no further', () => {
    expect(countValues('[,,,,,,', 3)).toBe(4);
    expect(countValues('[,,', 4)).toBe(4);
  });
});

describe('a member that is there twice', () => {
  it.each([
    ['in an object', '{"a":1,"b":2,"a":3}', ['a']],
    ['once with an escape', String.raw`{"a":1,"\u0061":2}`, ['a']],
    ['in an object of a list', '[0,{"a":{"b":1,"b":2}}]', [1, 'a', 'b']],
  ])('is found %s', (_where, text, path) => {
    expect(findDuplicateKey(text)?.path).toEqual(path);
  });

  it.each(['{"a":{"a":1}}', '[{"a":1},{"a":2}]', '["a","a"]', '{"a":"b","b":"a"}'])('is not seen in %s', (text) => {
    expect(findDuplicateKey(text)).toBeUndefined();
  });
});

describe('a number that a double keeps', () => {
  it.each(['0', '0.0', '-1', '100', '1.50', '5e-1', '15e-2', '1E+2', '0.9999999999999999', '9007199254740992', '1e308'])(
    'is %s',
    (number) => {
      expect(findInexactNumber(`[${number}]`)).toBeUndefined();
    },
  );
});

describe('a number that a double does not keep', () => {
  it.each(['-0', '-0.0', '1e400', '9007199254740993', '1.2345678901234567890', '1.234567890123456789e-10'])('is %s', (number) => {
    expect(findInexactNumber(`{"a":[1,${number}]}`)?.path).toEqual(['a', 1]);
  });

  it('counts only inside the member that is asked for, and never in a string', () => {
    expect(findInexactNumber('{"a":-0,"b":{"c":-0}}', 'b')?.path).toEqual(['b', 'c']);
    expect(findInexactNumber('{"a":-0}', 'b')).toBeUndefined();
    expect(findInexactNumber('["-0"]')).toBeUndefined();
  });
});
