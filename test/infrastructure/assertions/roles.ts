import type { Template } from '../../../scripts/compiled-template.ts';
import { ACCOUNT, REGION } from '../../support/resolved-template.ts';
import {
  type Assertion,
  equal,
  failing,
  get,
  list,
  of,
  roleStatements,
  type Statement,
  set,
  setting,
  statements,
  unless,
} from './assertion.ts';
import { STEERING_SOURCES } from './bus.ts';

/** Actions that have no resource to name, each with the reason why a role needs it. */
export const WITHOUT_RESOURCE: Record<string, string> = {
  'xray:PutTraceSegments': 'a trace has no ARN',
  'xray:PutTelemetryRecords': 'a trace has no ARN',
  'iotmanagedintegrations:CreateOtaTask': 'a task has no ARN before it exists; a condition requires the tag of this service instead',
  'cloudwatch:GetMetricData': 'metrics have no ARN, and they name no release and no device',
  'iotmanagedintegrations:ListOtaTasks': 'the operation lists all tasks of the account and changes nothing',
};
const FUNCTION_ROLES = ['ReleasesRole', 'FollowUpsRole', 'SweepRole'];
/** On things and groups, which have no name of this service. */
const JUDGED_BELOW = ['iot:CreateJob', 'iot:DescribeJobExecution', 'iot:ListThingsInThingGroup'];
/** The roles that people assume. */
const PEOPLE = ['OperatorRole', 'ApproverRole'];

const named = (all: { role: string; statement: Statement }[]) => all.map(({ role, statement }) => `${role} ${statement.sid}`);
const allowing = (t: Template, action: string) => roleStatements(t).filter(({ statement }) => statement.actions.includes(action));
const statementsOf = (role: string) => `${role}.Properties.Policies.0.PolicyDocument.Statement`;
/** Changes a statement of a role, of the releases role if no other is named. */
const changing =
  (sid: string, path: string, to: unknown, role = 'ReleasesRole') =>
  (t: Template) => {
    const index = list(get(t.Resources, statementsOf(role))).findIndex((s) => get(s, 'Sid') === sid);
    set(t.Resources, `${statementsOf(role)}.${index}.${path}`, to);
  };
/** Adds a statement to the releases role. */
const adding = (statement: object) => (t: Template) =>
  (get(t.Resources, statementsOf('ReleasesRole')) as unknown[]).push({ Sid: 'More', Effect: 'Allow', ...statement });
/** An action that no role may have, because it is irreversible or outside this service's task. */
const never = (action: string, why: string, resource = '*'): Assertion => ({
  name: `no role may ${action}, because ${why}`,
  check: (t) => named(allowing(t, action)),
  mutate: adding({ Action: action, Resource: resource }),
});

