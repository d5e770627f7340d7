import type { Template } from '../../../scripts/compiled-template.ts';
import { ACCOUNT, REGION } from '../../support/resolved-template.ts';
import {
  type Assertion,
  equal,
  get,
  list,
  of,
  property,
  queueArn,
  queueUrl,
  roleArn,
  roleStatements,
  setting,
  statements,
  unless,
} from './assertion.ts';

const RULE = 'JobEventsRule.Properties';
const PAYLOAD = `${RULE}.TopicRulePayload`;
const payload = (t: Template, path: string) => property(t, 'JobEventsRule', `TopicRulePayload.${path}`);
const sql = (t: Template) => String(payload(t, 'Sql'));
const trust = (t: Template) => statements(property(t, 'JobEventsRole', 'AssumeRolePolicyDocument'));

export const jobEvents: Assertion[] = [
  {
    name: 'one IoT rule is enabled and has the name of the stage, with no hyphen because AWS IoT refuses it',
    check: (t) => [
      ...unless(of(t, 'AWS::IoT::TopicRule').length === 1, 'the rules'),
      ...unless(property(t, 'JobEventsRule', 'RuleName') === 'ota_dispatch_local_job_events', 'RuleName'),
      ...unless(payload(t, 'RuleDisabled') === false, 'RuleDisabled'),
    ],
    mutate: setting(`${PAYLOAD}.RuleDisabled`, true),
  },
  {
    name: 'the rule reads the events of jobs, and not those of single devices',
    check: (t) => unless(/ FROM '\$aws\/events\/job\/\+\/\+' /.test(sql(t)), sql(t)),
    mutate: (t) => setting(`${PAYLOAD}.Sql`, sql(t).replace('events/job/', 'events/jobExecution/'))(t),
  },
  {
    name: 'the rule selects only jobs whose ids begin like those of this service',
    check: (t) => unless(sql(t).endsWith(" WHERE startswith(topic(4), 'fw-') OR startswith(topic(4), 'AFR_OTA-fw-')"), sql(t)),
    mutate: (t) => setting(`${PAYLOAD}.Sql`, sql(t).replace(/ WHERE .*$/, ''))(t),
  },
  {
    name: 'the rule takes the id of the job and the kind of event from the topic, and nothing of the content, which anybody may forge',
    check: (t) => unless(sql(t).startsWith('SELECT topic(4) AS jobId, topic(5) AS operation FROM '), sql(t)),
    mutate: (t) => setting(`${PAYLOAD}.Sql`, sql(t).replace('SELECT ', 'SELECT *, '))(t),
  },
  {
    name: 'the rule uses the version of the SQL that has been read for it',
    check: (t) => unless(payload(t, 'AwsIotSqlVersion') === '2016-03-23', 'AwsIotSqlVersion'),
    mutate: setting(`${PAYLOAD}.AwsIotSqlVersion`, '2015-10-08'),
  },
  {
    name: 'the rule sends to the follow-ups queue, with a role of its own, as plain JSON, and does nothing else',
    check: (t) =>
      unless(
        equal(payload(t, 'Actions'), [
          { Sqs: { QueueUrl: queueUrl('follow-ups'), RoleArn: roleArn('JobEventsRole'), UseBase64: false } },
        ]) && payload(t, 'ErrorAction') === undefined,
        JSON.stringify(payload(t, 'Actions')),
      ),
    mutate: setting(`${PAYLOAD}.Actions.0.Sqs.UseBase64`, true),
  },
  {
    name: 'only AWS IoT may assume the role of the rule, and only for this rule of this account',
    check: (t) => {
      const [only, ...others] = trust(t);
      return unless(
        others.length === 0 &&
          equal(only?.principal, { Service: 'iot.amazonaws.com' }) &&
          equal(only?.condition, {
            StringEquals: { 'aws:SourceAccount': ACCOUNT },
            ArnLike: { 'aws:SourceArn': `arn:aws:iot:${REGION}:${ACCOUNT}:rule/ota_dispatch_local_job_events` },
          }),
        'JobEventsRole',
      );
    },
    mutate: setting('JobEventsRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition.ArnLike', undefined),
  },
  {
    name: 'the role of the rule may send to the follow-ups queue, and do nothing else',
    check: (t) => {
      const all = roleStatements(t).filter(({ role }) => role === 'JobEventsRole');
      return unless(
        equal(
          all.map(({ statement: { actions, resources } }) => [actions, resources]),
          [[['sqs:SendMessage'], [queueArn('follow-ups')]]],
        ),
        'JobEventsRole',
      );
    },
    mutate: setting('JobEventsRole.Properties.Policies.0.PolicyDocument.Statement.0.Resource', [
      queueArn('follow-ups'),
      queueArn('releases'),
    ]),
  },
  {
    name: 'the id of the rollout, which a job event names, has an index with keys only',
    check: (t) => {
      const index = list(property(t, 'LedgerTable', 'GlobalSecondaryIndexes')).find((one) => get(one, 'IndexName') === 'rolloutId');
      return unless(
        equal(get(index, 'KeySchema'), [{ AttributeName: 'rolloutId', KeyType: 'HASH' }]) &&
          get(index, 'Projection.ProjectionType') === 'KEYS_ONLY',
        'rolloutId',
      );
    },
    mutate: setting('LedgerTable.Properties.GlobalSecondaryIndexes.1.Projection.ProjectionType', 'ALL'),
  },
  {
    name: 'the follow-ups function may query that index, and no other function may',
    check: (t) =>
      unless(
        equal(
          roleStatements(t)
            .filter(({ statement: { resources } }) => resources.some((r) => r.endsWith('/index/rolloutId')))
            .map(({ role, statement }) => [role, statement.actions]),
          [['FollowUpsRole', ['dynamodb:Query']]],
        ),
        'FollowUpsRole',
      ),
    mutate: setting('SweepRole.Properties.Policies.0.PolicyDocument.Statement.2.Resource', [
      `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/ota-dispatch-local-ledger/index/work`,
      `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/ota-dispatch-local-ledger/index/rolloutId`,
    ]),
  },
];
