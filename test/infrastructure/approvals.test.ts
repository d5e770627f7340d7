import { describe, expect, it } from 'vitest';
import { approvalFaults, approverTrust, statementForOwner } from '../../infrastructure/approvals.ts';
import { type Context, parameters } from '../../infrastructure/computed.ts';
import { packageService } from '../../scripts/compiled-template.ts';

const BOARD = 'arn:aws:iam::111122223333:role/release-board';
const given = { principals: [], products: ['thermostat'], channelsFile: 'channels.yml', stage: 'prod' };

describe('A stage whose products have approvers', () => {
  it('is refused if nobody is named who may approve, and the message says what to do', () => {
    expect(approvalFaults(given)).toEqual([
      'params.approvalPrincipals must name who may approve and resume, because thermostat in channels.yml has approvers: set it to the ARNs of their IAM roles, such as arn:aws:iam::111122223333:role/release-board, or remove the approvers',
    ]);
    expect(approvalFaults({ ...given, products: ['hub', 'thermostat'] })[0]).toContain(
      'because hub and thermostat in channels.yml have approvers',
    );
  });

  it.each([
    ['somebody is named', { ...given, principals: [BOARD] }],
    ['no product has approvers', { ...given, products: [] }],
    ['it is the local stage', { ...given, stage: 'local' }],
  ])('is accepted if %s', (_why, one) => {
    expect(approvalFaults(one)).toEqual([]);
  });

  it('is refused by packaging', async () => {
    const values: Readonly<Record<string, unknown>> = {
      'sls:stage': 'prod',
      'self:provider.region': 'eu-central-1',
      'param:channels': 'test/infrastructure/channels.yml',
      'param:approvalPrincipals': [],
    };
    const context: Context = { resolveVariable: async (name) => values[name] ?? '' };
    await expect(parameters(context)).rejects.toThrow(
      /params\.approvalPrincipals must name who .* because thermostat in test.infrastructure.channels\.yml has approvers/,
    );
  });

  it('is refused if the principals do not fit into a trust policy', () => {
    const principals = Array.from({ length: 40 }, (_, index) => `${BOARD}-of-the-team-number-${index}`);
    expect(approvalFaults({ ...given, principals })).toEqual([
      expect.stringMatching(/^params\.approvalPrincipals makes the trust policy of ApproverRole \d+ characters long, but IAM takes 2048: /),
    ]);
  });
});

describe('The role of approvers', () => {
  it('can be assumed by everybody whom IAM of the account allows, if nobody is named', () => {
    expect(approverTrust([]).Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root` } },
        Action: 'sts:AssumeRole',
      },
    ]);
  });

  it('trusts the accounts of the principals, and names each of them in a condition', () => {
    const other = 'arn:aws:iam::444455556666:role/release-*';
    const [statement] = approverTrust([BOARD, other, `${BOARD}-2`]).Statement;
    expect(statement?.Principal).toEqual({
      AWS: ['111122223333', '444455556666'].map((account) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::${account}:root` })),
    });
    expect(statement?.Condition).toEqual({ ArnLike: { 'aws:PrincipalArn': [BOARD, other, `${BOARD}-2`] } });
  });
});

describe('The statement for the owner of a bus that exists already', () => {
  it('denies approvals and resumes to everybody but the principals and the role of approvers', () => {
    const text = statementForOwner({ busName: 'shared', stage: 'prod', region: 'eu-west-1' }, [BOARD]);
    expect(JSON.parse(text.slice(text.indexOf('{')))).toEqual({
      Sid: 'OnlyApproversApprove',
      Effect: 'Deny',
      Principal: '*',
      Action: 'events:PutEvents',
      Resource: 'arn:aws:events:eu-west-1:ACCOUNT:event-bus/shared',
      Condition: {
        'ForAnyValue:StringEquals': { 'events:detail-type': ['Firmware Release Approved', 'Firmware Channel Resumed'] },
        ArnNotLike: { 'aws:PrincipalArn': [BOARD, 'arn:aws:iam::ACCOUNT:role/ota-dispatch-prod-eu-west-1-approver'] },
      },
    });
  });

  it('is printed by packaging, and only for such a bus', async () => {
    const printed = async (params: Record<string, string>) => (await packageService({ stage: 'prod', params, fresh: true })).printed;
    expect(await printed({ bus: 'existing', busName: 'shared' })).toContain('"Sid": "OnlyApproversApprove"');
    expect(await printed({})).not.toContain('OnlyApproversApprove');
  }, 180_000);
});
