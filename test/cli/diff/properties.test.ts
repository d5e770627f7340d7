import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedProperties, changedValues } from '../../../cli/diff/properties.ts';
import type { Resource } from '../../../cli/diff/template.ts';

/** Each change as `PATH: BEFORE -> AFTER`. */
const told = (before: unknown, after: unknown) =>
  changedValues(before, after, 'P').map((change) => `${change.path}: ${JSON.stringify(change.before)} -> ${JSON.stringify(change.after)}`);

describe('What differs between two values is reported', () => {
  it.each<[what: string, before: unknown, after: unknown, lines: string[]]>([
    ['with its path', { A: { B: 1 } }, { A: { B: 2 } }, ['P.A.B: 1 -> 2']],
    ['if a member is new or gone', { A: 1 }, { B: 1 }, ['P.A: 1 -> undefined', 'P.B: undefined -> 1']],
    ['as a whole, if the kind of value changed', { A: 1 }, [1], ['P: {"A":1} -> [1]']],
    ['if a number became a text', 60, '60', ['P: 60 -> "60"']],
    ['by the name of an item', [{ Key: 'a', Value: 1 }], [{ Key: 'a', Value: 2 }], ['P[a].Value: 1 -> 2']],
    ['not if named items have another order', [{ Key: 'a' }, { Key: 'b' }], [{ Key: 'b' }, { Key: 'a' }], []],
    ['for each text of a list', ['a', 'b'], ['b', 'c'], ['P: "a" -> undefined', 'P: undefined -> "c"']],
    ['if only the order of texts differs', ['a', 'b'], ['b', 'a'], ['P: ["a","b"] -> ["b","a"]']],
    ['by the number of an item without a name', [{ x: 1 }, { x: 2 }], [{ x: 1 }, { x: 3 }], ['P[1].x: 2 -> 3']],
    ['as a whole, if a list without names has another length', [{ x: 1 }], [], ['P: [{"x":1}] -> []']],
    ['by number, if two items have one name', [{ Id: 'a', x: 1 }, { Id: 'a' }], [{ Id: 'a', x: 2 }, { Id: 'a' }], ['P[0].x: 1 -> 2']],
  ])('%s', (_what, before, after, lines) => {
    expect(told(before, after)).toEqual(lines);
  });

  it('exactly if they differ, for all JSON values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(changedValues(one, one)).toEqual([]);
        // JSON has no -0.
        const isEqual = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
        const mayHaveOrder = JSON.stringify([one, other]).includes('[{');
        if (!mayHaveOrder) expect(changedValues(one, other).length === 0).toBe(isEqual);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}

describe('The attributes of a resource are reported, too', () => {
  const resource = (attributes: object): Resource => ({ Type: 'A::B::C', Properties: {}, ...attributes });
  const paths = (before: object, after: object) =>
    changedProperties(
      resource(before),
      resource(after),
      (id) => id,
      () => false,
    ).map(({ path }) => path);

  it.each(['Condition', 'DeletionPolicy', 'UpdateReplacePolicy', 'UpdatePolicy', 'CreationPolicy', 'Metadata'])('%s', (name) => {
    expect(paths({}, { [name]: 'x' })).toEqual([name]);
  });

  it('DependsOn, in which a text is a list of one and the order does not matter', () => {
    expect(paths({ DependsOn: 'A' }, { DependsOn: ['A'] })).toEqual([]);
    expect(paths({ DependsOn: ['A', 'B'] }, { DependsOn: ['B', 'A'] })).toEqual([]);
    expect(paths({ DependsOn: ['A'] }, { DependsOn: ['A', 'B'] })).toEqual(['DependsOn']);
  });
});
