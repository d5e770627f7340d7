import { CreateEventBusCommand, DescribeEventBusCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudFormationAssumptions } from '../src/cloudformation-assumptions.ts';
import { provision } from '../src/provision.ts';
import type { Template } from '../src/template.ts';
import { startTestAws, type TestAws } from './support/endpoints.ts';

let aws: TestAws;
beforeEach(async () => {
  aws = await startTestAws();
});
afterEach(() => aws.stop());

const deploy = (stackName: string, Resources: Template['Resources'], cloudFormation?: Partial<CloudFormationAssumptions>) =>
  provision(
    { Resources },
    { accountId: '000000000000', region: 'us-east-1', endpoint: aws.endpoint, stackName, codeDirectory: '/code', cloudFormation },
  );
const Statement = { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'events:PutEvents', Resource: '*' };
const bus = (Name: string) => ({ Type: 'AWS::Events::EventBus', Properties: { Name } });
const statement = (EventBusName: unknown, StatementId: string) => ({
  Type: 'AWS::Events::EventBusPolicy',
  Properties: { EventBusName, StatementId, Statement },
});
async function statementsOf(Name: string): Promise<{ Sid?: string }[]> {
  const { Policy = '{"Statement":[]}' } = await aws.events.send(new DescribeEventBusCommand({ Name }));
  return JSON.parse(Policy).Statement;
}

describe('an AWS::Events::EventBusPolicy', () => {
  it('cannot have the StatementId of another stack, whatever its bus', async () => {
    await deploy('dev', { Bus: bus('firmware-dev'), Allow: statement({ Ref: 'Bus' }, 'accounts') });
    await expect(deploy('prod', { Bus: bus('firmware-prod'), Allow: statement({ Ref: 'Bus' }, 'accounts') })).rejects.toThrow(
      'Allow: accounts already exists in stack dev. Give the StatementId the name of the stage, or put the statement into Policy of the AWS::Events::EventBus.',
    );
    expect(await statementsOf('firmware-prod')).toEqual([]);
  });

  it('cannot have the StatementId of another bus of its own stack', async () => {
    const resources = { One: bus('one'), Two: bus('two'), A: statement({ Ref: 'One' }, 'same'), B: statement({ Ref: 'Two' }, 'same') };
    await expect(deploy('dev', resources)).rejects.toThrow('B: same already exists in stack dev');
  });

  it('can share its StatementId with other buses if that is assumed, and never with one of its own bus', async () => {
    const perBus = { statementIds: 'bus' } as const;
    await deploy('dev', { Bus: bus('firmware-dev'), Allow: statement({ Ref: 'Bus' }, 'accounts') }, perBus);
    await deploy('prod', { Bus: bus('firmware-prod'), Allow: statement({ Ref: 'Bus' }, 'accounts') }, perBus);
    expect(await statementsOf('firmware-prod')).toEqual([{ Sid: 'accounts', ...Statement }]);
    await expect(deploy('third', { Allow: statement('firmware-dev', 'accounts') }, perBus)).rejects.toThrow('already exists in stack dev');
  });

  it('joins the statements of the bus, those of its Policy too', async () => {
    await aws.events.send(new CreateEventBusCommand({ Name: 'existing' }));
    await deploy('dev', { One: statement('existing', 'one') });
    await deploy('prod', { Two: statement('existing', 'two') });
    expect((await statementsOf('existing')).map(({ Sid }) => Sid)).toEqual(['one', 'two']);
  });
});

describe('the Policy of an AWS::Events::EventBus', () => {
  const withPolicy = (Name: string, Policy: unknown) => ({ Type: 'AWS::Events::EventBus', Properties: { Name, Policy } });
  const document = { Version: '2012-10-17', Statement: [{ Sid: 'accounts', ...Statement }] };

  it('is the policy of the bus, and the same in two stacks', async () => {
    await deploy('dev', { Bus: withPolicy('firmware-dev', document) });
    await deploy('prod', { Bus: withPolicy('firmware-prod', JSON.stringify(document)) });
    for (const name of ['firmware-dev', 'firmware-prod']) expect(await statementsOf(name)).toEqual(document.Statement);
  });

  it('changes nothing for PutEvents: a policy is kept and not evaluated', async () => {
    const Deny = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 'events:PutEvents', Resource: '*' }] };
    await deploy('dev', { Bus: withPolicy('firmware-dev', Deny) });
    const entry = { EventBusName: 'firmware-dev', Source: 'acme', DetailType: 't', Detail: '{}' };
    expect((await aws.events.send(new PutEventsCommand({ Entries: [entry] }))).FailedEntryCount).toBe(0);
  });

  it('cannot name its own bus with Ref or Fn::GetAtt, because no resource can depend on itself', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's
    for (const Resource of [{ 'Fn::GetAtt': ['Bus', 'Arn'] }, { Ref: 'Bus' }, { 'Fn::Sub': '${Bus.Arn}' }]) {
      const policy = { Statement: [{ ...Statement, Resource }] };
      await expect(deploy('dev', { Bus: withPolicy('firmware-dev', policy) })).rejects.toThrow(
        'circular dependency: the properties of Bus refer to Bus itself',
      );
    }
  });
});
