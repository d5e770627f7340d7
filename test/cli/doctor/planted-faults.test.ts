import { DynamoDBClient, UpdateContinuousBackupsCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand, DisableRuleCommand, EnableRuleCommand, PutRuleCommand } from '@aws-sdk/client-eventbridge';
import {
  AddThingToThingGroupCommand,
  CreateThingGroupCommand,
  CreateTopicRuleCommand,
  DeleteThingGroupCommand,
  DeleteTopicRuleCommand,
  DisableTopicRuleCommand,
  EnableTopicRuleCommand,
  GetTopicRuleCommand,
  RemoveThingFromThingGroupCommand,
  UpdateEventConfigurationsCommand,
} from '@aws-sdk/client-iot';
import { DeleteBucketEncryptionCommand, PutBucketEncryptionCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS, type Check, type CheckId } from '../../../cli/doctor/check.ts';
import { CHANNELS, COMPUTED, type ReadyAccount, STAGE, startReadyAccount, worst } from './a-ready-account.ts';

let account: ReadyAccount;
let ready: readonly Check[];
let undo: (() => Promise<unknown>) | undefined;
beforeAll(async () => {
  account = await startReadyAccount();
  ready = await look();
});
afterEach(async () => {
  account.restore();
  account.cloud.faults.clear();
  await undo?.();
  undo = undefined;
});
afterAll(() => account.stop());

const STACK = `ota-dispatch-${STAGE}`;
const RULE = `ota_dispatch_${STAGE}_job_events`;
const publishes = (Enabled: boolean) =>
  account.iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations: { JOB: { Enabled } } }));
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d';

type Found = Promise<readonly Check[]>;
type Planted = readonly [fault: string, id: CheckId, status: Check['status'], find: () => Found];

const look: ReadyAccount['examine'] = (of) => account.examine(of);
const channels = (text: string) => ({ channels: { name: 'changed.yml', text } });
const trust = (statement: object) => ({
  output: { Role: { RoleName: 'any', AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify({ Statement: [statement] })) } },
});
const trustIot = (Condition?: object) =>
  trust({ Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole', ...(Condition && { Condition }) });
const stackIs = (StackStatus: string) =>
  account.answer('cloudformation', 'DescribeStacks', {
    output: { Stacks: [{ StackName: STACK, StackStatus, CreationTime: '2026-01-01T00:00:00Z' }] },
  });
const answering = (service: string, operation: string, row: Parameters<ReadyAccount['answer']>[2]) => () => {
  account.answer(service, operation, row as never);
  return look();
};
const without = (service: string, operation: string) => () => {
  account.empty(service, operation);
  return look();
};
const denying = (action: string) =>
  answering('iam', 'SimulatePrincipalPolicy', { decisions: { [action]: 'implicitDeny', '*': 'allowed' } });
const encryptedWith = async (KMSMasterKeyID: string) => {
  const ServerSideEncryptionConfiguration = {
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID } }],
  };
  await account.s3.send(new PutBucketEncryptionCommand({ Bucket: 'acme-firmware', ServerSideEncryptionConfiguration }));
  undo = () => account.s3.send(new DeleteBucketEncryptionCommand({ Bucket: 'acme-firmware' }));
};
const versioning = (Bucket: string, Status: 'Enabled' | 'Suspended') =>
  account.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
const withMessage = async (suffix: string) => {
  const sqs = new SQSClient(account.config);
  const QueueUrl = account.queueUrl(suffix);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'planted' }));
  undo = () => sqs.send(new PurgeQueueCommand({ QueueUrl }));
};

