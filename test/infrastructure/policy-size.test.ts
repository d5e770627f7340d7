import { describe, expect, it } from 'vitest';
import { policyFaults } from '../../scripts/policy-size.ts';

const at = { region: 'eu-west-1', stackName: 'ota-dispatch-prod' };
/** A policy of this many characters. */
const documentOf = (length: number) => ({ Resource: 'r'.repeat(length - '{"Resource":""}'.length) });
const role = (...lengths: number[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: { RoleName: 'releases', Policies: lengths.map((length) => ({ PolicyName: 'p', PolicyDocument: documentOf(length) })) },
});
const attached = (length: number) => ({
  Type: 'AWS::IAM::Policy',
  Properties: { PolicyName: 'keys', Roles: [{ Ref: 'Role' }], PolicyDocument: documentOf(length) },
});

describe('The inline policies of a role', () => {
  it.each([
    ['one of 10,240 characters', { Role: role(10_240) }],
    ['two of them together', { Role: role(5_000, 5_240) }],
    ['with one that names the role', { Role: role(10_000), Keys: attached(240) }],
    [
      'the white space in them not counted',
      { Role: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: [' '.repeat(9e4)] }] } } },
    ],
  ])('may have 10,240 characters: %s', (_what, Resources) => {
    expect(policyFaults({ Resources }, at)).toEqual([]);
  });

  it.each([
    ['one of 10,241 characters', { Role: role(10_241) }],
    ['two of them together', { Role: role(5_000, 5_241) }],
    ['with one that names the role', { Role: role(10_000), Keys: attached(241) }],
  ])('may not have more: %s', (_what, Resources) => {
    expect(policyFaults({ Resources }, at)).toEqual([
      'the policies of the role releases have 10241 characters, but IAM accepts at most 10240: let products share OTA service roles, artifact buckets and keys',
    ]);
  });

  it('count with the names that CloudFormation fills in', () => {
    const arn = { 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:role/${'r'.repeat(10_000)}` };
    const policies = (count: number) => [{ PolicyDocument: Array(count).fill(arn) }];
    expect(policyFaults({ Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { Policies: policies(1) } } } }, at)).toEqual([]);
    expect(policyFaults({ Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { Policies: policies(2) } } } }, at)).toHaveLength(1);
  });
});
