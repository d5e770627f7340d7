import type { Template } from '../../../scripts/compiled-template.ts';
import { ACCOUNT } from '../../support/resolved-template.ts';
import {
  type Assertion,
  denies,
  equal,
  failing,
  get,
  list,
  of,
  property,
  queueArn,
  queueUrl,
  RELEASES_RULE,
  resourcePolicy,
  STEERING_RULE,
  setting,
  unless,
} from './assertion.ts';

export const FOUR_DAYS = 345_600;
export const FOURTEEN_DAYS = 1_209_600;

const queues = (t: Template) => of(t, 'AWS::SQS::Queue');
/** The queues that a function receives from, with the function's timeout and the mapping's batching window. */
const consumed = (t: Template): [string, { visibility: number; timeout: number; window: number }][] =>
  of(t, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => {
    const queue = queues(t).find(
      ([, q]) => Properties['EventSourceArn'] === queueArn(String(q.Properties['QueueName']).replace('ota-dispatch-local-', '')),
    );
    const called = of(t, 'AWS::Lambda::Function').find(([, f]) =>
      String(Properties['FunctionName']).endsWith(`:${f.Properties['FunctionName']}`),
    );
    return [
      queue?.[0] ?? 'an unknown queue',
      {
        visibility: Number(queue?.[1].Properties['VisibilityTimeout'] ?? 30),
        timeout: Number(called?.[1].Properties['Timeout']),
        window: Number(Properties['MaximumBatchingWindowInSeconds'] ?? 0),
      },
    ];
  });
/** The rules that may send to a queue, by the id of its policy. */
const SENDERS: Readonly<Record<string, unknown>> = {
  ReleasesQueuePolicy: RELEASES_RULE,
  SteeringQueuePolicy: STEERING_RULE,
  RuleDeadLetterQueuePolicy: [RELEASES_RULE, STEERING_RULE],
};
const urlOf = (name: unknown) => queueUrl(String(name).replace('ota-dispatch-local-', ''));
const withRedrive = (t: Template) => queues(t).filter(([, { Properties }]) => Properties['RedrivePolicy']);
const policies = (t: Template) => of(t, 'AWS::SQS::QueuePolicy');

