import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPath, kindOf, parsePath } from '../src/path.ts';

/** Text of any code units, halves of surrogate pairs included. */
const anyText = (maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength }).map((units) => String.fromCharCode(...units));

describe('member notation', () => {
  it.each<[(string | number)[], string]>([
    [[], '$'],
    [['artifacts', 0, 'sha256'], 'artifacts[0].sha256'],
    [['detail-type'], 'detail-type'],
    [['tags', 'odd name'], 'tags["odd name"]'],
    [['tags', 'a.b'], 'tags["a.b"]'],
    [['tags', ''], 'tags[""]'],
    [['tags', '7'], 'tags["7"]'],
    [[0, 1], '[0][1]'],
    [['', 'a'], '[""].a'],
    [['é'], '["\\u00e9"]'],
    [['\u2028\u007f'], '["\\u2028\\u007f"]'],
  ])('writes %j as %s, and reads it back', (segments, path) => {
    expect(formatPath(segments)).toBe(path);
    expect(parsePath(path)).toEqual(segments);
  });

  it('reads back whatever it writes without cutting', () => {
    const segment = fc.oneof(fc.nat(), anyText(60));
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), (segments) => {
        expect(parsePath(formatPath(segments))).toEqual(segments);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('the kind of a value', () => {
  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    [[1, 2], 'a list of 2'],
    [{}, 'an object'],
    ['🔥', 'text of 1 character'],
    ['', 'text of 0 characters'],
    [1, 'a number'],
    [true, 'a boolean'],
  ])('of %j is %s', (value, kind) => {
    expect(kindOf(value)).toBe(kind);
  });
});
