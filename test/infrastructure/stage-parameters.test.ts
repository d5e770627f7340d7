import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { sweepOf } from '../../handlers/dependencies/functions.ts';
import { acceptedAccounts, acceptedAccountsText, steeringEventPattern } from '../../infrastructure/computed.ts';
import { compiledTemplate, packageService, type Template } from '../../scripts/compiled-template.ts';
import { settingsWith } from '../handlers/function-environment.ts';
import { ACCOUNT, resolveTemplate } from '../support/resolved-template.ts';
import { get } from './assertions/assertion.ts';
import { leftToCloudFormation } from './assertions/conditions.ts';

describe('A stage with parameters of its own', () => {
  let compiled: Template;
  let resources: Template['Resources'];
  beforeAll(async () => {
    compiled = await compiledTemplate({
      channels: readFileSync('test/infrastructure/channels.yml', 'utf8'),
      stage: 'prod',
      params: { kmsKey: 'create', bus: 'existing', busName: 'company-events', alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:on-call' },
    });
    resources = resolveTemplate(structuredClone(compiled)).Resources;
  }, 180_000);

  it('is part of the name of every resource', () => {
    const named = Object.values(resources).filter(({ Type }) =>
      ['AWS::SQS::Queue', 'AWS::DynamoDB::Table', 'AWS::Lambda::Function', 'AWS::S3::Bucket', 'AWS::CloudWatch::Alarm'].includes(Type),
    );
    const names = named.map(
      ({ Properties: p }) => p['QueueName'] ?? p['TableName'] ?? p['FunctionName'] ?? p['BucketName'] ?? p['AlarmName'],
    );
    expect(names.filter((name) => name !== undefined && !String(name).startsWith('ota-dispatch-prod-'))).toEqual([]);
    expect(names.length).toBeGreaterThan(30);
  });

  it('leaves an existing bus and its policy unchanged', () => {
    expect(Object.values(compiled.Resources).filter(({ Type }) => /^AWS::Events::EventBus/.test(Type))).toEqual([]);
    expect(get(resources, 'ReleasesRule.Properties.EventBusName')).toBe('company-events');
    expect(get(resources, 'ReleasesLambdaFunction.Properties.Environment.Variables.OTA_BUS_NAME')).toBe('company-events');
  });

  it('can create a key for queues, tables and alarms, which EventBridge and CloudWatch may use', () => {
    const principals = (get(resources, 'EncryptionKey.Properties.KeyPolicy.Statement') as { Principal: unknown }[]).map(
      ({ Principal }) => Principal,
    );
    expect(principals).toEqual([
      { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      { Service: 'events.amazonaws.com' },
      { Service: 'cloudwatch.amazonaws.com' },
    ]);
    expect(get(resources, 'EncryptionKey.DeletionPolicy')).toBe('RetainExceptOnCreate');
    expect(get(resources, 'EncryptionKey.UpdateReplacePolicy')).toBe('Retain');
    for (const { Type, Properties } of Object.values(resources)) {
      if (Type === 'AWS::SQS::Queue' || Type === 'AWS::SNS::Topic') expect(Properties['KmsMasterKeyId']).toMatch(/:key\//);
      if (Type === 'AWS::SQS::Queue') expect(Properties).not.toHaveProperty('SqsManagedSseEnabled');
      if (Type === 'AWS::DynamoDB::Table') expect(get(Properties, 'SSESpecification.KMSMasterKeyId')).toMatch(/:key\//);
    }
    expect(get(resources, 'EncryptionKeyUse.Properties.Roles')).toHaveLength(6);
  });

  it('can send its alarms to a topic that exists', () => {
    expect(get(compiled.Resources, 'RejectedAlarm.Properties.AlarmActions')).toEqual(['arn:aws:sns:eu-west-1:111122223333:on-call']);
    expect(Object.values(compiled.Resources).filter(({ Type }) => Type.startsWith('AWS::SNS::'))).toEqual([]);
  });

  it('leaves no condition to CloudFormation', () => {
    expect(leftToCloudFormation(compiled)).toEqual([]);
  });
});

describe('A stage without job events', () => {
  it('has neither the rule nor its role, and nobody sends to its follow-ups queue in their place', async () => {
    const { Resources } = await compiledTemplate({ stage: 'prod', params: { jobEvents: 'off', kmsKey: 'create' } });
    expect(Object.values(Resources).filter(({ Type }) => Type.startsWith('AWS::IoT::'))).toEqual([]);
    expect(JSON.stringify(Resources)).not.toContain('JobEvents');
    expect(get(Resources, 'FollowUpsQueuePolicy.Properties.PolicyDocument.Statement.0.Condition.ArnNotEquals')).toEqual({
      'aws:PrincipalArn': ['ReleasesRole', 'FollowUpsRole', 'SweepRole', 'OperatorRole'].map((role) => ({ 'Fn::GetAtt': [role, 'Arn'] })),
    });
  }, 180_000);
});

describe('A stage whose name has a hyphen', () => {
  it('has an underscore in the name of its IoT rule, and names that rule in the trust policy', async () => {
    const { Resources } = resolveTemplate(
      await compiledTemplate({ stage: 'eu-2', params: { approvalPrincipals: `arn:aws:iam::${ACCOUNT}:role/release-board` } }),
    );
    expect(get(Resources, 'JobEventsRule.Properties.RuleName')).toBe('ota_dispatch_eu_2_job_events');
    const condition = get(Resources, 'JobEventsRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition');
    expect(get(condition, 'ArnLike')).toEqual({ 'aws:SourceArn': `arn:aws:iot:eu-central-1:${ACCOUNT}:rule/ota_dispatch_eu_2_job_events` });
  }, 180_000);
});

describe('A stage with an address for its alarms', () => {
  it('sends them there through a topic of its own', async () => {
    const { Resources } = await compiledTemplate({ stage: 'prod', params: { alarmEmail: 'on-call@acme.example' } });
    expect(get(Resources, 'AlarmSubscription.Properties')).toEqual({
      TopicArn: { Ref: 'AlarmTopic' },
      Protocol: 'email',
      Endpoint: 'on-call@acme.example',
    });
  }, 180_000);
});

describe('A stage whose rule is on the default bus', () => {
  it('watches for lost events under the name of the rule alone, because EventBridge reports no other dimension there', async () => {
    const compiled = await compiledTemplate({ stage: 'prod', params: { bus: 'existing', busName: 'default' } });
    const dimensions = get(resolveTemplate(compiled).Resources, 'EventLostAlarm.Properties.Dimensions');
    expect(dimensions).toEqual([{ Name: 'RuleName', Value: 'ota-dispatch-prod-releases' }]);
    expect(leftToCloudFormation(compiled)).toEqual([]);
  }, 180_000);
});

describe('The alarm on overdue work', () => {
  it.each([['8'], ['2'], ['0.5']])(
    'rings if sweeps wake as many as they may, at %s looks a second',
    async (looksPerSecond) => {
      const { Resources } = await compiledTemplate({ stage: 'prod', params: { looksPerSecond } });
      const unused = { ledger: {} } as Parameters<typeof sweepOf>[1] & Parameters<typeof sweepOf>[2];
      const { sweep } = sweepOf(settingsWith({ OTA_LOOKS_PER_SECOND: looksPerSecond }), unused, unused);
      expect(get(Resources, 'WorkOverdueAlarm.Properties.Threshold')).toBe(Math.floor(sweep.wakesPerSecond * sweep.spreadSeconds));
      expect(get(Resources, 'WorkOverdueAlarm.Properties.ComparisonOperator')).toBe('GreaterThanOrEqualToThreshold');
    },
    180_000,
  );
});

describe('Two stages in one account and region', () => {
  it('share neither a name nor a statement id', async () => {
    const channels = readFileSync('test/infrastructure/channels.yml', 'utf8');
    const namesIn = async (stage: string) =>
      Object.values(resolveTemplate(await compiledTemplate({ channels, stage })).Resources).flatMap(({ Type, Properties }) =>
        Object.entries(Properties)
          .filter(([property, value]) => /(Name|Id)$/.test(property) && !OF_NO_RESOURCE.includes(property) && typeof value === 'string')
          .map(([property, value]) => `${Type} ${property} ${value}`),
      );
    const [dev, prod] = [await namesIn('dev'), new Set(await namesIn('prod'))];
    expect(dev.filter((name) => prod.has(name))).toEqual([]);
    expect(dev.length).toBeGreaterThan(50);
  }, 180_000);
});

/** Properties of alarms and policies that end like a name but name no resource. */
const OF_NO_RESOURCE = ['MetricName', 'PolicyName'];

/** What osls passes to a function of computed.ts in a stage with these parameters. */
const contextOf = (params: Record<string, unknown>) => ({
  resolveVariable: async (variable: string) =>
    ({ 'sls:stage': 'prod', 'self:provider.region': 'us-east-1', ...params })[variable.replace('param:', '')],
});

describe('A wrong parameter', () => {
  it('is reported once when packaging, on a line of its own, without a stack', async () => {
    const params = { kmsKey: 'foo', createsPerSecond: 'ten', bus: 'exsting' };
    const printed = await packageService({ params }).catch((error: Error) => error.message);
    for (const name of Object.keys(params)) expect(String(printed).split(`params.${name} must be `)).toHaveLength(2);
    expect(printed).not.toContain('    at ');
    expect(String(printed).split('Cannot resolve variable')).toHaveLength(2);
  }, 180_000);

  it.each([
    ['a stage that osls would refuse at every place that uses it', { stage: 'Prod_1' }, 'not "Prod_1"'],
    ['a parameter that does not exist', { params: { looksPersecond: '4' } }, 'Did you mean looksPerSecond?'],
  ])(
    'stops packaging with one line and without a stack: %s',
    async (_what, packaging, line) => {
      const printed = await packageService(packaging).catch((error: Error) => error.message);
      expect(String(printed).match(/the stage must be|there is no such parameter/g)).toHaveLength(1);
      expect(printed).toContain(line);
      expect(printed).not.toContain('    at ');
    },
    180_000,
  );

  it('is named with its channels file if an event pattern becomes too long', async () => {
    const allowedAccounts = Array.from({ length: 150 }, (_, index) => String(444_455_556_666 + index));
    const error = await steeringEventPattern(contextOf({ channels: 'test/infrastructure/channels.yml', allowedAccounts })).catch(
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ stack: expect.stringMatching(/^test.infrastructure.channels\.yml: [^\n]*$/) });
  });
});

describe('allowedAccounts', () => {
  it('are refused before they fill the 4 KB of environment that Lambda allows, because the event pattern is full earlier', async () => {
    const channels = 'test/infrastructure/channels-hubs-only.yml';
    const accounts = (count: number) => Array.from({ length: count }, (_, index) => String(444_455_556_666 + index));
    const isAccepted = (count: number) =>
      steeringEventPattern(contextOf({ channels, allowedAccounts: accounts(count) })).then(
        () => true,
        () => false,
      );
    let most = 0;
    while (await isAccepted(most + 1)) most += 1;
    expect(most).toBeGreaterThan(100);

    const { Resources } = resolveTemplate(await compiledTemplate({ stage: 'prod' }));
    const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    expect(functions).toHaveLength(3);
    for (const { Properties } of functions) {
      const variables = { ...(get(Properties, 'Environment.Variables') as object), OTA_ALLOWED_ACCOUNTS: accounts(most + 1).join() };
      expect(JSON.stringify(variables).length).toBeLessThan(4096);
    }
  }, 180_000);

  it('and the own account are accepted by the rule, the bus and the handlers', async () => {
    const context = contextOf({ allowedAccounts: '444455556666' });
    const accounts = [{ Ref: 'AWS::AccountId' }, '444455556666'];
    expect(await acceptedAccounts(context)).toEqual(accounts);
    expect(await acceptedAccountsText(context)).toEqual({ 'Fn::Join': [',', accounts] });
  });
});
