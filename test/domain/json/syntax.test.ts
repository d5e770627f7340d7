import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSyntaxProblem, placeOf } from '../../../domain/json/syntax.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the first place at which a text is not JSON', () => {
  it.each([
    ['', 0],
    ['{', 1],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['[,]', 1],
    ['{"a":1 "b":2}', 7],
    ['{"a" 1}', 5],
    ["{'a':1}", 1],
    ['{a:1}', 1],
    ['[01]', 2],
    ['[1.]', 2],
    ['[+1]', 1],
    ['[.5]', 1],
    ['[NaN]', 1],
    ['{}}', 2],
    ['["\\x"]', 2],
    ['["\\u12"]', 2],
    ['["a\tb"]', 3],
    ['["a', 3],
    ['// c\n{}', 0],
    ['\u00a0{}', 0],
  ])('of %j is %i', (text, at) => {
    expect(findSyntaxProblem(text)?.at).toBe(at);
  });

  it.each(['[1e5,1E+5,-0.5e-7]', '"\\u00e9\\uD83D\\n\\/"', ' {"a" : [ true , null ] } \r\n'])('does not exist in %j', (text) => {
    expect(isJson(text)).toBe(true);
    expect(findSyntaxProblem(text)).toBeUndefined();
  });

  it('exists for any text exactly if JSON.parse refuses it', () => {
    const characters = fc.constantFrom(...'{}[]:,"\\/ue0123-+.Etrufalsn \t\n\u0007\u007f\u2028é'.split(''), 'true', 'null', '"a"', '1');
    const near = fc
      .tuple(fc.json(), fc.nat(60), characters, fc.nat(2))
      .map(([json, at, x, cut]) => json.slice(0, at) + x + json.slice(at + cut));
    const text = fc.oneof(
      near,
      fc.json(),
      fc.array(characters, { maxLength: 12 }).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        const problem = findSyntaxProblem(given);
        expect(problem === undefined).toBe(isJson(given));
        expect(problem?.at ?? 0).toBeLessThanOrEqual(given.length);
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  it('is where the engine sees it, or at the start of the same token, as far as the engine states a place', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(80), fc.constantFrom('}', ']', ',', ':', '"', '1', ' x'), (json, at, x) => {
        const text = json.slice(0, at) + x + json.slice(at);
        const message = (() => {
          try {
            JSON.parse(text);
            return '';
          } catch (error) {
            return String(error);
          }
        })();
        const position = / at position (\d+) \(line \d+ column \d+\)$/.exec(message)?.[1];
        fc.pre(position !== undefined && !message.includes('escape'));
        expect(text.slice(findSyntaxProblem(text)?.at, Number(position))).toMatch(/^[-+.\w]*$/);
      }),
      { seed: 2, numRuns: 1000 },
    );
  });

  it('is found in a long text in linear time', () => {
    const text = `["${'a\\n'.repeat(80_000)}`;
    expect(findSyntaxProblem(text)).toEqual({ at: text.length, message: 'the text ends too early' });
  });
});

describe('the place of a character', () => {
  it.each([
    ['abc', 0, 'line 1, column 1'],
    ['abc', 2, 'line 1, column 3'],
    ['a\nb\r\nc\rd', 7, 'line 4, column 1'],
    ['a\n', 2, 'line 2, column 1'],
    ['é🔥x', 3, 'line 1, column 4'],
  ])('in %j at index %i is %s', (text, index, place) => {
    expect(placeOf(text, index)).toBe(place);
  });
});
