import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { compiledTemplate, packageService, type Template } from '../../scripts/compiled-template.ts';
import { ACCOUNT, resolveTemplate } from '../support/resolved-template.ts';
import { get } from './assertions/assertion.ts';

type Derived = Record<string, (context: { resolveVariable: (name: string) => Promise<unknown> }) => Promise<unknown>>;

/** What serverless.yml gets from one of the files that derive values, for these parameters. */
async function derive(file: string, name: string, params: Record<string, unknown>): Promise<unknown> {
  const derived = (await import(pathToFileURL(resolve('infrastructure', file)).href)) as Derived;
  const given: Record<string, unknown> = { 'sls:stage': 'prod', 'self:provider.region': 'us-east-1', ...params };
  const resolveVariable = async (variable: string) => given[variable.replace('param:', '')];
  return derived[name]?.({ resolveVariable });
}

const KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/a`;
const OTHER_KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/b`;

describe('A stage with parameters of its own', () => {
  let compiled: Template;
  let resources: Template['Resources'];
  beforeAll(async () => {
    compiled = await compiledTemplate({
      channels: readFileSync('test/infrastructure/channels.yml', 'utf8'),
      stage: 'prod',
      params: { kmsKey: 'create', bus: 'existing', busName: 'company-events', alarmTopicArn: 'arn:aws:sns:us-east-1:111122223333:on-call' },
    });
    resources = resolveTemplate(structuredClone(compiled)).Resources;
  }, 180_000);

  it('has its name in all names', () => {
    const named = Object.values(resources).filter(({ Type }) =>
      ['AWS::SQS::Queue', 'AWS::DynamoDB::Table', 'AWS::Lambda::Function', 'AWS::S3::Bucket', 'AWS::CloudWatch::Alarm'].includes(Type),
    );
    const names = named.map(
      ({ Properties: p }) => p['QueueName'] ?? p['TableName'] ?? p['FunctionName'] ?? p['BucketName'] ?? p['AlarmName'],
    );
    expect(names.filter((name) => name !== undefined && !String(name).startsWith('ota-dispatch-prod-'))).toEqual([]);
    expect(names.length).toBeGreaterThan(30);
  });

  it('may leave the bus and its policy to their owner', () => {
    expect(compiled.Conditions?.['OwnBus']).toEqual({ 'Fn::Equals': ['existing', 'own'] });
    for (const { Type, Condition } of Object.values(compiled.Resources))
      if (/^AWS::Events::EventBus/.test(Type)) expect(Condition).toBe('OwnBus');
    expect(get(resources, 'ReleasesRule.Properties.EventBusName')).toBe('company-events');
    expect(get(resources, 'ReleasesLambdaFunction.Properties.Environment.Variables.OTA_BUS_NAME')).toBe('company-events');
  });

  it('may have a key made that EventBridge and CloudWatch may use, and encrypt queues, tables and alarms with it', () => {
    const principals = (get(resources, 'EncryptionKey.Properties.KeyPolicy.Statement') as { Principal: unknown }[]).map(
      ({ Principal }) => Principal,
    );
    expect(principals).toEqual([
      { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      { Service: 'events.amazonaws.com' },
      { Service: 'cloudwatch.amazonaws.com' },
    ]);
    expect(get(resources, 'EncryptionKey.DeletionPolicy')).toBe('Retain');
    for (const { Type, Properties } of Object.values(resources)) {
      if (Type === 'AWS::SQS::Queue' || Type === 'AWS::SNS::Topic') expect(Properties['KmsMasterKeyId']).toMatch(/:key\//);
      if (Type === 'AWS::SQS::Queue') expect(Properties).not.toHaveProperty('SqsManagedSseEnabled');
      if (Type === 'AWS::DynamoDB::Table') expect(get(Properties, 'SSESpecification.KMSMasterKeyId')).toMatch(/:key\//);
    }
    expect(get(resources, 'EncryptionKeyUse.Properties.Roles')).toHaveLength(4);
  });

  it('may send its alarms to a topic that exists', () => {
    expect(get(compiled.Resources, 'RejectedAlarm.Properties.AlarmActions.0.Fn::If.2')).toBe('arn:aws:sns:us-east-1:111122223333:on-call');
    expect(compiled.Conditions?.['OwnAlarmTopic']).toEqual({ 'Fn::Equals': ['arn:aws:sns:us-east-1:111122223333:on-call', ''] });
  });
});

describe('createsPerSecond', () => {
  it.each([
    [1, 0.04, 2, 0.48, 2, 0.02],
    [10, 0.04, 4, 2.4, 4, 0.1],
    [50, 0.04, 20, 2.4, 20, 0.1],
    [10, 0.5, 2, 2.5, 4, 1.25],
    [150, 0.04, 58, 144 / 58, 60, 0.1],
    [100_000, 0.04, 1000, 96, 1000, 4],
  ])(
    '%d with %d for follow-ups makes %d sandboxes of releases with %d creates a second each, and %d of follow-ups with %d',
    async (createsPerSecond, followUpsShare, releases, eachRelease, followUps, eachFollowUp) => {
      const params = { createsPerSecond, followUpsShare };
      expect(await derive('quota.js', 'releasesSandboxes', params)).toBe(releases);
      expect(await derive('quota.js', 'releasesCreatesPerSecond', params)).toBeCloseTo(eachRelease, 10);
      expect(await derive('quota.js', 'followUpsSandboxes', params)).toBe(followUps);
      expect(await derive('quota.js', 'followUpsCreatesPerSecond', params)).toBeCloseTo(eachFollowUp, 10);
    },
  );
});

describe('kmsKey', () => {
  it('with the ARN of a key of yours makes none', async () => {
    const kmsKey = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/0f1e2d3c`;
    expect(await derive('encryption.js', 'keyArn', { kmsKey })).toBe(kmsKey);
    const { Resources } = (await derive('encryption.js', 'resources', { kmsKey })) as Template;
    expect(Object.keys(Resources)).toEqual(['EncryptionKeyUse']);
    expect(get(Resources, 'EncryptionKeyUse.Properties.PolicyDocument.Statement.0.Resource')).toEqual([kmsKey]);
  });

  it.each([
    ['a list', [KEY, OTHER_KEY]],
    ['comma-separated text', `${KEY}, ${OTHER_KEY}`],
  ])('beside keys of the artifacts, %s, lets the releases function decrypt those, through S3 only', async (_, artifactKeys) => {
    const { Resources } = (await derive('encryption.js', 'resources', { kmsKey: 'aws', artifactKeys })) as Template;
    expect(get(Resources, 'ArtifactKeysUse.Properties.Roles')).toEqual([{ Ref: 'ReleasesRole' }]);
    expect(get(Resources, 'ArtifactKeysUse.Properties.PolicyDocument.Statement.0')).toMatchObject({
      Action: ['kms:Decrypt'],
      Resource: [KEY, OTHER_KEY],
    });
    expect(get(Resources, 'ArtifactKeysUse.Properties.PolicyDocument.Statement.0.Condition.StringEquals.kms:ViaService')).toHaveLength(1);
  });
});

describe('allowedAccounts', () => {
  it.each([
    ['a list', ['444455556666']],
    ['a list of numbers', [444455556666]],
    ['comma-separated text', ' 444455556666,'],
  ])('as %s come beside the own account, for the rule, the bus and the handlers alike', async (_, allowedAccounts) => {
    const params = { allowedAccounts };
    expect(await derive('channels.js', 'allowedAccounts', params)).toEqual([{ Ref: 'AWS::AccountId' }, '444455556666']);
    expect(await derive('channels.js', 'allowedAccountsText', params)).toEqual({
      'Fn::Join': [',', [{ Ref: 'AWS::AccountId' }, '444455556666']],
    });
  });
});

describe('A parameter', () => {
  const right = {
    bus: 'own',
    allowedAccounts: [],
    createsPerSecond: 10,
    followUpsShare: 0.04,
    unansweredMiMinutes: 20,
    kmsKey: 'aws',
    artifactKeys: [],
    logLevel: 'INFO',
  };
  const check = (params: Record<string, unknown>) => derive('parameters.js', 'check', { ...right, ...params });

  it.each<[Record<string, unknown>]>([
    [{}],
    [{ bus: 'existing' }],
    [{ allowedAccounts: '444455556666,777788889999' }],
    [{ allowedAccounts: ['444455556666'] }],
    [{ createsPerSecond: '0.5', followUpsShare: '0.5', unansweredMiMinutes: '30' }],
    [{ kmsKey: 'create', artifactKeys: KEY }],
    [{ kmsKey: KEY, artifactKeys: [KEY, OTHER_KEY] }],
    [{ logLevel: 'TRACE' }],
    [{ logLevel: 'SILENT' }],
    [{ 'sls:stage': 'a-stage-of-16-ch' }],
    [{ 'sls:stage': 'twelve-chars', 'self:provider.region': 'ap-southeast-1' }],
  ])('may be %j', async (params) => {
    await expect(check(params)).resolves.toBe('checked');
  });

  it.each<[Record<string, unknown>, string]>([
    [{ bus: 'exsting' }, 'params.bus: own or existing, not "exsting"'],
    [{ allowedAccounts: '444455556666,1111' }, 'params.allowedAccounts: account ids of 12 digits, not "1111"'],
    [{ allowedAccounts: [12345678901] }, 'params.allowedAccounts: account ids of 12 digits, not "12345678901"'],
    [{ createsPerSecond: 0 }, 'params.createsPerSecond: a number above 0, not "0"'],
    [{ createsPerSecond: 'ten' }, 'params.createsPerSecond: a number above 0, not "ten"'],
    [{ createsPerSecond: 'Infinity' }, 'params.createsPerSecond: a number above 0, not "Infinity"'],
    [{ followUpsShare: 0 }, 'params.followUpsShare: a number between 0 and 1, not "0"'],
    [{ followUpsShare: 1 }, 'params.followUpsShare: a number between 0 and 1, not "1"'],
    [{ unansweredMiMinutes: 5 }, 'params.unansweredMiMinutes: a number of at least 20, not "5"'],
    [{ kmsKey: 'mine' }, 'params.kmsKey: aws, create or the ARN of a KMS key, not "mine"'],
    [{ artifactKeys: ['alias/mine'] }, 'params.artifactKeys: ARNs of KMS keys, not "alias/mine"'],
    [{ logLevel: 'debug' }, 'params.logLevel: TRACE, DEBUG, INFO, WARN, ERROR, CRITICAL or SILENT, not "debug"'],
    [{ 'sls:stage': 'Prod' }, 'stage: lower-case letters, digits and hyphens, at most 16 in us-east-1, not "Prod"'],
    [{ 'sls:stage': 'thirteen-char', 'self:provider.region': 'ap-southeast-1' }, 'at most 12 in ap-southeast-1, not "thirteen-char"'],
  ])('may not be %j', async (params, told) => {
    const error = await check(params).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining(told) });
    expect((error as Error).stack).toBe((error as Error).message);
  });

  it('that is wrong is told once when packaging, in a line each, without a stack', async () => {
    const params = { kmsKey: 'foo', createsPerSecond: 'ten', bus: 'exsting' };
    const told = await packageService({ params }).catch((error: Error) => error.message);
    for (const name of Object.keys(params)) expect(String(told).split(`params.${name}: `)).toHaveLength(2);
    expect(told).not.toContain('    at ');
    expect(String(told).split('Cannot resolve variable')).toHaveLength(2);
  }, 180_000);
});

describe('channels.yml decides what the cloud allows:', () => {
  it('variables become those of CloudFormation', async () => {
    const params = { channels: 'test/infrastructure/channels.yml' };
    expect(await derive('channels.js', 'passableRoles', params)).toEqual([
      { 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:role/ota-service-prod` },
    ]);
    const sources = ['com.acme.firmware-ci', { 'Fn::Sub': `com.acme.release-desk.\${AWS::AccountId}.prod` }];
    expect(await derive('channels.js', 'sources', params)).toEqual(sources);
    expect(await derive('channels.js', 'sourcesOnTheBus', params)).toEqual([...sources, 'ota-dispatch']);
    expect(await derive('channels.js', 'eventPattern', params)).toMatchObject({ source: sources });
    expect(await derive('channels.js', 'artifactBuckets', params)).toEqual([{ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::acme-firmware` }]);
  });

  it('without buckets and IoT Core channels, no other bucket is read and no role is passed', async () => {
    const params = { channels: 'test/infrastructure/channels-hubs-only.yml' };
    expect(await derive('channels.js', 'passableRoles', params)).toEqual([
      { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/ota-dispatch/none` },
    ]);
    expect(await derive('channels.js', 'artifactObjects', params)).toEqual([{ 'Fn::Sub': `\${DocumentsBucket.Arn}/*` }]);
  });

  it('more than an event pattern can hold is refused when packaging, not when deploying', async () => {
    const allowedAccounts = Array.from({ length: 150 }, (_, index) => String(444_455_556_666 + index));
    const params = { channels: 'test/infrastructure/channels.yml', allowedAccounts };
    const error = await derive('channels.js', 'eventPattern', params).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ stack: expect.stringMatching(/^test.infrastructure.channels\.yml: .*EventBridge takes 2048[^\n]*$/) });
  });
});
