import type { AccountRow, AccountTable } from './account.ts';
import type { Resource } from './template.ts';

type Place = { readonly accountId: string; readonly region: string };

/** Of a new account whose quota was raised once: Lambda allows 1,000 executions at a time (Lambda quotas). */
const CONCURRENCY = 1000;

/**
 * The table that an embedded AWS starts with: an account in which everything that is asked for exists, and is allowed. With
 * a stack, also what CloudFormation, Lambda, IAM, SNS and EventBridge would say about its resources.
 */
export function defaultAccount(
  { accountId, region }: Place,
  stack?: { readonly name: string; readonly resources: readonly Resource[]; readonly outputs: Readonly<Record<string, string>> },
): AccountTable {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'iot.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
      },
    ],
  };
  const resources = stack?.resources ?? [];
  const functions = resources.filter(({ type }) => type === 'AWS::Lambda::Function');
  const reserved = functions.reduce((sum, { properties }) => sum + Number(properties['ReservedConcurrentExecutions'] ?? 0), 0);
  const role: AccountRow = {
    output: { Role: { RoleName: 'any', AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)) } },
  };
  return {
    lambda: {
      GetAccountSettings: [
        { output: { AccountLimit: { ConcurrentExecutions: CONCURRENCY, UnreservedConcurrentExecutions: CONCURRENCY - reserved } } },
      ],
      GetFunctionConfiguration: functions.map(({ physical, properties }) =>
        rowFor('FunctionName', physical.name, {
          FunctionName: physical.name,
          State: 'Active',
          LastUpdateStatus: 'Successful',
          Environment: properties['Environment'],
        }),
      ),
      GetFunctionConcurrency: functions.map(({ physical, properties }) =>
        rowFor('FunctionName', physical.name, { ReservedConcurrentExecutions: properties['ReservedConcurrentExecutions'] }),
      ),
      ListEventSourceMappings: functions.map(({ physical }) =>
        rowFor('FunctionName', physical.name, { EventSourceMappings: mappingsOf(physical.name, resources) }),
      ),
    },
    servicequotas: {
      GetServiceQuota: [{ output: { Quota: { Value: 10 } } }],
      GetAWSDefaultServiceQuota: [{ output: { Quota: { Value: 10 } } }],
    },
    iam: {
      GetRole: [role],
      SimulatePrincipalPolicy: [{ decisions: { '*': 'allowed' } }],
      ListRolePolicies: policiesByRole(resources).map(({ roleName, policies }) =>
        rowFor('RoleName', roleName, { PolicyNames: policies.map(({ name }) => name), IsTruncated: false }),
      ),
      GetRolePolicy: policiesByRole(resources).flatMap(({ roleName, policies }) =>
        policies.map(({ name, document }) => ({
          input: { RoleName: roleName, PolicyName: name },
          output: { RoleName: roleName, PolicyName: name, PolicyDocument: encodeURIComponent(JSON.stringify(document)) },
        })),
      ),
    },
    signer: { GetSigningProfile: [{ output: { status: 'Active', platformId: 'AmazonFreeRTOS-Default' } }] },
    kms: { DescribeKey: [{ output: { KeyMetadata: { KeyId: 'any', Enabled: true, KeyState: 'Enabled' } } }] },
    monitoring: { GetMetricData: [{ output: { MetricDataResults: [] } }] },
    sns: { ListSubscriptionsByTopic: [{ output: { Subscriptions: subscriptionsOf(resources) } }] },
    cloudformation:
      stack === undefined
        ? { DescribeStacks: [], ListStackResources: [] }
        : {
            DescribeStacks: [rowFor('StackName', stack.name, { Stacks: [describeStack(stack)] })],
            ListStackResources: [
              rowFor('StackName', stack.name, {
                StackResourceSummaries: resources.map(({ logicalId, type, physical }) => ({
                  LogicalResourceId: logicalId,
                  PhysicalResourceId: physical.ref,
                  ResourceType: type,
                  ResourceStatus: 'CREATE_COMPLETE',
                })),
              }),
            ],
          },
    // A rule with a schedule for a function is run by the embedded AWS itself, so its EventBridge does not know it.
    events: {
      DescribeRule: resources
        .filter(({ type, properties }) => type === 'AWS::Events::Rule' && properties['ScheduleExpression'] !== undefined)
        .map(({ physical, properties }) =>
          rowFor('Name', physical.name, {
            Name: physical.name,
            Arn: `arn:aws:events:${region}:${accountId}:rule/${physical.name}`,
            State: String(properties['State'] ?? 'ENABLED'),
            ScheduleExpression: properties['ScheduleExpression'],
          }),
        ),
    },
  };
}

const rowFor = (member: string, value: string, output: Readonly<Record<string, unknown>>): AccountRow => ({
  input: { [member]: value },
  output,
});

function describeStack({ name, outputs }: { readonly name: string; readonly outputs: Readonly<Record<string, string>> }) {
  return {
    StackName: name,
    StackStatus: 'CREATE_COMPLETE',
    CreationTime: '2026-01-01T00:00:00Z',
    Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  };
}

function mappingsOf(functionName: string, resources: readonly Resource[]) {
  return resources
    .filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => String(properties['FunctionName']).endsWith(functionName))
    .map(({ properties }) => ({
      EventSourceArn: properties['EventSourceArn'],
      State: properties['Enabled'] === false ? 'Disabled' : 'Enabled',
    }));
}

/** The inline policies of the roles of a stack, those that are resources of their own too. */
function policiesByRole(resources: readonly Resource[]) {
  type Inline = { readonly PolicyName: string; readonly PolicyDocument: unknown };
  return resources
    .filter(({ type }) => type === 'AWS::IAM::Role')
    .map(({ physical, properties }) => {
      const own = (properties['Policies'] as readonly Inline[] | undefined) ?? [];
      const attached = resources
        .filter(
          ({ type, properties: of }) =>
            type === 'AWS::IAM::Policy' && ((of['Roles'] as readonly unknown[] | undefined) ?? []).includes(physical.ref),
        )
        .map(({ properties: of }) => of as Inline);
      const policies = [...own, ...attached].map(({ PolicyName, PolicyDocument }) => ({ name: PolicyName, document: PolicyDocument }));
      return { roleName: physical.name, policies };
    });
}

function subscriptionsOf(resources: readonly Resource[]) {
  return resources
    .filter(({ type }) => type === 'AWS::SNS::Subscription')
    .map(({ properties }) => ({
      Protocol: properties['Protocol'],
      Endpoint: properties['Endpoint'],
      TopicArn: properties['TopicArn'],
      SubscriptionArn: `${properties['TopicArn']}:00000000-0000-0000-0000-000000000000`,
    }));
}
