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
  setting,
  statements,
  unless,
} from './assertion.ts';
import { watched } from './watched.ts';

const RULE = 'ReleasesRule.Properties';
const PATTERN = `${RULE}.EventPattern`;
/** The sources in test/infrastructure/channels.yml. */
export const SOURCES = ['com.acme.firmware-ci', `com.acme.release-desk.${ACCOUNT}.local`];
const BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/firmware-local`;
const TYPES = ['Firmware Release Published', 'Firmware Release Withdrawn'];

const rule = (template: Template, path: string) => get(template.Resources, `${RULE}.${path}`);
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
    name: 'the rule listens on the dedicated bus',
    check: (t) => unless(rule(t, 'EventBusName') === 'firmware-local', 'ReleasesRule'),
    mutate: setting(`${RULE}.EventBusName`, undefined),
  },
  {
    name: 'the rule is not disabled',
    check: (t) => unless([undefined, 'ENABLED'].includes(rule(t, 'State') as undefined), 'ReleasesRule'),
    mutate: setting(`${RULE}.State`, 'DISABLED'),
  },
  {
    name: 'the rule names the accounts',
    check: (t) => unless(equal(rule(t, 'EventPattern.account'), [ACCOUNT]), 'account'),
    mutate: setting(`${PATTERN}.account`, undefined),
  },
  {
    name: 'the rule names the sources in channels.yml',
    check: (t) => unless(equal(rule(t, 'EventPattern.source'), SOURCES), 'source'),
    mutate: setting(`${PATTERN}.source`, [{ prefix: 'com.acme' }]),
  },
  {
    name: 'the rule names both detail-types',
    check: (t) => unless(equal(rule(t, 'EventPattern.detail-type'), TYPES), 'detail-type'),
    mutate: setting(`${PATTERN}.detail-type`, ['Firmware Release Published']),
  },
  {
    name: 'the rule has one target, the releases queue',
    check: (t) => unless(rule(t, 'Targets.0.Arn') === queueArn('releases') && rule(t, 'Targets.1') === undefined, 'Targets'),
    mutate: setting(`${RULE}.Targets.0.Arn`, 'arn:aws:sqs:eu-central-1:111122223333:somebody-elses'),
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
      ...unless(statements(property(t, 'FirmwareBus', 'Policy')).length === 4, 'FirmwareBus'),
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
    name: 'the bus accepts releases only of the sources in channels.yml and of the two detail-types',
    check: (t) =>
      unless(
        equal(statementOf(t, 'AllowedAccountsPutReleases')?.condition, {
          StringEquals: { 'events:source': SOURCES, 'events:detail-type': TYPES },
        }),
        'AllowedAccountsPutReleases',
      ),
    mutate: setting(`${POLICY}.0.Condition.StringEquals.events:detail-type`, undefined),
  },
  {
    name: 'the bus denies a call with any other source, even if the policy of the sender allows it',
    check: (t) => refuses(t, 'RefuseOtherSources', { 'ForAnyValue:StringNotEquals': { 'events:source': [...SOURCES, 'ota-dispatch'] } }),
    mutate: setting(`${POLICY}.1.Condition`, { StringNotEquals: { 'events:source': [...SOURCES, 'ota-dispatch'] } }),
  },
  {
    name: 'the bus denies a call of a producer with any other detail-type',
    check: (t) =>
      refuses(t, 'RefuseOtherDetailTypes', {
        'ForAnyValue:StringEquals': { 'events:source': SOURCES },
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
    name: "the rule's dead-letter queue accepts 1 MiB, so that an event that is too large for releases fits",
    check: (t) => unless(property(t, 'RuleDeadLetterQueue', 'MaximumMessageSize') === 1_048_576, 'RuleDeadLetterQueue'),
    mutate: setting('RuleDeadLetterQueue.Properties.MaximumMessageSize', 262_144),
  },
  {
    name: "only EventBridge may send to the rule's dead-letter queue",
    check: (t) =>
      unless(
        denies(resourcePolicy(t, 'RuleDeadLetterQueuePolicy'), 'sqs:SendMessage', { ArnNotEquals: { 'aws:SourceArn': RELEASES_RULE } }),
        'RuleDeadLetterQueuePolicy',
      ),
    mutate: setting(
      'RuleDeadLetterQueuePolicy.Properties.PolicyDocument.Statement.1.Condition.ArnNotEquals.aws:SourceArn',
      'arn:aws:events:*:*:rule/*',
    ),
  },
  {
    name: 'an event that even the dead-letter queue refused raises an alarm',
    check: (t) => ['firmware-local', 'ota-dispatch-local-releases'].filter((value) => !watched(t, 'InvocationsFailedToBeSentToDlq', value)),
    mutate: setting('EventLostAlarm.Properties.MetricName', 'Invocations'),
  },
];
