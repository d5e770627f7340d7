import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { withCode } from '../../../cli/diff/code.ts';
import { compare, type Difference, isEmpty } from '../../../cli/diff/compare.ts';
import { linesOf } from '../../../cli/diff/report.ts';
import { templateOf } from '../../../cli/diff/template.ts';
import { compiledTemplate, type Template } from '../../../scripts/compiled-template.ts';

const side = (template: unknown, code: Record<string, string> = {}) => ({
  template: templateOf(template, 'test'),
  code: new Map(Object.entries(code)),
});
const diff = (before: unknown, after: unknown) => compare(side(before), side(after));
const nothing = { permissions: [], resources: [], functions: [], outputs: [], template: [] };
const ids = (difference: Difference) => difference.resources.map(({ resource, change }) => `${change} ${resource}`);

let prod: Template;
let other: Template;
beforeAll(async () => {
  prod = await compiledTemplate({ stage: 'prod' });
  other = await compiledTemplate({ stage: 'prod', params: { kmsKey: 'create', jobEvents: 'off', createsPerSecond: '5' } });
});

describe('Two templates of this service', () => {
  it('differ in nothing if they are the same, even if they were packaged at another time', () => {
    const text = JSON.stringify(prod);
    const later = text.replaceAll(/\d{13}-\d{4}-[^/]+Z/g, '1896084114633-2030-01-31T00:15:14.633Z');
    expect(later).not.toBe(text);
    expect(diff(prod, JSON.parse(later))).toMatchObject(nothing);
  });

  it('differ in what a parameter changes: permissions, resources and functions', () => {
    const difference = diff(prod, other);
    expect(difference.permissions.filter(({ resource }) => resource === 'EncryptionKey').map(({ allows }) => allows)).toEqual([
      'more',
      'more',
      'more',
    ]);
    expect(ids(difference)).toEqual(expect.arrayContaining(['removed JobEventsRole', 'added EncryptionKey', 'changed ReleasesQueue']));
    expect(difference.functions.map(({ name }) => name)).toContain('ota-dispatch-prod-releases');
    expect(difference.outputs).toEqual([]);
  });

  it.each(['prod', 'other'] as const)('differ if any value of any resource of %s is another one, or is gone', (name) => {
    const hidden: string[] = [];
    for (const [id, resource] of Object.entries(name === 'prod' ? prod.Resources : other.Resources))
      for (const { path, changed } of mutationsOf(resource))
        if (isEmpty(diff({ Resources: { [id]: resource } }, { Resources: { [id]: changed } }))) hidden.push([id, ...path].join('.'));
    // A list of one item has no place for a delimiter.
    expect(hidden.filter((path) => !path.endsWith('OTA_ALLOWED_ACCOUNTS.Fn::Join.0'))).toEqual([]);
  });

  it('differ the other way round if they change places', () => {
    const [there, back] = [diff(prod, other), diff(other, prod)];
    expect(back.permissions.map(({ resource, policy }) => `${resource} ${policy}`).sort()).toEqual(
      there.permissions.map(({ resource, policy }) => `${resource} ${policy}`).sort(),
    );
    expect(back.resources).toHaveLength(there.resources.length);
  });
});

it('A policy is reported as a permission and not once more as a property', () => {
  const role = (Action: string) => ({
    Resources: {
      R: {
        Type: 'AWS::IAM::Role',
        Properties: { Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: '*' }] } }] },
      },
    },
  });
  const { permissions, resources } = diff(role('a:b'), role('a:c'));
  expect([permissions.length, resources]).toEqual([1, []]);
});

it('A policy that became something else is reported in full', () => {
  const role = (Policy: unknown) => ({ Resources: { R: { Type: 'Custom::R', Properties: { Policy } } } });
  const difference = diff(role({ Statement: [{ Effect: 'Allow' }] }), role('a text'));
  expect([difference.permissions.length, difference.resources[0]?.properties]).toEqual([
    1,
    [{ path: 'Policy', before: { Statement: [{ Effect: 'Allow' }] }, after: 'a text' }],
  ]);
});

it('Other members of a template and outputs are reported', () => {
  const empty = { Resources: {} };
  const more = { Resources: {}, Description: 'x', Conditions: { C: { 'Fn::Equals': [1, 1] } }, Outputs: { O: { Value: { Ref: 'A' } } } };
  const { template, outputs } = diff(empty, more);
  expect(template.map(({ path }) => path)).toEqual(['Description', 'Conditions']);
  expect(outputs).toMatchObject([{ output: 'O', change: 'added' }]);
  expect(diff(more, empty).outputs).toMatchObject([{ output: 'O', change: 'removed' }]);
});

