import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSame, plain } from '../../../cli/diff/plain.ts';
import { variable as v } from '../../../infrastructure/cloudformation.ts';

const account = v('AWS::AccountId');

describe('A value of a template in plain text', () => {
  it.each<[what: string, value: unknown, text: unknown]>([
    ['Ref', { Ref: 'AWS::AccountId' }, account],
    ['Fn::GetAtt with a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, v('Queue.Arn')],
    ['Fn::GetAtt with a text', { 'Fn::GetAtt': 'Queue.Arn' }, v('Queue.Arn')],
    ['Fn::Sub', { 'Fn::Sub': `arn:${account}:x` }, `arn:${account}:x`],
    [
      'Fn::Sub with variables',
      { 'Fn::Sub': [`${v('Name')}/${v('Bucket.Arn')}`, { Name: { Ref: 'Table' } }] },
      `${v('Table')}/${v('Bucket.Arn')}`,
    ],
    ['Fn::Join', { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::AccountId' }, ':x']] }, `arn:${account}:x`],
    ['Fn::Join in Fn::Join', { 'Fn::Join': [',', ['a', { 'Fn::Join': ['-', ['b', { Ref: 'C' }]] }]] }, `a,b-${v('C')}`],
    ['Fn::Join of a list that is not known', { 'Fn::Join': [',', { Ref: 'List' }] }, v(`Fn::Join(",", "${v('List')}")`)],
    ['another function', { 'Fn::ImportValue': 'shared-bus' }, v('Fn::ImportValue("shared-bus")')],
    ['Fn::If', { 'Fn::If': ['IsProd', { Ref: 'A' }, { Ref: 'AWS::NoValue' }] }, v(`Fn::If("IsProd", "${v('A')}", "${v('AWS::NoValue')}")`)],
    ['a function deep in a value', { a: [{ b: { Ref: 'C' } }] }, { a: [{ b: v('C') }] }],
    ['an object that only looks like a function', { Ref: 'A', Other: 1 }, { Ref: 'A', Other: 1 }],
    ['a number', 60, 60],
    ['null', null, null],
  ])('writes %s as Fn::Sub does', (_what, value, text) => {
    expect(plain(value)).toEqual(text);
  });

  it('tells a text that only looks like a variable from the variable', () => {
    expect(plain(v('aws:username'))).toBe(v('!aws:username'));
    expect(plain({ 'Fn::Sub': v('!aws:username') })).toBe(v('!aws:username'));
    expect(plain(account)).not.toEqual(plain({ 'Fn::Sub': account }));
  });

  it.each([
    ['Fn::Sub', null],
    ['Fn::Sub', [1, 2]],
    ['Fn::Join', 'text'],
    ['Fn::GetAtt', []],
    ['Fn::GetAtt', [{ Ref: 'A' }, 'Arn']],
    ['Ref', { Ref: 'A' }],
  ])('shows %s with a wrong argument as it is', (name, argument) => {
    expect(plain({ [name]: argument })).toMatch(/^\$\{(?:Fn::\w+|Ref)\(.*\)\}$/);
  });

  it('gives a resource another name wherever it is named', () => {
    const nameOf = (id: string) => (id === 'Version8a1f' ? 'Releases.Version' : id);
    const named = [{ Ref: 'Version8a1f' }, { 'Fn::GetAtt': ['Version8a1f', 'Arn'] }, { 'Fn::Sub': `x${v('Version8a1f')}` }];
    expect(plain(named, nameOf)).toEqual([v('Releases.Version'), v('Releases.Version.Arn'), `x${v('Releases.Version')}`]);
  });
});

it('Two values are the same whatever the order of their members, and never if one has another value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      expect(isSame(one, reversed(one))).toBe(true);
      expect(isSame(one, [one, other])).toBe(false);
    }),
    { seed: 1, numRuns: 300 },
  );
});

/** The value with the members of all objects in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
