import type { Template } from '../../../scripts/compiled-template.ts';
import { ACCOUNT, REGION } from '../../support/resolved-template.ts';
import {
  type Assertion,
  denies,
  equal,
  failing,
  get,
  of,
  property,
  queueArn,
  RELEASES_RULE,
  resourcePolicy,
  roleArn,
  STEERING_RULE,
  setting,
  statements,
  unless,
} from './assertion.ts';
import { watched } from './watched.ts';

const RULE = 'ReleasesRule.Properties';
const PATTERN = `${RULE}.EventPattern`;
/** The sources in test/infrastructure/channels.yml. */
const SOURCES = ['com.acme.firmware-ci', `com.acme.release-desk.${ACCOUNT}.local`];
const BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/firmware-local`;
/** The approvers there, and the sources. */
export const STEERING_SOURCES = ['com.acme.firmware-ci', 'com.acme.release-board', `com.acme.release-desk.${ACCOUNT}.local`];
const PUBLISHING = ['Firmware Release Published'];
const APPROVING = ['Firmware Release Approved', 'Firmware Channel Resumed'];
const STEERING = ['Firmware Release Withdrawn', 'Firmware Release Approved', 'Firmware Channel Held', 'Firmware Channel Resumed'];
const TYPES = [...PUBLISHING, ...STEERING];

const rule = (template: Template, path: string) => get(template.Resources, `${RULE}.${path}`);
const steeringRule = (template: Template, path: string) => get(template.Resources, `SteeringRule.Properties.${path}`);
const rulesWithTargets = (template: Template): [string, unknown][] =>
  of(template, 'AWS::Events::Rule').filter(([, { Properties }]) => Properties['EventPattern']);
const POLICY = 'FirmwareBus.Properties.Policy.Statement';
/** The statement of the bus policy with this Sid. */
const statementOf = (template: Template, sid: string) =>
  statements(property(template, 'FirmwareBus', 'Policy')).find((statement) => statement.sid === sid);
/** The Sid of a statement, unless it denies everybody under exactly this condition. */
const refuses = (template: Template, sid: string, condition: unknown) => {
  const found = statementOf(template, sid);
  return unless(found?.effect === 'Deny' && found.principal === '*' && equal(found.condition, condition), sid);
};

export const bus: Assertion[] = [
  {
    name: 'the bus is a dedicated one, named after the stage',
    check: (t) => unless(get(t.Resources, 'FirmwareBus.Properties.Name') === 'firmware-local', 'FirmwareBus'),
    mutate: setting('FirmwareBus.Properties.Name', 'default'),
  },
  {
    name: 'both rules listen on the dedicated bus',
    check: (t) => failing(rulesWithTargets(t), (r) => get(r, 'Properties.EventBusName') !== 'firmware-local'),
    mutate: setting(`${RULE}.EventBusName`, undefined),
  },
  {
    name: 'no rule is disabled',
    check: (t) => failing(rulesWithTargets(t), (r) => ![undefined, 'ENABLED'].includes(get(r, 'Properties.State') as undefined)),
    mutate: setting(`${RULE}.State`, 'DISABLED'),
  },
  {
    name: 'both rules name the accounts',
    check: (t) => failing(rulesWithTargets(t), (r) => !equal(get(r, 'Properties.EventPattern.account'), [ACCOUNT])),
    mutate: setting('SteeringRule.Properties.EventPattern.account', undefined),
  },
  {
    name: 'the rule for releases names the sources in channels.yml, but not the approvers',
    check: (t) => unless(equal(rule(t, 'EventPattern.source'), SOURCES), 'source'),
    mutate: setting(`${PATTERN}.source`, [{ prefix: 'com.acme' }]),
  },
  {
    name: 'the rule for steering events names the sources and the approvers in channels.yml',
    check: (t) => unless(equal(steeringRule(t, 'EventPattern.source'), STEERING_SOURCES), 'source'),
    mutate: setting('SteeringRule.Properties.EventPattern.source', SOURCES),
  },
  {
    name: 'each detail-type has exactly one rule, so that no event comes twice',
    check: (t) => [
      ...unless(equal(rule(t, 'EventPattern.detail-type'), PUBLISHING), 'ReleasesRule'),
      ...unless(equal(steeringRule(t, 'EventPattern.detail-type'), STEERING), 'SteeringRule'),
    ],
    mutate: setting(`${PATTERN}.detail-type`, ['Firmware Release Published', 'Firmware Release Withdrawn']),
  },
  {
    name: 'each rule has one target, its own queue',
    check: (t) => [
      ...unless(rule(t, 'Targets.0.Arn') === queueArn('releases') && rule(t, 'Targets.1') === undefined, 'ReleasesRule'),
      ...unless(steeringRule(t, 'Targets.0.Arn') === queueArn('steering') && steeringRule(t, 'Targets.1') === undefined, 'SteeringRule'),
    ],
    mutate: setting('SteeringRule.Properties.Targets.0.Arn', queueArn('releases')),
  },
  {
    name: 'every rule with an event pattern has a dead-letter queue for its target',
    check: (t) => failing(rulesWithTargets(t), (r) => get(r, 'Properties.Targets.0.DeadLetterConfig.Arn') !== queueArn('rule-dlq')),
    mutate: setting(`${RULE}.Targets.0.DeadLetterConfig`, undefined),
  },
  {
    name: 'EventBridge retries to deliver an event for a day',
    check: (t) => failing(rulesWithTargets(t), (r) => get(r, 'Properties.Targets.0.RetryPolicy.MaximumEventAgeInSeconds') !== 86400),
    mutate: setting(`${RULE}.Targets.0.RetryPolicy.MaximumEventAgeInSeconds`, undefined),
  },
  {
    name: 'EventBridge retries to deliver an event up to 185 times',
    check: (t) => failing(rulesWithTargets(t), (r) => get(r, 'Properties.Targets.0.RetryPolicy.MaximumRetryAttempts') !== 185),
    mutate: setting(`${RULE}.Targets.0.RetryPolicy.MaximumRetryAttempts`, 3),
  },
  {
    name: 'the bus policy is a property of the bus, so that all statements are written at once and no stage shares an id with another',
    check: (t) => [
      ...of(t, 'AWS::Events::EventBusPolicy').map(([id]) => id),
      ...unless(statements(property(t, 'FirmwareBus', 'Policy')).length === 5, 'FirmwareBus'),
    ],
    mutate: (t) => {
      const [Statement] = get(t.Resources, POLICY) as unknown[];
      t.Resources['BusTakesReleases'] = { Type: 'AWS::Events::EventBusPolicy', Properties: { StatementId: 'allowed-accounts', Statement } };
    },
  },
  {
    name: 'every statement of the bus policy is about the bus itself',
    check: (t) =>
      failing(
        statements(property(t, 'FirmwareBus', 'Policy')).map((s) => [s.sid, s]),
        ({ actions, resources }) => !equal([actions, resources], [['events:PutEvents'], [BUS]]),
      ),
    mutate: setting(`${POLICY}.1.Resource`, `${BUS}-of-somebody-else`),
  },
  {
    name: 'the policy of the bus names the accounts that may put events',
    check: (t) => unless(equal(statementOf(t, 'AllowedAccountsPutReleases')?.principal, { AWS: [ACCOUNT] }), 'AllowedAccountsPutReleases'),
    mutate: setting(`${POLICY}.0.Principal`, '*'),
  },
  {
    name: 'the bus accepts releases only and steering events only of the sources and approvers in channels.yml',
    check: (t) =>
      unless(
        equal(statementOf(t, 'AllowedAccountsPutReleases')?.condition, {
          StringEquals: { 'events:source': STEERING_SOURCES, 'events:detail-type': TYPES },
        }),
        'AllowedAccountsPutReleases',
      ),
    mutate: setting(`${POLICY}.0.Condition.StringEquals.events:detail-type`, undefined),
  },
  {
    name: 'the bus denies a call with any other source, even if the policy of the sender allows it',
    check: (t) =>
      refuses(t, 'RefuseOtherSources', { 'ForAnyValue:StringNotEquals': { 'events:source': [...STEERING_SOURCES, 'ota-dispatch'] } }),
    mutate: setting(`${POLICY}.1.Condition`, { StringNotEquals: { 'events:source': [...STEERING_SOURCES, 'ota-dispatch'] } }),
  },
  {
    name: 'the bus denies a call of a producer with any other detail-type',
    check: (t) =>
      refuses(t, 'RefuseOtherDetailTypes', {
        'ForAnyValue:StringEquals': { 'events:source': STEERING_SOURCES },
        'ForAnyValue:StringNotEquals': { 'events:detail-type': TYPES },
      }),
    mutate: setting(`${POLICY}.2.Condition.ForAnyValue:StringNotEquals.events:detail-type`, ['Firmware Release Published']),
  },
  {
    name: 'the bus denies outcomes from anybody but the two functions that publish them',
    check: (t) =>
      refuses(t, 'RefuseForgedOutcomes', {
        'ForAnyValue:StringEquals': { 'events:source': 'ota-dispatch' },
        ArnNotEquals: { 'aws:PrincipalArn': ['ReleasesRole', 'FollowUpsRole'].map(roleArn) },
      }),
    mutate: setting(`${POLICY}.3.Condition.ArnNotEquals`, { 'aws:PrincipalArn': '*' }),
  },
  {
    name: 'the bus denies approvals and resumes to everybody but the role of approvers, if no principal is named',
    check: (t) =>
      refuses(t, 'OnlyApproversApprove', {
        'ForAnyValue:StringEquals': { 'events:detail-type': APPROVING },
        ArnNotLike: { 'aws:PrincipalArn': [roleArn('ApproverRole')] },
      }),
    mutate: setting(`${POLICY}.4.Condition`, {
      'ForAllValues:StringEquals': { 'events:detail-type': APPROVING },
      ArnNotLike: { 'aws:PrincipalArn': [roleArn('ApproverRole')] },
    }),
  },
  {
    name: "the rule's dead-letter queue accepts 1 MiB, so that an event that is too large for releases fits",
    check: (t) => unless(property(t, 'RuleDeadLetterQueue', 'MaximumMessageSize') === 1_048_576, 'RuleDeadLetterQueue'),
    mutate: setting('RuleDeadLetterQueue.Properties.MaximumMessageSize', 262_144),
  },
  {
    name: "only EventBridge may send to the rule's dead-letter queue",
    check: (t) =>
      unless(
        denies(resourcePolicy(t, 'RuleDeadLetterQueuePolicy'), 'sqs:SendMessage', {
          ArnNotEquals: { 'aws:SourceArn': [RELEASES_RULE, STEERING_RULE] },
        }),
        'RuleDeadLetterQueuePolicy',
      ),
    mutate: setting(
      'RuleDeadLetterQueuePolicy.Properties.PolicyDocument.Statement.1.Condition.ArnNotEquals.aws:SourceArn',
      'arn:aws:events:*:*:rule/*',
    ),
  },
  {
    name: 'an event that even the dead-letter queue refused raises an alarm',
    check: (t) =>
      ['firmware-local', 'ota-dispatch-local-releases', 'ota-dispatch-local-steering'].filter(
        (value) => !watched(t, 'InvocationsFailedToBeSentToDlq', value),
      ),
    mutate: setting('EventLostAlarm.Properties.MetricName', 'Invocations'),
  },
];
