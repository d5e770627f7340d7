import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetAccountSettingsCommand, GetFunctionConcurrencyCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { GetSigningProfileCommand, SignerClient } from '@aws-sdk/client-signer';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AccountTable } from '../src/account.ts';
import { defaultAccount } from '../src/account-default.ts';
import { startTestAws, type TestAws } from './support/endpoints.ts';

let aws: TestAws;
let initial: AccountTable;
beforeAll(async () => {
  aws = await startTestAws();
  initial = aws.services.account.table();
});
afterEach(() => aws.services.account.replace(initial));
afterAll(() => aws.stop());

const put = (table: unknown) =>
  fetch(`${aws.endpoint}/_ota/account`, { method: 'PUT', body: typeof table === 'string' ? table : JSON.stringify(table) });

describe('the table of the account', () => {
  it('answers reads in the protocol of each service', async () => {
    await put({
      lambda: { GetAccountSettings: [{ output: { AccountLimit: { ConcurrentExecutions: 10 } } }] },
      servicequotas: { GetServiceQuota: [{ output: { Quota: { Value: 7 } } }] },
      iam: { GetRole: [{ output: { Role: { RoleName: 'a <role>' } } }] },
      signer: { GetSigningProfile: [{ output: { status: 'Canceled' } }] },
      kms: { DescribeKey: [{ output: { KeyMetadata: { KeyId: 'k', KeyState: 'Disabled' } } }] },
      sns: { ListSubscriptionsByTopic: [{ output: { Subscriptions: [{ Protocol: 'email' }, { Protocol: 'sms' }] } }] },
      cloudformation: {
        DescribeStacks: [
          { output: { Stacks: [{ StackName: 's', StackStatus: 'CREATE_COMPLETE', Outputs: [{ OutputKey: 'A', OutputValue: 'b' }] }] } },
        ],
      },
    });
    const settings = await new LambdaClient(aws.access).send(new GetAccountSettingsCommand({}));
    expect(settings.AccountLimit?.ConcurrentExecutions).toBe(10);
    const quota = await new ServiceQuotasClient(aws.access).send(new GetServiceQuotaCommand({ ServiceCode: 'iot', QuotaCode: 'L-1' }));
    expect(quota.Quota?.Value).toBe(7);
    const role = await new IAMClient(aws.access).send(new GetRoleCommand({ RoleName: 'a' }));
    expect(role.Role?.RoleName).toBe('a <role>');
    const profile = await new SignerClient(aws.access).send(new GetSigningProfileCommand({ profileName: 'p' }));
    expect(profile.status).toBe('Canceled');
    const key = await new KMSClient(aws.access).send(new DescribeKeyCommand({ KeyId: 'k' }));
    expect(key.KeyMetadata?.KeyState).toBe('Disabled');
    const topic = await new SNSClient(aws.access).send(new ListSubscriptionsByTopicCommand({ TopicArn: 't' }));
    expect(topic.Subscriptions?.map(({ Protocol }) => Protocol)).toEqual(['email', 'sms']);
    const stacks = await new CloudFormationClient(aws.access).send(new DescribeStacksCommand({ StackName: 's' }));
    expect(stacks.Stacks?.[0]).toMatchObject({ StackStatus: 'CREATE_COMPLETE', Outputs: [{ OutputKey: 'A', OutputValue: 'b' }] });
  });

  it('answers with the first row that fits', async () => {
    await put({
      lambda: {
        GetFunctionConcurrency: [
          { input: { FunctionName: 'stopped' }, output: { ReservedConcurrentExecutions: 0 } },
          { input: { FunctionName: 'denied' }, error: { name: 'AccessDeniedException', message: 'no', status: 403 } },
          { output: { ReservedConcurrentExecutions: 4 } },
        ],
      },
    });
    const lambda = new LambdaClient(aws.access);
    const of = async (FunctionName: string) =>
      (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions;
    expect([await of('stopped'), await of('other')]).toEqual([0, 4]);
    await expect(of('denied')).rejects.toMatchObject({ name: 'AccessDeniedException', message: 'no' });
  });

  it('gives a decision for each action that SimulatePrincipalPolicy is asked about', async () => {
    await put({ iam: { SimulatePrincipalPolicy: [{ decisions: { 'kms:Decrypt': 'explicitDeny', '*': 'allowed' } }] } });
    const { EvaluationResults } = await new IAMClient(aws.access).send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: 'arn:role',
        ActionNames: ['kms:Decrypt', 's3:GetObject'],
        ResourceArns: ['arn:x'],
      }),
    );
    expect(EvaluationResults).toEqual([
      { EvalActionName: 'kms:Decrypt', EvalResourceName: 'arn:x', EvalDecision: 'explicitDeny' },
      { EvalActionName: 's3:GetObject', EvalResourceName: 'arn:x', EvalDecision: 'allowed' },
    ]);
  });

  it('says that a thing does not exist if no row fits, and denies an operation without rows', async () => {
    await put({ iam: { GetRole: [] }, cloudformation: { DescribeStacks: [] } });
    const iam = new IAMClient(aws.access);
    await expect(iam.send(new GetRoleCommand({ RoleName: 'a' }))).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    await expect(new CloudFormationClient(aws.access).send(new DescribeStacksCommand({ StackName: 's' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id s does not exist',
    });
    await expect(new KMSClient(aws.access).send(new DescribeKeyCommand({ KeyId: 'k' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(
      iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: 'a', ActionNames: ['b'], ResourceArns: ['c'] })),
    ).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  });

  it('answers before a stand-in', async () => {
    const error = { name: 'PermanentRedirect', status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' } };
    await put({ s3: { HeadBucket: [{ input: { Bucket: 'elsewhere' }, error }] } });
    const head = (Bucket: string) => aws.s3.send(new HeadBucketCommand({ Bucket }));
    await expect(head('elsewhere')).rejects.toMatchObject({ $metadata: { httpStatusCode: 301 } });
    await expect(head('nowhere')).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('is answered and replaced as a whole by its route', async () => {
    const table = { kms: { DescribeKey: [{ output: {} }] } };
    expect((await put(table)).status).toBe(204);
    expect(await (await fetch(`${aws.endpoint}/_ota/account`)).json()).toEqual(table);
  });

  it.each([
    ['{', 'the body must be JSON'],
    ['[]', 'the body must be an object: {SERVICE: {OPERATION: [ROW]}}'],
    [{ iam: [] }, 'iam: must be an object of operations'],
    [{ iam: { GetRole: {} } }, 'iam.GetRole: must be a list of rows'],
    [{ iam: { GetRole: [1] } }, 'iam.GetRole: a row is an object'],
    [{ iam: { GetRole: [{ outptu: {} }] } }, 'iam.GetRole: outptu is unknown; a row has input, output, error and decisions'],
    [{ iam: { GetRole: [{}] } }, 'iam.GetRole: a row has exactly one of output, error and decisions'],
    [{ iam: { GetRole: [{ error: {} }] } }, 'iam.GetRole: an error has a name'],
  ])('is refused if it is wrong: %j', async (table, message) => {
    const refused = await put(table);
    expect([refused.status, await refused.json()]).toEqual([400, { message }]);
    expect(aws.services.account.table()).toBe(initial);
  });
});

describe('the table at the start', () => {
  it('lets everything exist and be allowed', async () => {
    const { Role } = await new IAMClient(aws.access).send(new GetRoleCommand({ RoleName: 'any' }));
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain('"aws:SourceAccount":"000000000000"');
    const stacks = new CloudFormationClient(aws.access).send(new DescribeStacksCommand({ StackName: 's' }));
    await expect(stacks).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('takes policies of a role from the role and from resources of their own', () => {
    const physical = { name: 'r', ref: 'r', attributes: {} };
    const policy = (PolicyName: string) => ({ PolicyName, PolicyDocument: { Statement: [] } });
    const resources = [
      { logicalId: 'R', type: 'AWS::IAM::Role', physical, properties: { Policies: [policy('inline')] } },
      { logicalId: 'P', type: 'AWS::IAM::Policy', physical, properties: { ...policy('attached'), Roles: ['r'] } },
      { logicalId: 'Q', type: 'AWS::IAM::Policy', physical, properties: policy('of-nobody') },
    ];
    const { iam } = defaultAccount({ accountId: '000000000000', region: 'us-east-1' }, { name: 's', resources, outputs: {} });
    expect(iam?.['ListRolePolicies']).toEqual([
      { input: { RoleName: 'r' }, output: { PolicyNames: ['inline', 'attached'], IsTruncated: false } },
    ]);
  });
});
