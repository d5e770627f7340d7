import type { Template } from '../../../scripts/compiled-template.ts';
import { type Assertion, denies, get, list, property, resourcePolicy, roleArn, STEERING_RULE, setting, unless } from './assertion.ts';
import { gapOf, reported } from './watched.ts';

const DAY = 86_400;
const metrics = (t: Template) => list(property(t, 'GateStuckAlarm', 'Metrics'));

export const steering: Assertion[] = [
  {
    name: 'the steering queue accepts 256 KiB',
    check: (t) => unless(property(t, 'SteeringQueue', 'MaximumMessageSize') === 262_144, 'SteeringQueue'),
    mutate: setting('SteeringQueue.Properties.MaximumMessageSize', undefined),
  },
  {
    name: 'only EventBridge and approvers may send to the steering queue, and operators may not',
    check: (t) =>
      unless(
        denies(resourcePolicy(t, 'SteeringQueuePolicy'), 'sqs:SendMessage', {
          ArnNotEquals: { 'aws:SourceArn': STEERING_RULE, 'aws:PrincipalArn': roleArn('ApproverRole') },
        }),
        'SteeringQueuePolicy',
      ),
    mutate: setting('SteeringQueuePolicy.Properties.PolicyDocument.Statement.1.Condition.ArnNotEquals.aws:PrincipalArn', [
      roleArn('ApproverRole'),
      roleArn('OperatorRole'),
    ]),
  },
  {
    name: 'a steering event that waits for more than five minutes raises an alarm within a minute',
    check: (t) =>
      unless(property(t, 'SteeringAgeAlarm', 'Threshold') === 300 && property(t, 'SteeringAgeAlarm', 'Period') === 60, 'SteeringAgeAlarm'),
    mutate: setting('SteeringAgeAlarm.Properties.Threshold', 900),
  },
  reported('SteeringRetried', 'SteeringFailingAlarm'),
  {
    name: 'a hold that fails once raises an alarm within a minute, which lasts until the message comes back',
    check: (t) =>
      unless(
        property(t, 'SteeringFailingAlarm', 'Threshold') === 0 &&
          property(t, 'SteeringFailingAlarm', 'Statistic') === 'Sum' &&
          property(t, 'SteeringFailingAlarm', 'Period') === 60 &&
          gapOf(t, 'SteeringFailingAlarm') >= 360 + 60,
        'SteeringFailingAlarm',
      ),
    mutate: setting('SteeringFailingAlarm.Properties.EvaluationPeriods', 1),
  },
  {
    name: 'the mapping of the steering queue has two execution environments of its own',
    check: (t) =>
      unless(property(t, 'ReleasesEventSourceMappingSQSSteeringQueue', 'ScalingConfig.MaximumConcurrency') === 2, 'the mapping'),
    mutate: setting('ReleasesEventSourceMappingSQSSteeringQueue.Properties.ScalingConfig.MaximumConcurrency', 1),
  },
  {
    name: 'a rollout that waits for the channel before it for more than a day raises an alarm, and no other reason to wait does',
    check: (t) => {
      const watched = metrics(t).flatMap((one) => get(one, 'MetricStat.Metric.MetricName') ?? []);
      const returned = metrics(t).filter((one) => get(one, 'ReturnData') === true);
      return [
        ...unless(watched.join() === 'WaitingForThresholdSeconds,WaitingForUpstreamMissingSeconds', 'the metrics'),
        ...unless(returned.length === 1 && get(returned[0], 'Expression') === 'MAX([threshold, missing])', 'the expression'),
        ...unless(property(t, 'GateStuckAlarm', 'Threshold') === DAY, 'the threshold'),
      ];
    },
    mutate: (t) => setting('GateStuckAlarm.Properties.Metrics.1.MetricStat.Metric.MetricName', 'WaitingForApprovalSeconds')(t),
  },
  {
    name: 'that alarm lasts although a waiting rollout may be measured every 24 minutes only',
    check: (t) => unless(gapOf(t, 'GateStuckAlarm') >= 24 * 60, 'GateStuckAlarm'),
    mutate: setting('GateStuckAlarm.Properties.EvaluationPeriods', 1),
  },
];