describe('The code of a function', () => {
  const functions = (key: string, more: object = {}) => ({
    Resources: { F: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'f', Code: { S3Bucket: 'b', S3Key: key } } }, ...more },
  });
  const key = (at: string, zip = 'f.zip') => `serverless/ota-dispatch/prod/${at}/${zip}`;
  const [first, second] = [key('1796084114633-2026-12-01T00:15:14.633Z'), key('1796084117110-2026-12-01T00:15:17.110Z')];
  const judged = (before: Record<string, string>, after: Record<string, string>) =>
    compare(side(functions(first), before), side(functions(second), after));

  it('is the same if its digest is, whatever the time in its key', () => {
    const difference = judged({ F: 'x' }, { F: 'x' });
    expect([isEmpty(difference), difference.codeUnknown]).toEqual([true, []]);
  });

  it('changed if its digest did', () => {
    expect(judged({ F: 'x' }, { F: 'y' })).toMatchObject({
      functions: [{ resource: 'F', code: 'changed', properties: [] }],
      codeUnknown: [],
    });
  });

  it('is not known without a digest on both sides, and that alone is no difference', () => {
    const difference = judged({ F: 'x' }, {});
    expect([isEmpty(difference), difference.codeUnknown]).toEqual([true, ['f']]);
  });

  it('is a change of a property if its key differs in more than the time', () => {
    expect(diff(functions(first), functions(key('mine', 'g.zip'))).functions).toMatchObject([{ properties: [{ path: 'Code.S3Key' }] }]);
  });

  it('in a version of a function changes nothing else, although its logical id has a hash', () => {
    const version = (hash: string) => ({
      ...functions(first, {
        [`FVersion${hash}`]: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'F' }, CodeSha256: hash } },
      }),
      Outputs: { Arn: { Value: { Ref: `FVersion${hash}` } } },
    });
    expect(diff(version('a'), version('b'))).toMatchObject({ ...nothing });
  });

  it('is known of a template that was saved, and makes no difference to it', () => {
    const saved = withCode(functions(first), new Map([['F', 'x']]));
    expect(diff(saved, functions(second))).toMatchObject(nothing);
  });
});

const json = fc.jsonValue({ maxDepth: 2 });

/** A template as the differ may get it from anybody. */
const templates = fc
  .dictionary(
    fc.string(),
    fc.record({
      Type: fc.constantFrom('AWS::SQS::Queue', 'AWS::IAM::Role', 'AWS::Lambda::Function', 'AWS::Lambda::Permission', 'Custom::X'),
      Properties: fc.dictionary(
        fc.constantFrom('QueueName', 'Policies', 'Code', 'FunctionName', 'AssumeRolePolicyDocument', 'Tags', 'Statement', '__proto__'),
        fc.oneof(
          json,
          fc.record({
            Statement: fc.array(fc.record({ Effect: fc.constantFrom('Allow', 'Deny'), Action: json, Condition: json })),
          }),
          fc.record({ 'Fn::Sub': json }),
          fc.record({ 'Fn::Join': json }),
        ),
        { maxKeys: 4 },
      ),
      DependsOn: fc.oneof(fc.string(), fc.array(fc.string())),
    }),
    { maxKeys: 4 },
  )
  .map((Resources) => ({ Resources }));

describe('Whatever two templates contain', () => {
  it('a template differs in nothing from itself, also with its members in another order', () => {
    fc.assert(
      fc.property(templates, (template) => {
        expect(diff(template, template)).toMatchObject(nothing);
        expect(diff(template, reversed(template))).toMatchObject(nothing);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('every line of what differs is one line without control characters', () => {
    fc.assert(
      fc.property(templates, templates, (before, after) => {
        for (const { text } of linesOf(diff(before, after))) expect(text).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
      }),
      { seed: 2, numRuns: 200 },
    );
  });
});

type Mutation = { readonly path: readonly string[]; readonly changed: unknown };

/** The value with each text, number or flag in it changed, and once more without it. The first member of a resource is its type. */
function mutationsOf(value: unknown, path: readonly string[] = []): readonly Mutation[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => [
      ...(value.length > 1 ? [{ path: [...path, `-${index}`], changed: value.toSpliced(index, 1) }] : []),
      ...mutationsOf(item, [...path, String(index)]).map((inner) => ({ ...inner, changed: value.with(index, inner.changed) })),
    ]);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, member]) => [
      ...(name === 'Type'
        ? []
        : [{ path: [...path, `-${name}`], changed: Object.fromEntries(Object.entries(value).filter(([other]) => other !== name)) }]),
      ...mutationsOf(member, [...path, name]).map((inner) => ({ ...inner, changed: { ...value, [name]: inner.changed } })),
    ]);
  return [{ path, changed: typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${value}x` }];
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