export const roles: Assertion[] = [
  {
    name: 'every role of a function can be assumed by Lambda only',
    check: (t) =>
      FUNCTION_ROLES.filter((id) => {
        const [trust, ...others] = statements(get(t.Resources, `${id}.Properties.AssumeRolePolicyDocument`));
        return others.length > 0 || !equal(trust?.principal, { Service: 'lambda.amazonaws.com' });
      }),
    mutate: setting('SweepRole.Properties.AssumeRolePolicyDocument.Statement.0.Principal', { AWS: '*' }),
  },
  {
    name: 'the roles of operators and approvers can be assumed from this account only',
    check: (t) =>
      PEOPLE.filter((id) => {
        const [trust, ...others] = statements(get(t.Resources, `${id}.Properties.AssumeRolePolicyDocument`));
        return others.length > 0 || !equal(trust?.principal, { AWS: `arn:aws:iam::${ACCOUNT}:root` });
      }),
    mutate: setting('OperatorRole.Properties.AssumeRolePolicyDocument.Statement.0.Principal', { AWS: '*' }),
  },
  {
    name: 'no action is named by a wildcard',
    check: (t) => named(roleStatements(t).filter(({ statement }) => statement.actions.some((action) => action.includes('*')))),
    mutate: changing('ReadAndWriteTheLedger', 'Action', ['dynamodb:*']),
  },
  {
    name: 'resource "*" is used only where the action has no resource to name',
    check: (t) =>
      named(
        roleStatements(t).filter(
          ({ statement }) => statement.resources.includes('*') && statement.actions.some((action) => !WITHOUT_RESOURCE[action]),
        ),
      ),
    mutate: changing('WatchAndCancelJobs', 'Resource', '*'),
  },
  {
    name: 'no statement uses NotAction or NotResource',
    check: (t) => named(roleStatements(t).filter(({ statement }) => 'NotAction' in statement.raw || 'NotResource' in statement.raw)),
    mutate: adding({ NotAction: 'iam:PassRole', Resource: 'arn:aws:s3:::x' }),
  },
  {
    name: 'every statement has a name',
    check: (t) => named(roleStatements(t).filter(({ statement }) => !statement.sid)),
    mutate: adding({ Sid: undefined, Action: 's3:GetObjectVersion', Resource: 'arn:aws:s3:::x/y' }),
  },
  {
    name: 'no role has a managed policy',
    check: (t) => failing(of(t, 'AWS::IAM::Role'), ({ Properties }) => Properties['ManagedPolicyArns'] !== undefined),
    mutate: setting('ReleasesRole.Properties.ManagedPolicyArns', ['arn:aws:iam::aws:policy/AWSLambda_FullAccess']),
  },
  {
    name: 'only the roles in channels.yml may be passed, and only to AWS IoT',
    check: (t) =>
      named(
        allowing(t, 'iam:PassRole').filter(
          ({ statement }) =>
            !equal(
              statement.resources,
              ['ota-jobs', 'ota-service'].map((name) => `arn:aws:iam::${ACCOUNT}:role/${name}-local`),
            ) || !equal(statement.condition, { StringEquals: { 'iam:PassedToService': 'iot.amazonaws.com' } }),
        ),
      ),
    mutate: changing('PassTheRolesOfChannels', 'Resource', 'arn:aws:iam::111122223333:role/*'),
  },
  {
    name: 'a role may be passed to AWS IoT only',
    check: (t) =>
      named(
        allowing(t, 'iam:PassRole').filter(
          ({ statement }) => statement.condition['StringEquals']?.['iam:PassedToService'] !== 'iot.amazonaws.com',
        ),
      ),
    mutate: changing('PassTheRolesOfChannels', 'Condition', undefined),
  },
  {
    name: 'permissions for AWS IoT Core cover only names with the prefix of this service',
    check: (t) =>
      named(
        roleStatements(t).filter(
          ({ statement }) =>
            statement.actions.some((a) => a.startsWith('iot:') && !JUDGED_BELOW.includes(a)) &&
            !statement.resources.every((r) => /:otaupdate\/fw-\*$|:job\/(?:AFR_OTA-)?fw-\*$/.test(r)),
        ),
      ),
    mutate: changing('CreateOtaUpdates', 'Resource', 'arn:aws:iot:eu-central-1:111122223333:otaupdate/*'),
  },
  {
    name: 'only people read the executions of single devices, and only those of jobs of this service',
    check: (t) =>
      named(
        allowing(t, 'iot:DescribeJobExecution').filter(
          ({ role, statement }) =>
            !PEOPLE.includes(role) ||
            !equal(
              statement.resources,
              ['job/fw-*', 'job/AFR_OTA-fw-*', 'thing/*'].map((rest) => `arn:aws:iot:${REGION}:${ACCOUNT}:${rest}`),
            ),
        ),
      ),
    mutate: changing('ReadWhyDevicesFailed', 'Resource', `arn:aws:iot:${REGION}:${ACCOUNT}:job/*`, 'OperatorRole'),
  },
  {
    name: 'only people list the things of groups, and only of groups in this account and region',
    check: (t) =>
      named(
        allowing(t, 'iot:ListThingsInThingGroup').filter(
          ({ role, statement }) => !PEOPLE.includes(role) || !equal(statement.resources, [`arn:aws:iot:${REGION}:${ACCOUNT}:thinggroup/*`]),
        ),
      ),
    mutate: changing('CountTheThingsOfGroups', 'Resource', '*', 'ApproverRole'),
  },
  {
    name: 'a job may be created only under a name of this service, and only on what createJob channels name',
    check: (t) =>
      named(
        allowing(t, 'iot:CreateJob').filter(
          ({ statement }) =>
            !equal(
              statement.resources,
              ['job/fw-*', 'package/camera/version/*', 'thing/lab-camera-*', 'thing/lab-camera-*/$package', 'thinggroup/camera-canary'].map(
                (rest) => `arn:aws:iot:${REGION}:${ACCOUNT}:${rest}`,
              ),
            ),
        ),
      ),
    mutate: changing('CreateJobs', 'Resource', [
      `arn:aws:iot:${REGION}:${ACCOUNT}:job/fw-*`,
      `arn:aws:iot:${REGION}:${ACCOUNT}:thinggroup/*`,
    ]),
  },
  {
    name: 'both functions that create may create jobs, compare what AWS has with their request, and cancel it',
    check: (t) =>
      ['ReleasesRole', 'FollowUpsRole'].flatMap((id) =>
        ['iot:CreateJob', 'iot:TagResource', 'iot:DescribeJob', 'iot:GetJobDocument', 'iot:ListTagsForResource', 'iot:CancelJob']
          .filter(
            (action) =>
              !allowing(t, action).some(({ role, statement }) => role === id && statement.resources.some((r) => r.endsWith(':job/fw-*'))),
          )
          .map((action) => `${id} ${action}`),
      ),
    mutate: changing('TagAndCompareJobs', 'Action', ['iot:TagResource', 'iot:GetJobDocument']),
  },
  {
    name: 'a task may be created only with the tag of this service',
    check: (t) =>
      named(
        allowing(t, 'iotmanagedintegrations:CreateOtaTask').filter(
          ({ statement }) => !equal(statement.condition, { StringLike: { 'aws:RequestTag/ota-dispatch.rolloutId': 'fw-*' } }),
        ),
      ),
    mutate: changing('CreateOtaTasks', 'Condition', undefined),
  },
  {
    name: 'only a task with the tag of this service may be deleted',
    check: (t) =>
      named(
        allowing(t, 'iotmanagedintegrations:DeleteOtaTask').filter(
          ({ statement }) => !equal(statement.condition, { StringLike: { 'aws:ResourceTag/ota-dispatch.rolloutId': 'fw-*' } }),
        ),
      ),
    mutate: changing('DeleteOwnOtaTasks', 'Condition.StringLike', { 'aws:ResourceTag/team': '*' }),
  },
  {
    name: 'only a given version of an artifact may be read',
    check: (t) => named(allowing(t, 's3:GetObject').filter(({ statement }) => statement.resources.some((r) => !r.includes('-documents-')))),
    mutate: changing('VerifyArtifacts', 'Action', ['s3:GetObject', 's3:GetObjectVersion']),
  },
  {
    name: 'artifacts may be read only from the buckets in channels.yml',
    check: (t) =>
      named(allowing(t, 's3:GetObjectVersion').filter(({ statement }) => !equal(statement.resources, ['arn:aws:s3:::acme-firmware/*']))),
    mutate: changing('VerifyArtifacts', 'Resource', 'arn:aws:s3:::*/*'),
  },
  {
    name: 'only job documents may be written to S3',
    check: (t) =>
      named(allowing(t, 's3:PutObject').filter(({ statement }) => !statement.resources.every((r) => r.endsWith('/job-documents/*')))),
    mutate: changing('WriteJobDocuments', 'Resource', ['arn:aws:s3:::acme-firmware/*']),
  },
  {
    name: 'the functions may put events only with the source ota-dispatch',
    check: (t) =>
      named(
        allowing(t, 'events:PutEvents').filter(
          ({ role, statement }) =>
            FUNCTION_ROLES.includes(role) && !equal(statement.condition, { StringEquals: { 'events:source': 'ota-dispatch' } }),
        ),
      ),
    mutate: changing('PublishOutcomes', 'Condition', undefined),
  },
  {
    name: 'no role may delete from the ledger',
    check: (t) =>
      named(allowing(t, 'dynamodb:DeleteItem').filter(({ statement }) => statement.resources.some((r) => r.includes('ledger')))),
    mutate: changing('ReadAndWriteTheLedger', 'Action', ['dynamodb:GetItem', 'dynamodb:DeleteItem']),
  },
  {
    name: 'only the releases function uses the lock, reads artifacts and sends to the rejected queue',
    check: (t) =>
      named(
        roleStatements(t).filter(
          ({ role, statement }) =>
            role !== 'ReleasesRole' &&
            !PEOPLE.includes(role) &&
            statement.resources.some(
              (r) => r.endsWith('table/ota-dispatch-local-lock') || r.includes('acme-firmware') || r.endsWith('-rejected'),
            ),
        ),
      ),
    mutate: changing(
      'ReceiveAndSendFollowUps',
      'Resource',
      'arn:aws:sqs:eu-central-1:111122223333:ota-dispatch-local-rejected',
      'FollowUpsRole',
    ),
  },
  {
    name: 'the sweep may read one index and send wakes, and nothing else',
    check: (t) => {
      const actions = roleStatements(t)
        .filter(({ role }) => role === 'SweepRole')
        .flatMap(({ statement }) => statement.actions);
      const few = [
        'dynamodb:Query',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'sqs:SendMessage',
        'xray:PutTelemetryRecords',
        'xray:PutTraceSegments',
      ];
      return unless(equal(actions.sort(), few), 'SweepRole');
    },
    mutate: changing('FindRolloutsThatAreDue', 'Action', ['dynamodb:Query', 'dynamodb:UpdateItem'], 'SweepRole'),
  },
  {
    name: 'the sweep may read the index, but not the table',
    check: (t) =>
      named(
        allowing(t, 'dynamodb:Query').filter(
          ({ role, statement }) => role === 'SweepRole' && !statement.resources.every((r) => r.endsWith('/index/work')),
        ),
      ),
    mutate: changing(
      'FindRolloutsThatAreDue',
      'Resource',
      'arn:aws:dynamodb:eu-central-1:111122223333:table/ota-dispatch-local-ledger',
      'SweepRole',
    ),
  },
  {
    name: 'a function may write only its own log',
    check: (t) =>
      named(
        allowing(t, 'logs:PutLogEvents').filter(
          ({ role, statement }) =>
            !statement.resources.every((r) =>
              r.includes(
                `/aws/lambda/ota-dispatch-local-${{ ReleasesRole: 'releases', FollowUpsRole: 'follow-ups', SweepRole: 'sweep' }[role]}:`,
              ),
            ),
        ),
      ),
    mutate: changing('Log', 'Resource', 'arn:aws:logs:eu-central-1:111122223333:log-group:*'),
  },
  {
    name: 'people may not change the ledger',
    check: (t) =>
      named(
        roleStatements(t).filter(
          ({ role, statement }) =>
            PEOPLE.includes(role) && statement.actions.some((a) => /^dynamodb:(Put|Update|Delete|Batch?Write)/.test(a)),
        ),
      ),
    mutate: changing('ReadTheLedger', 'Action', ['dynamodb:UpdateItem'], 'OperatorRole'),
  },
  {
    name: 'people may only query the index of what is due, and no other index',
    check: (t) =>
      named(
        roleStatements(t).filter(
          ({ role, statement }) =>
            PEOPLE.includes(role) &&
            statement.resources.some((r) => r.includes('/index/')) &&
            !(equal(statement.actions, ['dynamodb:Query']) && statement.resources.every((r) => r.endsWith('-ledger/index/work'))),
        ),
      ),
    mutate: changing(
      'FindRolloutsThatHaveNotEnded',
      'Resource',
      'arn:aws:dynamodb:eu-central-1:111122223333:table/ota-dispatch-local-ledger/index/rolloutId',
      'OperatorRole',
    ),
  },
  {
    name: 'people may count messages in the queues of the stage only, and only people read metrics',
    check: (t) => [
      ...named(
        allowing(t, 'sqs:GetQueueAttributes').filter(
          ({ role, statement }) => PEOPLE.includes(role) && !statement.resources.every((r) => /:ota-dispatch-local-[a-z-]+$/.test(r)),
        ),
      ),
      ...named(allowing(t, 'cloudwatch:GetMetricData').filter(({ role }) => !PEOPLE.includes(role))),
    ],
    mutate: changing('SeeHowManyMessagesWait', 'Resource', '*', 'OperatorRole'),
  },
  {
    name: 'people may put events only with the sources and approvers in channels.yml, so they cannot publish outcomes',
    check: (t) =>
      named(
        allowing(t, 'events:PutEvents').filter(
          ({ role, statement }) =>
            PEOPLE.includes(role) &&
            statement.effect === 'Allow' &&
            !equal(statement.condition['StringEquals']?.['events:source'], STEERING_SOURCES),
        ),
      ),
    mutate: changing('PublishWithdrawAndHold', 'Condition', { StringEquals: { 'events:source': 'ota-dispatch' } }, 'OperatorRole'),
  },
  ...(
    [
      ['OperatorRole', ['Firmware Release Published', 'Firmware Release Withdrawn', 'Firmware Channel Held']],
      ['ApproverRole', ['Firmware Release Approved', 'Firmware Channel Resumed']],
    ] as const
  ).map(
    ([id, types]): Assertion => ({
      name: `the ${id} may put ${types.join(', ')}, and is denied a call with anything besides`,
      check: (t) => {
        const [allow, deny, ...others] = allowing(t, 'events:PutEvents').filter(({ role }) => role === id);
        return [
          ...unless(others.length === 0, id),
          ...unless(
            allow?.statement.effect === 'Allow' && equal(allow.statement.condition['StringEquals']?.['events:detail-type'], types),
            'Allow',
          ),
          ...unless(
            deny?.statement.effect === 'Deny' &&
              equal(deny.statement.condition, { 'ForAnyValue:StringNotEquals': { 'events:detail-type': types } }),
            'Deny',
          ),
        ];
      },
      mutate: changing('NothingBesides', 'Condition', { StringEquals: {} }, id),
    }),
  ),
  {
    name: 'only the approvers may send to the steering queue, because whoever may send to it may approve',
    check: (t) =>
      named(
        allowing(t, 'sqs:SendMessage').filter(
          ({ role, statement }) => role !== 'ApproverRole' && statement.resources.some((r) => r.endsWith('-steering')),
        ),
      ),
    mutate: changing('RedriveMessages', 'Resource', 'arn:aws:sqs:eu-central-1:111122223333:ota-dispatch-local-steering', 'OperatorRole'),
  },
  never(
    'iot:DeleteOTAUpdate',
    'that would remove the firmware while devices download it',
    'arn:aws:iot:eu-central-1:111122223333:otaupdate/fw-*',
  ),
  never('iot:DeleteJob', 'a canceled job must stay visible', 'arn:aws:iot:eu-central-1:111122223333:job/fw-*'),
  never('iot:UpdateJob', 'the request of a rollout never changes', 'arn:aws:iot:eu-central-1:111122223333:job/fw-*'),
  never('iot:UpdateEventConfigurations', 'the switch of job events belongs to the whole account'),
  never('sts:AssumeRole', 'no function needs the rights of another role', 'arn:aws:iam::111122223333:role/x'),
  never(
    'dynamodb:DeleteTable',
    'the ledger is the only record of the rollouts',
    'arn:aws:dynamodb:eu-central-1:111122223333:table/ota-dispatch-local-ledger',
  ),
  never('s3:DeleteObject', 'tasks may still read documents', 'arn:aws:s3:::x/*'),
  never(
    'sqs:PurgeQueue',
    'every message must end with a recorded result',
    'arn:aws:sqs:eu-central-1:111122223333:ota-dispatch-local-releases',
  ),
];