export const queueAssertions: Assertion[] = [
  {
    name: 'every queue has the documented name',
    check: (t) =>
      ['releases', 'releases-dlq', 'steering', 'steering-dlq', 'follow-ups', 'follow-ups-dlq', 'rejected', 'rule-dlq'].filter(
        (name) => !queues(t).some(([, { Properties }]) => Properties['QueueName'] === `ota-dispatch-local-${name}`),
      ),
    mutate: setting('RejectedQueue.Properties.QueueName', 'ota-dispatch-local-refused'),
  },
  {
    name: 'every queue is a standard queue',
    check: (t) =>
      failing(queues(t), ({ Properties }) => Properties['FifoQueue'] === true || String(Properties['QueueName']).endsWith('.fifo')),
    mutate: setting('FollowUpsQueue.Properties.FifoQueue', true),
  },
  {
    name: 'the visibility timeout is at least six times the timeout of the function',
    check: (t) => failing(consumed(t), ({ visibility, timeout }) => !(visibility >= 6 * timeout)),
    mutate: setting('ReleasesQueue.Properties.VisibilityTimeout', 359),
  },
  {
    name: 'the visibility timeout is longer than timeout and batching window together',
    check: (t) => failing(consumed(t), ({ visibility, timeout, window }) => !(visibility > timeout + window)),
    mutate: setting('FollowDashupsEventSourceMappingSQSFollowUpsQueue.Properties.MaximumBatchingWindowInSeconds', 300),
  },
  {
    name: 'every queue that a function receives from has a dead-letter queue',
    check: (t) => failing(consumed(t), (_, id) => !String(property(t, id, 'RedrivePolicy.deadLetterTargetArn')).endsWith('-dlq')),
    mutate: setting('FollowUpsQueue.Properties.RedrivePolicy', undefined),
  },
  {
    name: 'a message is received at least eight times before it goes to the dead-letter queue',
    check: (t) => failing(withRedrive(t), ({ Properties }) => !(Number(get(Properties, 'RedrivePolicy.maxReceiveCount')) >= 8)),
    mutate: setting('ReleasesQueue.Properties.RedrivePolicy.maxReceiveCount', 3),
  },
  {
    name: 'queues that a function empties keep messages for four days',
    check: (t) => failing(withRedrive(t), ({ Properties }) => Properties['MessageRetentionPeriod'] !== FOUR_DAYS),
    mutate: setting('ReleasesQueue.Properties.MessageRetentionPeriod', FOURTEEN_DAYS),
  },
  {
    name: 'dead-letter queues keep messages for fourteen days',
    check: (t) =>
      failing(
        queues(t).filter(([, { Properties }]) => String(Properties['QueueName']).endsWith('-dlq')),
        ({ Properties }) => Properties['MessageRetentionPeriod'] !== FOURTEEN_DAYS,
      ),
    mutate: setting('RuleDeadLetterQueue.Properties.MessageRetentionPeriod', undefined),
  },
  {
    name: 'a dead-letter queue keeps messages longer than its source, because it counts from their arrival there',
    check: (t) =>
      failing(withRedrive(t), ({ Properties }) => {
        const target = queues(t).find(([, q]) =>
          String(get(Properties, 'RedrivePolicy.deadLetterTargetArn')).endsWith(`:${q.Properties['QueueName']}`),
        );
        return !(Number(target?.[1].Properties['MessageRetentionPeriod']) > Number(Properties['MessageRetentionPeriod']));
      }),
    mutate: setting('FollowUpsDeadLetterQueue.Properties.MessageRetentionPeriod', FOUR_DAYS),
  },
  {
    name: 'every queue is encrypted at rest',
    check: (t) => failing(queues(t), ({ Properties }) => Properties['SqsManagedSseEnabled'] !== true && !Properties['KmsMasterKeyId']),
    mutate: setting('RejectedQueue.Properties.SqsManagedSseEnabled', false),
  },
  {
    name: 'every queue has a policy',
    check: (t) =>
      failing(
        queues(t),
        ({ Properties }) => !policies(t).some(([, p]) => list(p.Properties['Queues']).includes(urlOf(Properties['QueueName']))),
      ),
    mutate: (t) => {
      delete t.Resources['RejectedQueuePolicy'];
    },
  },
  {
    name: 'every queue accepts TLS only',
    check: (t) => failing(policies(t), (_, id) => !denies(resourcePolicy(t, id), 'sqs:*', { Bool: { 'aws:SecureTransport': 'false' } })),
    mutate: setting('FollowUpsQueuePolicy.Properties.PolicyDocument.Statement.1.Condition.Bool.aws:SecureTransport', 'true'),
  },
  {
    name: 'no queue policy allows anybody but EventBridge, on behalf of the rules that send to it',
    check: (t) =>
      policies(t).flatMap(([id]) =>
        resourcePolicy(t, id)
          .filter((s) => s.effect === 'Allow')
          .filter(
            (s) =>
              !equal(s.principal, { Service: 'events.amazonaws.com' }) ||
              !equal(s.condition, { ArnEquals: { 'aws:SourceArn': SENDERS[id] } }),
          )
          .map((s) => `${id} ${s.sid}`),
      ),
    mutate: setting('ReleasesQueuePolicy.Properties.PolicyDocument.Statement.0.Condition', undefined),
  },
  ...(['ReleasesDeadLetterQueue', 'SteeringDeadLetterQueue', 'FollowUpsDeadLetterQueue'] as const).map(
    (id): Assertion => ({
      name: `nobody may send to the ${id}, not even operators`,
      check: (t) =>
        unless(
          denies(resourcePolicy(t, `${id}Policy`), 'sqs:SendMessage', { Bool: { 'aws:PrincipalIsAWSService': 'false' } }),
          `${id}Policy`,
        ),
      mutate: setting(`${id}Policy.Properties.PolicyDocument.Statement.0.Condition`, {
        Bool: { 'aws:PrincipalIsAWSService': 'true' },
      }),
    }),
  ),
  {
    name: 'the policy of every queue denies sending',
    check: (t) =>
      failing(
        policies(t),
        (_, id) => !resourcePolicy(t, id).some((s) => s.effect === 'Deny' && s.principal === '*' && s.actions.includes('sqs:SendMessage')),
      ),
    mutate: setting('RuleDeadLetterQueuePolicy.Properties.PolicyDocument.Statement.1.Principal', { AWS: ACCOUNT }),
  },
  {
    name: 'a dead-letter queue accepts messages from its own source only',
    check: (t) =>
      ['releases', 'steering', 'follow-ups'].filter((name) => {
        const dlq = queues(t).find(([, { Properties }]) => Properties['QueueName'] === `ota-dispatch-local-${name}-dlq`);
        return !equal(dlq?.[1].Properties['RedriveAllowPolicy'], { redrivePermission: 'byQueue', sourceQueueArns: [queueArn(name)] });
      }),
    mutate: setting('ReleasesDeadLetterQueue.Properties.RedriveAllowPolicy.redrivePermission', 'allowAll'),
  },
  {
    name: 'no other queue can be used as a dead-letter queue',
    check: (t) =>
      ['ReleasesQueue', 'SteeringQueue', 'FollowUpsQueue', 'RejectedQueue', 'RuleDeadLetterQueue'].filter(
        (id) => !equal(property(t, id, 'RedriveAllowPolicy'), { redrivePermission: 'denyAll' }),
      ),
    mutate: setting('RejectedQueue.Properties.RedriveAllowPolicy', undefined),
  },
];
