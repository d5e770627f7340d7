import { describe, expect, it } from 'vitest';
import { provision } from '../src/provision.ts';
import { checkRoleSizes } from '../src/provision-roles.ts';
import { resolveTemplate, type Template } from '../src/template.ts';

const surroundings = {
  accountId: '000000000000',
  region: 'us-east-1',
  stackName: 'dev',
  endpoint: 'http://127.0.0.1:1',
  codeDirectory: '/code',
};
const check = (Resources: Template['Resources']) => () => checkRoleSizes(resolveTemplate({ Resources }, surroundings));

/** A policy that has this many characters without white space. */
function policyOf(characters: number) {
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iam:PassRole', Resource: '' }] };
  const [statement] = policy.Statement;
  if (statement !== undefined) statement.Resource = 'r'.repeat(characters - JSON.stringify(policy).length);
  return policy;
}
const role = (...documents: unknown[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: { RoleName: 'releases', Policies: documents.map((PolicyDocument, index) => ({ PolicyName: `p${index}`, PolicyDocument })) },
});

describe('the inline policies of a role', () => {
  it('may have 10,240 characters together, and not one more', () => {
    expect(check({ ReleasesRole: role(policyOf(5_120), policyOf(5_120)) })).not.toThrow();
    expect(check({ ReleasesRole: role(policyOf(5_120), policyOf(5_121)) })).toThrow(
      'ReleasesRole: the inline policies of the role releases have 10241 characters without white space. IAM takes 10240. Name fewer resources, or use a managed policy.',
    );
  });

  it('are counted without white space, in JSON text too', () => {
    const spaced = JSON.stringify(policyOf(10_240), undefined, 4);
    expect(spaced.length).toBeGreaterThan(10_240);
    expect(check({ ReleasesRole: role(spaced) })).not.toThrow();
    const words = policyOf(10_240);
    Object.assign(words.Statement[0] ?? {}, { Sid: '  a  b  ' });
    expect(check({ ReleasesRole: role(words) })).toThrow(`have ${10_240 + '"Sid":"ab",'.length} characters`);
  });

  it.each([
    ['AWS::IAM::RolePolicy', { RoleName: { Ref: 'ReleasesRole' } }],
    ['AWS::IAM::Policy', { Roles: [{ Ref: 'ReleasesRole' }] }],
  ])('are also those of %s', (Type, names) => {
    const More = { Type, Properties: { ...names, PolicyName: 'more', PolicyDocument: policyOf(241) } };
    expect(check({ ReleasesRole: role(policyOf(10_000)), More })).toThrow('have 10241 characters');
    expect(
      check({ ReleasesRole: role(policyOf(10_000)), Other: { ...More, Properties: { ...More.Properties, RoleName: 'x', Roles: ['x'] } } }),
    ).not.toThrow();
  });

  it('are not those of another role', () => {
    expect(
      check({
        One: role(policyOf(6_000)),
        Two: { ...role(policyOf(6_000)), Properties: { ...role(policyOf(6_000)).Properties, RoleName: 'two' } },
      }),
    ).not.toThrow();
  });

  it('stop a stack before anything is made', async () => {
    await expect(provision({ Resources: { ReleasesRole: role(policyOf(10_241)) } }, surroundings)).rejects.toThrow('have 10241 characters');
  });
});