/** Every fault, with the check that must find it. */
const faults: readonly Planted[] = [
  [
    'expired credentials',
    'credentials',
    'failure',
    answering('sts', 'GetCallerIdentity', { error: { name: 'ExpiredToken', status: 403 } }),
  ],
  ['another region than that of serverless.yml', 'region', 'failure', () => look({ deployment: { region: 'eu-north-1' } })],
  [
    'a mistake in the channels file',
    'channels-file',
    'failure',
    () => look(channels(CHANNELS.replace('incrementFactor: 2', 'incrementFactor: 9'))),
  ],
  [
    'a role of another account',
    'account',
    'failure',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of channels.yml
    () => look(channels(CHANNELS.replaceAll('iam::${aws:accountId}', 'iam::999999999999'))),
  ],
  ['a region without managed integrations', 'managed-integrations-region', 'warning', () => look({ region: 'us-east-2' })],
  [
    'the Lambda limit of a new account',
    'lambda-concurrency',
    'failure',
    answering('lambda', 'GetAccountSettings', {
      output: { AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 } },
    }),
  ],
  [
    'a quota of CreateOTAUpdate below createsPerSecond',
    'quota-create-ota-update',
    'failure',
    answering('servicequotas', 'GetServiceQuota', {
      input: { ServiceCode: 'iot', QuotaCode: 'L-EFEC7F9B' },
      output: { Quota: { Value: 5 } },
    }),
  ],
  [
    "AWS's default of CreateOTAUpdate below createsPerSecond",
    'quota-create-ota-update',
    'failure',
    () => {
      account.empty('servicequotas', 'GetServiceQuota');
      account.answer('servicequotas', 'GetAWSDefaultServiceQuota', { output: { Quota: { Value: 5 } } });
      return look();
    },
  ],
  [
    'a quota of DescribeJob below looksPerSecond',
    'quota-describe-job',
    'failure',
    answering('servicequotas', 'GetServiceQuota', {
      input: { ServiceCode: 'iot', QuotaCode: 'L-609D00CE' },
      output: { Quota: { Value: 4 } },
    }),
  ],
  [
    'a quota of CreateJob below createsPerSecond',
    'quota-create-job',
    'failure',
    answering('servicequotas', 'GetServiceQuota', {
      input: { ServiceCode: 'iot', QuotaCode: 'L-23F244D4' },
      output: { Quota: { Value: 4 } },
    }),
  ],
  [
    'job events that are off in the account',
    'job-events',
    'warning',
    async () => {
      await publishes(false);
      undo = () => publishes(true);
      return look();
    },
  ],
  [
    'a disabled rule of job events',
    'job-events-rule',
    'warning',
    async () => {
      await account.iot.send(new DisableTopicRuleCommand({ ruleName: RULE }));
      undo = () => account.iot.send(new EnableTopicRuleCommand({ ruleName: RULE }));
      return look();
    },
  ],
  [
    'no rule of job events',
    'job-events-rule',
    'warning',
    async () => {
      const { rule: payload } = await account.iot.send(new GetTopicRuleCommand({ ruleName: RULE }));
      await account.iot.send(new DeleteTopicRuleCommand({ ruleName: RULE }));
      undo = () =>
        account.iot.send(
          new CreateTopicRuleCommand({
            ruleName: RULE,
            topicRulePayload: { sql: payload?.sql, actions: payload?.actions, awsIotSqlVersion: payload?.awsIotSqlVersion },
          }),
        );
      return look();
    },
  ],
  [
    'a target on which no job may be created',
    'drift-job-targets',
    'failure',
    () => look(channels(CHANNELS.replace('thinggroup/camera-canary', 'thinggroup/gateways'))),
  ],
  ['no OTA service role', 'ota-role-exists', 'failure', without('iam', 'GetRole')],
  [
    'a role that trusts another service',
    'ota-role-trust',
    'failure',
    answering('iam', 'GetRole', trust({ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' })),
  ],
  [
    'a role that trusts AWS IoT for another account',
    'ota-role-trust',
    'failure',
    answering('iam', 'GetRole', trustIot({ StringEquals: { 'aws:SourceAccount': '999999999999' } })),
  ],
  ['a role that trusts AWS IoT for every account', 'ota-role-trust', 'warning', answering('iam', 'GetRole', trustIot())],
  ['a role that may not create jobs', 'ota-role-permissions', 'failure', denying('iot:CreateJob')],
  ['a role that may not read any artifact', 'ota-role-permissions', 'failure', denying('s3:GetObjectVersion')],
  ['a role that may not pass itself', 'ota-role-permissions', 'failure', denying('iam:PassRole')],
  ['a role that may not sign', 'ota-role-permissions', 'failure', denying('signer:StartSigningJob')],
  [
    'a role that may not use the key of the artifacts',
    'ota-role-permissions',
    'failure',
    async () => {
      await encryptedWith(KEY);
      return denying('kms:Decrypt')();
    },
  ],
  [
    'functions that may not pass the role',
    'ota-role-passable',
    'failure',
    () => {
      const input = { PolicySourceArn: account.roleArn('FollowUpsRole') };
      account.answer('iam', 'SimulatePrincipalPolicy', { input, decisions: { '*': 'explicitDeny' } });
      return look();
    },
  ],
  ['no artifact bucket', 'artifact-bucket-exists', 'failure', answering('s3', 'HeadBucket', { error: { name: 'NotFound', status: 404 } })],
  [
    'a bucket of another account',
    'artifact-bucket-owner',
    'warning',
    answering('s3', 'HeadBucket', { input: { ExpectedBucketOwner: '111122223333' }, error: { name: 'AccessDenied', status: 403 } }),
  ],
  [
    'a bucket in another region',
    'artifact-bucket-region',
    'failure',
    answering('s3', 'HeadBucket', {
      input: { Bucket: 'acme-firmware' },
      error: { name: 'PermanentRedirect', status: 301, headers: { 'x-amz-bucket-region': 'eu-central-1' } },
    }),
  ],
  [
    'a bucket that keeps no versions',
    'artifact-bucket-versioning',
    'failure',
    async () => {
      await versioning('acme-firmware', 'Suspended');
      undo = () => versioning('acme-firmware', 'Enabled');
      return look();
    },
  ],
  [
    'a bucket whose key is not in artifactKeys',
    'artifact-bucket-encryption',
    'failure',
    async () => {
      await encryptedWith(KEY);
      return look();
    },
  ],
  ['no signing profile', 'signing-profile', 'failure', without('signer', 'GetSigningProfile')],
  [
    'a canceled signing profile',
    'signing-profile',
    'failure',
    answering('signer', 'GetSigningProfile', { output: { status: 'Canceled', platformId: 'AmazonFreeRTOS-Default' } }),
  ],
  [
    'a signing profile for Lambda code',
    'signing-profile-platform',
    'failure',
    answering('signer', 'GetSigningProfile', { output: { status: 'Active', platformId: 'AWSLambda-SHA384-ECDSA' } }),
  ],
  [
    'no thing group',
    'target-exists',
    'failure',
    async () => {
      const group = { thingGroupName: 'gateways' };
      await account.iot.send(new DeleteThingGroupCommand(group));
      undo = async () => {
        await account.iot.send(new CreateThingGroupCommand(group));
        await account.iot.send(new AddThingToThingGroupCommand({ ...group, thingName: 'one' }));
      };
      return look();
    },
  ],
  [
    'a thing group without things',
    'target-size',
    'warning',
    async () => {
      const member = { thingGroupName: 'gateways', thingName: 'one' };
      await account.iot.send(new RemoveThingFromThingGroupCommand(member));
      undo = () => account.iot.send(new AddThingToThingGroupCommand(member));
      return look();
    },
  ],
  [
    'two channels with one target',
    'target-shared',
    'warning',
    () => look(channels(CHANNELS.replace('thinggroup/gateways', 'thinggroup/thermostat-beta'))),
  ],
  [
    'no connection to managed integrations',
    'managed-integrations-endpoint',
    'failure',
    () => {
      account.cloud.faults.add({ kind: 'outage', service: 'iotmanagedintegrations' });
      return look();
    },
  ],
  ['no task configuration', 'task-configuration', 'failure', without('iotmanagedintegrations', 'GetOtaTaskConfiguration')],
  ...['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_FAILED', 'DELETE_FAILED', 'CREATE_FAILED'].map(
    (status): Planted => [
      `a stack that is ${status}`,
      'stack',
      'failure',
      () => {
        stackIs(status);
        return look();
      },
    ],
  ),
  ...['UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE'].map(
    (status): Planted => [
      `a stack that is ${status}`,
      'stack',
      'warning',
      () => {
        stackIs(status);
        return look();
      },
    ],
  ),
  [
    'a stack in which the service never was',
    'stack',
    'failure',
    answering('cloudformation', 'ListStackResources', { output: { StackResourceSummaries: [] } }),
  ],
  [
    'no stack',
    'stack',
    'warning',
    () => {
      account.empty('cloudformation', 'ListStackResources');
      return without('cloudformation', 'DescribeStacks')();
    },
  ],
  [
    'a ledger and a bucket that a removed stage left',
    'survivors',
    'failure',
    () => {
      account.empty('cloudformation', 'ListStackResources');
      return without('cloudformation', 'DescribeStacks')();
    },
  ],
  [
    'a function with a reserved concurrency of 0',
    'functions',
    'failure',
    answering('lambda', 'GetFunctionConcurrency', {
      input: { FunctionName: `${STACK}-follow-ups` },
      output: { ReservedConcurrentExecutions: 0 },
    }),
  ],
  ['no function', 'functions', 'failure', without('lambda', 'GetFunctionConfiguration')],
  [
    'no event source mapping',
    'event-source-mapping',
    'failure',
    answering('lambda', 'ListEventSourceMappings', { output: { EventSourceMappings: [] } }),
  ],
  ...[
    ['releases', 'releases', 'steering'],
    ['releases', 'steering', 'releases'],
    ['follow-ups', 'rejected', 'follow-ups'],
  ].map(
    ([name, read, missing]): Planted => [
      `no event source mapping of ${missing} beside that of ${read}`,
      'event-source-mapping',
      'failure',
      answering('lambda', 'ListEventSourceMappings', {
        input: { FunctionName: `${STACK}-${name}` },
        output: { EventSourceMappings: [{ EventSourceArn: `arn:aws:sqs:us-east-1:111122223333:${STACK}-${read}`, State: 'Enabled' }] },
      }),
    ],
  ),
  [
    'a disabled event source mapping',
    'event-source-mapping',
    'failure',
    answering('lambda', 'ListEventSourceMappings', {
      input: { FunctionName: `${STACK}-releases` },
      output: { EventSourceMappings: [{ EventSourceArn: 'arn:aws:sqs:us-east-1:111122223333:releases', State: 'Disabled' }] },
    }),
  ],
  [
    'a disabled rule',
    'rule-enabled',
    'failure',
    async () => {
      const rule = { Name: `${STACK}-releases`, EventBusName: account.deployment.busName };
      await account.eventbridge.send(new DisableRuleCommand(rule));
      undo = () => account.eventbridge.send(new EnableRuleCommand(rule));
      return look();
    },
  ],
  [
    'no schedule',
    'schedule-enabled',
    'failure',
    answering('events', 'DescribeRule', { input: { Name: `${STACK}-sweep` }, error: { name: 'ResourceNotFoundException' } }),
  ],
  [
    'a disabled schedule',
    'schedule-enabled',
    'failure',
    answering('events', 'DescribeRule', { input: { Name: `${STACK}-sweep` }, output: { Name: `${STACK}-sweep`, State: 'DISABLED' } }),
  ],
  [
    'no bus',
    'bus',
    'failure',
    answering('events', 'DescribeEventBus', { error: { name: 'ResourceNotFoundException', message: 'Event bus does not exist.' } }),
  ],
  [
    'an existing bus on which everybody can forge outcomes',
    'bus-policy',
    'failure',
    () => {
      account.answer('events', 'DescribeEventBus', { output: { Name: 'firmware-prod' } });
      return look({ deployment: { bus: 'existing' } });
    },
  ],
  ...(['existing', 'own'] as const).map(
    (bus): Planted => [
      `a bus (${bus}) on which everybody can approve`,
      'bus-approvals',
      'failure',
      () => {
        account.answer('events', 'DescribeEventBus', { output: { Name: 'firmware-prod' } });
        return look({ deployment: { bus } });
      },
    ],
  ),
  [
    'a principal in serverless.yml that is not deployed',
    'bus-approvals',
    'failure',
    () => look({ deployment: { approvalPrincipals: ['arn:aws:iam::111122223333:role/another'] } }),
  ],
  [
    'a rule that lacks a source of the channels file',
    'drift-event-pattern',
    'failure',
    () => look(channels(CHANNELS.replace('com.acme.gateway-ci', 'com.acme.other-ci'))),
  ],
  [
    'a rule that was changed by hand',
    'drift-event-pattern',
    'failure',
    async () => {
      const rule = { Name: `${STACK}-releases`, EventBusName: account.deployment.busName };
      const { EventPattern } = await account.eventbridge.send(new DescribeRuleCommand(rule));
      await account.eventbridge.send(new PutRuleCommand({ ...rule, EventPattern: '{"source":["com.acme.else"]}' }));
      undo = () => account.eventbridge.send(new PutRuleCommand({ ...rule, EventPattern }));
      return look();
    },
  ],
  [
    'a role that the stack may not pass',
    'drift-pass-role',
    'failure',
    () => look(channels(CHANNELS.replace('role/ota-service-', 'role/other-'))),
  ],
  [
    'a bucket that the stack may not read',
    'drift-artifact-buckets',
    'failure',
    () => look(channels(CHANNELS.replace('artifactBuckets: [acme-firmware]', 'artifactBuckets: [acme-firmware, acme-more]'))),
  ],
  [
    'a channel that differs from the deployed one',
    'drift-channels',
    'failure',
    () => look(channels(CHANNELS.replace('maximumPerMinute: 50', 'maximumPerMinute: 60'))),
  ],
  ['a parameter that differs from the deployed one', 'drift-parameters', 'failure', () => look({ deployment: { createsPerSecond: 7 } })],
  ...['releases-dlq', 'steering-dlq', 'follow-ups-dlq', 'rule-dlq'].map(
    (suffix): Planted => [
      `a message in ${suffix}`,
      'dead-letters',
      'failure',
      async () => {
        await withMessage(suffix);
        return look();
      },
    ],
  ),
  [
    'no dead-letter queue',
    'dead-letters',
    'failure',
    answering('sqs', 'GetQueueUrl', {
      input: { QueueName: `${STACK}-releases-dlq` },
      error: { name: 'AWS.SimpleQueueService.NonExistentQueue' },
    }),
  ],
  [
    'a rejected message',
    'rejected-messages',
    'warning',
    async () => {
      await withMessage('rejected');
      return look();
    },
  ],
  [
    'a message that waits for an hour',
    'queue-age',
    'warning',
    answering('monitoring', 'GetMetricData', { output: { MetricDataResults: [{ Id: 'age', Values: [3600] }] } }),
  ],
  ['no ledger', 'ledger', 'failure', answering('dynamodb', 'DescribeTable', { error: { name: 'ResourceNotFoundException' } })],
  [
    'a ledger without deletion protection',
    'ledger',
    'failure',
    async () => {
      const dynamodb = new DynamoDBClient(account.config);
      const protect = (DeletionProtectionEnabled: boolean) =>
        dynamodb.send(new UpdateTableCommand({ TableName: `${STACK}-ledger`, DeletionProtectionEnabled }));
      await protect(false);
      undo = () => protect(true);
      return look();
    },
  ],
  [
    'a ledger without point-in-time recovery',
    'ledger',
    'failure',
    async () => {
      const dynamodb = new DynamoDBClient(account.config);
      const recover = (PointInTimeRecoveryEnabled: boolean) =>
        dynamodb.send(
          new UpdateContinuousBackupsCommand({
            TableName: `${STACK}-ledger`,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled },
          }),
        );
      await recover(false);
      undo = () => recover(true);
      return look();
    },
  ],
  [
    'no documents bucket',
    'documents-bucket',
    'failure',
    answering('s3', 'GetBucketVersioning', { error: { name: 'NoSuchBucket', status: 404 } }),
  ],
  [
    'a documents bucket that keeps no versions',
    'documents-bucket',
    'failure',
    async () => {
      const bucket = `${STACK}-documents-111122223333-${account.region}`;
      await versioning(bucket, 'Suspended');
      undo = () => versioning(bucket, 'Enabled');
      return look();
    },
  ],
  ['no alarm topic', 'alarm-topic', 'failure', without('sns', 'ListSubscriptionsByTopic')],
  [
    'alarms whose subscription nobody confirmed',
    'alarm-topic',
    'failure',
    answering('sns', 'ListSubscriptionsByTopic', { output: { Subscriptions: [{ SubscriptionArn: 'PendingConfirmation' }] } }),
  ],
  [
    'alarms whose only subscription was deleted',
    'alarm-topic',
    'warning',
    answering('sns', 'ListSubscriptionsByTopic', { output: { Subscriptions: [{ SubscriptionArn: 'Deleted' }] } }),
  ],
  [
    'alarms without a subscription',
    'alarm-topic',
    'warning',
    answering('sns', 'ListSubscriptionsByTopic', { output: { Subscriptions: [] } }),
  ],
  [
    'no key of the stage',
    'encryption-key',
    'failure',
    () => {
      account.empty('kms', 'DescribeKey');
      return look({ deployment: { kmsKey: KEY } });
    },
  ],
  [
    'a disabled key of the stage',
    'encryption-key',
    'failure',
    () => {
      account.answer('kms', 'DescribeKey', { output: { KeyMetadata: { KeyId: KEY, KeyState: 'Disabled' } } });
      return look({ deployment: { kmsKey: KEY } });
    },
  ],
];

describe('doctor', () => {
  it('finds nothing in an account that is ready', () => {
    expect(ready.filter(({ status, id }) => status !== 'ok' && id !== 'managed-integrations-region')).toEqual([]);
  });

  it.each(faults)('finds %s: %s is a %s', async (_fault, id, status, find) => {
    const found = worst(await find(), id);
    expect(found).toBe(status);
    if (id !== 'managed-integrations-region') expect(worst(ready, id) ?? 'ok').toBe('ok');
  });

  it('has at least one fault here for every check', () => {
    const planted = new Set(faults.map(([, id]) => id));
    expect((Object.keys(CHECKS) as CheckId[]).filter((id) => !planted.has(id))).toEqual([]);
  });

  it('finds nothing wrong with an existing bus whose policy protects the outcomes', async () => {
    const roles = ['ReleasesRole', 'FollowUpsRole'].map(account.roleArn);
    const statement = {
      Sid: 'outcomes',
      Effect: 'Deny',
      Principal: '*',
      Action: 'events:PutEvents',
      Resource: '*',
      Condition: { 'ForAnyValue:StringEquals': { 'events:source': 'ota-dispatch' }, ArnNotEquals: { 'aws:PrincipalArn': roles } },
    };
    const { busName } = account.deployment;
    account.answer('events', 'DescribeEventBus', { output: { Name: busName, Policy: JSON.stringify({ Statement: [statement] }) } });
    expect(worst(await look({ deployment: { bus: 'existing' } }), 'bus-policy')).toBe('ok');
  });

  it('reports what it may not read as a warning that names the permission, and never fails', async () => {
    const table = account.cloud.account.table();
    account.cloud.account.replace({ iotmanagedintegrations: table['iotmanagedintegrations'] ?? {} });
    const checks = await look();
    expect(checks.filter(({ status }) => status === 'failure')).toEqual([]);
    const unread = checks.filter(({ seen }) => seen.includes('could not be read'));
    expect(new Set(unread.map(({ status }) => status))).toEqual(new Set(['warning']));
    for (const action of [
      'lambda:GetAccountSettings',
      'servicequotas:GetServiceQuota',
      'iam:GetRole',
      'signer:GetSigningProfile',
      'cloudformation:DescribeStacks',
    ])
      expect(unread.map(({ seen }) => seen).join('\n')).toContain(action);
  });

  describe('without the resources of the stack', () => {
    const notListed = () => account.answer('cloudformation', 'ListStackResources', { error: { name: 'AccessDenied', status: 403 } });
    const unlisted = (checks: readonly Check[]) =>
      checks
        .filter(({ status, seen }) => status === 'warning' && seen.includes('cloudformation:ListStackResources'))
        .map(({ id }) => id)
        .sort();
    const needed = ['bus-approvals', 'drift-artifact-buckets', 'drift-job-targets', 'drift-pass-role', 'ota-role-passable', 'survivors'];

    it('reports each check that needs them as a warning, and never fails', async () => {
      notListed();
      const checks = await look();
      expect(checks.filter(({ status }) => status === 'failure')).toEqual([]);
      expect(unlisted(checks)).toEqual(['alarm-topic', ...needed]);
      expect(unlisted(ready)).toEqual([]);
      expect(checks.filter(({ id }) => id === 'ota-role-passable').map(({ status }) => status)).toEqual(['warning']);
    });

    it('includes a created key in them, and the exemptions of an existing bus', async () => {
      notListed();
      const checks = await look({ deployment: { kmsKey: 'create', bus: 'existing' } });
      expect(unlisted(checks)).toEqual(expect.arrayContaining(['encryption-key', 'bus-approvals']));
      const statement = { Effect: 'Deny', Principal: '*', Condition: { 'ForAnyValue:StringEquals': { 'events:source': 'ota-dispatch' } } };
      const Policy = JSON.stringify({ Statement: [statement] });
      account.answer('events', 'DescribeEventBus', { output: { Name: account.deployment.busName, Policy } });
      expect(unlisted(await look({ deployment: { bus: 'existing' } }))).toContain('bus-policy');
    });

    it('still asks about a topic and a key that serverless.yml names', async () => {
      notListed();
      account.answer('kms', 'DescribeKey', { output: { KeyMetadata: { KeyId: KEY, KeyState: 'Enabled' } } });
      const checks = await look({ deployment: { kmsKey: KEY, alarmTopicArn: 'arn:aws:sns:us-east-1:111122223333:alarms' } });
      expect(unlisted(checks)).toEqual(needed);
    });
  });

  it('reports an ARN of another region only as such, and as the drift that it is', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of channels.yml
    const region = '${aws:region}:${aws:accountId}:thinggroup/camera-canary';
    const text = CHANNELS.replace(region, region.replace(/^\S+?\}/, 'ap-south-1'));
    expect(text).not.toBe(CHANNELS);
    const failed = (await look(channels(text))).filter(({ status }) => status === 'failure');
    expect(failed.map(({ id }) => id)).toEqual(['account', 'drift-job-targets', 'drift-channels']);
    const [targets] = failed.filter(({ id }) => id === 'drift-job-targets');
    expect(targets?.seen).toContain('iot:CreateJob lacks arn:aws:iot:ap-south-1:111122223333:thinggroup/camera-canary;');
  });

  describe('with parameters that serverless.yml computes', () => {
    const statuses = (checks: readonly Check[]) => checks.map(({ id, status }) => `${status} ${id}`);

    it('finds nothing in an account that is ready, and says what it did not compare', async () => {
      const checks = await look({ deployment: COMPUTED });
      expect(statuses(checks)).toEqual(statuses(ready));
      const unequal = checks.filter(({ seen }) => seen.includes('serverless.yml computes')).map(({ id }) => id);
      expect(unequal).toEqual([
        ...['lambda-concurrency', 'quota-create-ota-update', 'quota-create-job', 'quota-describe-job'],
        ...['bus-approvals', 'drift-parameters'],
      ]);
      expect(checks.find(({ id }) => id === 'bus')?.seen).toContain('firmware-prod');
    });

    it('still compares the accounts of a rule with those of the functions', async () => {
      const Variables = { OTA_BUS_NAME: 'firmware-prod', OTA_ALLOWED_ACCOUNTS: '111122223333,444455556666' };
      account.answer('lambda', 'GetFunctionConfiguration', {
        input: { FunctionName: `${STACK}-releases` },
        output: { State: 'Active', Environment: { Variables } },
      });
      account.answer('events', 'DescribeRule', {
        input: { Name: `${STACK}-releases` },
        output: { Name: `${STACK}-releases`, State: 'ENABLED', EventPattern: '{"account":["111122223333","999999999999"]}' },
      });
      const [drift] = (await look({ deployment: COMPUTED })).filter(({ id }) => id === 'drift-event-pattern');
      expect(drift?.seen).toContain('account lacks 444455556666; account has 999999999999,');
    });

    it('reports what depends on them as a warning if the functions may not be read', async () => {
      account.answer('lambda', 'GetFunctionConfiguration', { error: { name: 'AccessDenied', status: 403 } });
      const warnings = async (deployment: object) => {
        const checks = await look({ deployment });
        expect(checks.filter(({ status }) => status === 'failure')).toEqual([]);
        return checks
          .filter(({ status, seen }) => status === 'warning' && seen.includes('which serverless.yml computes'))
          .map(({ id }) => id);
      };
      expect(await warnings(COMPUTED)).toEqual(['rule-enabled', 'bus', 'bus-approvals', 'drift-event-pattern']);
      expect(await warnings({ ...COMPUTED, bus: 'existing' })).toContain('bus-policy');
      expect(await warnings({ allowedAccounts: undefined })).toEqual(['drift-event-pattern']);
    });
  });
});
