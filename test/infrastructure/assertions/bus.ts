import type { Template } from '../../../scripts/compiled-template.ts';
import { ACCOUNT } from '../../support/resolved-template.ts';
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
  resource,
  resourcePolicy,
  setting,
  statements,
  unless,
} from './assertion.ts';
import { watched } from './watched.ts';

const RULE = 'ReleasesRule.Properties';
const PATTERN = `${RULE}.EventPattern`;
/** The sources in test/infrastructure/channels.yml. */
export const SOURCES = ['com.acme.firmware-ci', `com.acme.release-desk.${ACCOUNT}.local`];
const TYPES = ['Firmware Release Published', 'Firmware Release Withdrawn'];

const rule = (template: Template, path: string) => get(template.Resources, `${RULE}.${path}`);
const rulesWithTargets = (template: Template): [string, unknown][] =>
  of(template, 'AWS::Events::Rule').filter(([, { Properties }]) => Properties['EventPattern']);
const policy = (template: Template, id: string) => statements({ Statement: resource(template, id).Properties['Statement'] })[0];

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
    name: 'the policy of the bus names the accounts that may put events',
    check: (t) => unless(equal(policy(t, 'BusTakesReleases')?.principal, { AWS: [ACCOUNT] }), 'BusTakesReleases'),
    mutate: setting('BusTakesReleases.Properties.Statement.Principal', '*'),
  },
  {
    name: 'the bus accepts releases only from the sources in channels.yml',
    check: (t) => unless(equal(policy(t, 'BusTakesReleases')?.condition['StringEquals']?.['events:source'], SOURCES), 'BusTakesReleases'),
    mutate: setting('BusTakesReleases.Properties.Statement.Condition.StringEquals.events:source', undefined),
  },
  {
    name: 'the bus accepts only the two detail-types of releases',
    check: (t) =>
      unless(equal(policy(t, 'BusTakesReleases')?.condition['StringEquals']?.['events:detail-type'], TYPES), 'BusTakesReleases'),
    mutate: setting('BusTakesReleases.Properties.Statement.Condition.StringEquals.events:detail-type', undefined),
  },
  {
    name: 'the bus denies every other source, even if the policy of the sender allows it',
    check: (t) => {
      const refuses = policy(t, 'BusRefusesOtherSources');
      const known = refuses?.condition['StringNotEquals']?.['events:source'];
      return unless(
        refuses?.effect === 'Deny' && refuses.principal === '*' && equal(known, [...SOURCES, 'ota-dispatch']),
        'BusRefusesOtherSources',
      );
    },
    mutate: setting('BusRefusesOtherSources.Properties.Statement.Effect', 'Allow'),
  },
  {
    name: 'the bus denies other detail-types from the producers',
    check: (t) => {
      const refuses = policy(t, 'BusRefusesOtherReleaseTypes');
      return unless(
        refuses?.effect === 'Deny' &&
          equal(refuses.condition['StringEquals']?.['events:source'], SOURCES) &&
          equal(refuses.condition['StringNotEquals']?.['events:detail-type'], TYPES),
        'BusRefusesOtherReleaseTypes',
      );
    },
    mutate: setting('BusRefusesOtherReleaseTypes.Properties.Statement.Condition.StringNotEquals.events:detail-type', [
      'Firmware Release Published',
    ]),
  },
  {
    name: 'the bus denies outcomes from anybody but the two functions that publish them',
    check: (t) => {
      const refuses = policy(t, 'BusRefusesForgedOutcomes');
      const publishers = ['ReleasesRole', 'FollowUpsRole'].map((role) => `arn:aws:iam::${ACCOUNT}:role/ota-dispatch-${role}`);
      return unless(
        refuses?.effect === 'Deny' && equal(refuses.condition['ArnNotEquals']?.['aws:PrincipalArn'], publishers),
        'BusRefusesForgedOutcomes',
      );
    },
    mutate: setting('BusRefusesForgedOutcomes.Properties.Statement.Condition.ArnNotEquals', { 'aws:PrincipalArn': '*' }),
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
    check: (t) => unless(watched(t, 'InvocationsFailedToBeSentToDlq', 'ota-dispatch-local-releases'), 'EventLostAlarm'),
    mutate: setting('EventLostAlarm.Properties.MetricName', 'Invocations'),
  },
];
