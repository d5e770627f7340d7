import { type Assertion, denies, failing, property, resourcePolicy, roleArn, STEERING_RULE, setting, unless } from './assertion.ts';
import { alarms, gapOf, reported } from './watched.ts';

const DAY = 86_400;
/** The alarms on reasons to wait that may last for ever unnoticed, with their metrics. */
const STUCK = { GateStuckAlarm: 'WaitingForThresholdSeconds', UpstreamMissingAlarm: 'WaitingForUpstreamMissingSeconds' } as const;

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
  reported('WaitingForThresholdSeconds', 'GateStuckAlarm'),
  reported('WaitingForUpstreamMissingSeconds', 'UpstreamMissingAlarm'),
  {
    name: 'a rollout that waits for the channel before it for more than a day raises an alarm, and no other reason to wait does',
    check: (t) => [
      ...Object.entries(STUCK)
        .filter(
          ([id, metric]) =>
            property(t, id, 'MetricName') !== metric || property(t, id, 'Threshold') !== DAY || property(t, id, 'Statistic') !== 'Maximum',
        )
        .map(([id]) => id),
      ...alarms(t)
        .filter(([id, { Properties }]) => /^WaitingFor/.test(String(Properties['MetricName'])) && !Object.keys(STUCK).includes(id))
        .map(([id]) => id),
    ],
    mutate: setting('UpstreamMissingAlarm.Properties.MetricName', 'WaitingForApprovalSeconds'),
  },
  {
    name: 'these alarms last although a waiting rollout may be measured every 24 minutes only',
    check: (t) => Object.keys(STUCK).filter((id) => gapOf(t, id) < 24 * 60),
    mutate: setting('GateStuckAlarm.Properties.EvaluationPeriods', 1),
  },
  {
    name: 'no alarm needs metric math, so that every engine can provision it',
    check: (t) => failing(alarms(t), ({ Properties }) => Properties['Metrics'] !== undefined),
    mutate: setting('GateStuckAlarm.Properties.Metrics', []),
  },
];
