import { type Assertion, equal, get, property, setting, unless } from './assertion.ts';
import { dashboard } from './dashboard.ts';
import { gapOf, reported } from './watched.ts';

export const rolloutAlarms: Assertion[] = [
  reported('CreateFailed', 'CreateFailedAlarm'),
  reported('RolloutFailed', 'RolloutFailedAlarm'),
  reported('RolloutUncertain', 'UncertainAlarm'),
  reported('OutboxLagSeconds', 'OutboxLagAlarm'),
  reported('CreateThrottled', 'CreateThrottledAlarm'),
  reported('AccessDenied', 'AccessDeniedAlarm'),
  reported('CreationLatencySeconds', 'CreationLatencyAlarm'),
  reported('RolloutWaitingSeconds', 'RolloutWaitingAlarm'),
  reported('LookThrottled', 'LooksThrottledAlarm'),
  reported('LookFailed', 'LooksFailingAlarm'),
  {
    name: 'a rollout that waits for more than an hour raises an alarm',
    check: (t) =>
      unless(
        equal(
          ['Statistic', 'Threshold', 'ComparisonOperator'].map((name) => property(t, 'RolloutWaitingAlarm', name)),
          ['Maximum', 3600, 'GreaterThanThreshold'],
        ),
        'RolloutWaitingAlarm',
      ),
    mutate: setting('RolloutWaitingAlarm.Properties.Statistic', 'Average'),
  },
  {
    name: 'that alarm lasts although a rollout may be measured every 24 minutes only',
    check: (t) => unless(gapOf(t, 'RolloutWaitingAlarm') >= 24 * 60, 'RolloutWaitingAlarm'),
    mutate: setting('RolloutWaitingAlarm.Properties.EvaluationPeriods', 1),
  },
  {
    name: 'a single look at a CREATED rollout that fails at every sweep raises an alarm',
    check: (t) =>
      unless(
        property(t, 'LooksFailingAlarm', 'Threshold') === 0 && Number(property(t, 'LooksFailingAlarm', 'Period')) >= 15 * 60,
        'LooksFailingAlarm',
      ),
    mutate: setting('LooksFailingAlarm.Properties.Period', 300),
  },
  {
    name: 'alarm and dashboard state that the time to creation begins with the claim',
    check: (t) => [
      ...unless(/ the claim /.test(String(get(t.Resources, 'CreationLatencyAlarm.Properties.AlarmDescription'))), 'CreationLatencyAlarm'),
      ...unless(/"title": "[^"]* the claim [^"]*"/.test(dashboard(t)), 'Dashboard'),
    ],
    mutate: setting('CreationLatencyAlarm.Properties.AlarmDescription', 'From event to confirmed creation'),
  },
];
