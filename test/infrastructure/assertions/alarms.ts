import type { Template } from '../../../scripts/compiled-template.ts';
import { type Assertion, equal, failing, get, list, of, resourcePolicy, setting, unless } from './assertion.ts';

const alarms = (t: Template) => of(t, 'AWS::CloudWatch::Alarm');
const watched = (t: Template, metric: string, value: string) =>
  alarms(t).some(
    ([, { Properties }]) => Properties['MetricName'] === metric && list(Properties['Dimensions']).some((d) => get(d, 'Value') === value),
  );
const functions = ['releases', 'follow-ups', 'sweep'];
const missing = (t: Template, metric: string, values: string[]) =>
  values.filter((value) => !watched(t, metric, `ota-dispatch-local-${value}`));
const dashboard = (t: Template) => String(get(t.Resources, 'Dashboard.Properties.DashboardBody'));

/** What the service reports and people must hear of. */
const REPORTED = [
  'RecordRejected',
  'ReleaseConflict',
  'CreateFailed',
  'RolloutFailed',
  'RolloutUncertain',
  'OutboxLagSeconds',
  'CreateThrottled',
  'AccessDenied',
  'WorkOverdue',
  'CreationLatencySeconds',
];
const reported = (metric: string, id: string): Assertion => ({
  name: `there is an alarm on ${metric}`,
  check: (t) => unless(watched(t, metric, 'ota-dispatch') && watched(t, metric, 'local'), metric),
  mutate: (t) => {
    delete t.Resources[id];
  },
});

export const alarmAssertions: Assertion[] = [
  {
    name: 'every dead-letter queue has an alarm on its first message',
    check: (t) => missing(t, 'ApproximateNumberOfMessagesVisible', ['releases-dlq', 'follow-ups-dlq', 'rule-dlq']),
    mutate: setting('RuleDeadLettersAlarm.Properties.Dimensions', [{ Name: 'QueueName', Value: 'ota-dispatch-local-releases-dlq' }]),
  },
  {
    name: 'one message in a dead-letter queue is enough',
    check: (t) =>
      failing(
        alarms(t).filter(([, a]) => a.Properties['MetricName'] === 'ApproximateNumberOfMessagesVisible'),
        ({ Properties }) => Properties['Threshold'] !== 0 || Properties['ComparisonOperator'] !== 'GreaterThanThreshold',
      ),
    mutate: setting('ReleasesDeadLettersAlarm.Properties.Threshold', 10),
  },
  {
    name: 'both queues with work have an alarm on their oldest message',
    check: (t) => missing(t, 'ApproximateAgeOfOldestMessage', ['releases', 'follow-ups']),
    mutate: (t) => {
      delete t.Resources['ReleasesAgeAlarm'];
    },
  },
  {
    name: 'a release may wait for 15 minutes, no longer',
    check: (t) => unless(get(t.Resources, 'ReleasesAgeAlarm.Properties.Threshold') === 900, 'ReleasesAgeAlarm'),
    mutate: setting('ReleasesAgeAlarm.Properties.Threshold', 86400),
  },
  reported('RecordRejected', 'RejectedAlarm'),
  reported('ReleaseConflict', 'ConflictAlarm'),
  reported('CreateFailed', 'CreateFailedAlarm'),
  reported('RolloutFailed', 'RolloutFailedAlarm'),
  reported('RolloutUncertain', 'UncertainAlarm'),
  reported('OutboxLagSeconds', 'OutboxLagAlarm'),
  reported('CreateThrottled', 'CreateThrottledAlarm'),
  reported('AccessDenied', 'AccessDeniedAlarm'),
  reported('WorkOverdue', 'WorkOverdueAlarm'),
  reported('CreationLatencySeconds', 'CreationLatencyAlarm'),
  {
    name: 'the alarms on what the service reports look in its namespace',
    check: (t) =>
      failing(
        alarms(t).filter(([, a]) => REPORTED.includes(String(a.Properties['MetricName']))),
        ({ Properties }) => Properties['Namespace'] !== 'OtaDispatch',
      ),
    mutate: setting('UncertainAlarm.Properties.Namespace', 'ota-dispatch'),
  },
  ...(['Errors', 'Throttles', 'Duration'] as const).map(
    (metric): Assertion => ({
      name: `every function has an alarm on its ${metric}`,
      check: (t) => missing(t, metric, functions),
      mutate: (t) => {
        delete t.Resources[`Sweep${metric}Alarm`];
      },
    }),
  ),
  {
    name: 'a duration is told before it becomes a timeout',
    check: (t) =>
      failing(
        alarms(t).filter(([, a]) => a.Properties['MetricName'] === 'Duration'),
        ({ Properties }) => !(Number(Properties['Threshold']) < 60_000),
      ),
    mutate: setting('ReleasesDurationAlarm.Properties.Threshold', 60_000),
  },
  {
    name: 'a sweep that is not called is noticed, although it then reports nothing',
    check: (t) => unless(get(t.Resources, 'SweepSilentAlarm.Properties.TreatMissingData') === 'breaching', 'SweepSilentAlarm'),
    mutate: setting('SweepSilentAlarm.Properties.TreatMissingData', 'notBreaching'),
  },
  {
    name: 'an event that even the dead-letter queue did not take is noticed',
    check: (t) => unless(watched(t, 'InvocationsFailedToBeSentToDlq', 'ota-dispatch-local-releases'), 'EventLostAlarm'),
    mutate: setting('EventLostAlarm.Properties.MetricName', 'Invocations'),
  },
  {
    name: 'a throttled ledger is noticed',
    check: (t) => ['ReadThrottleEvents', 'WriteThrottleEvents'].filter((metric) => !watched(t, metric, 'ota-dispatch-local-ledger')),
    mutate: (t) => {
      delete t.Resources['LedgerWritesThrottledAlarm'];
    },
  },
  {
    name: 'every alarm tells somebody, also when it is over',
    check: (t) =>
      failing(alarms(t), ({ Properties }) => list(Properties['AlarmActions']).length !== 1 || list(Properties['OKActions']).length !== 1),
    mutate: setting('ConflictAlarm.Properties.AlarmActions', []),
  },
  {
    name: 'every alarm says what it means for devices or releases and links its section of the runbook',
    check: (t) =>
      failing(alarms(t), ({ Properties }) => {
        const name = String(Properties['AlarmName']).replace('ota-dispatch-local-', '');
        return (
          !String(Properties['AlarmDescription']).endsWith(`See docs/how-to/runbook.md#${name}`) ||
          String(Properties['AlarmDescription']).length > 1024
        );
      }),
    mutate: setting('ConflictAlarm.Properties.AlarmDescription', 'Conflict'),
  },
  {
    name: 'the alarms on the sweep advise nothing that only the other functions have: messages, a quota, S3, a control plane',
    check: (t) =>
      failing(
        alarms(t).filter(([id]) => id.startsWith('Sweep')),
        ({ Properties }) => /message|createsPerSecond|S3|control plane/i.test(String(Properties['AlarmDescription'])),
      ),
    mutate: setting('SweepErrorsAlarm.Properties.AlarmDescription', 'The sweep function crashed. Messages are retried.'),
  },
  {
    name: 'the time to creation is said to run from the claim, where the service begins to measure it',
    check: (t) => [
      ...unless(
        /^From the claim to/.test(String(get(t.Resources, 'CreationLatencyAlarm.Properties.AlarmDescription'))),
        'CreationLatencyAlarm',
      ),
      ...unless(dashboard(t).includes('"title": "From the claim to'), 'Dashboard'),
    ],
    mutate: setting('CreationLatencyAlarm.Properties.AlarmDescription', 'From event to confirmed creation'),
  },
  {
    name: 'no alarm rings for want of data but the one on the sweep',
    check: (t) =>
      failing(alarms(t), ({ Properties }, id) => id !== 'SweepSilentAlarm' && Properties['TreatMissingData'] !== 'notBreaching'),
    mutate: setting('RejectedAlarm.Properties.TreatMissingData', undefined),
  },
  {
    name: 'only CloudWatch publishes to the alarm topic, for this account',
    check: (t) =>
      unless(
        equal(
          resourcePolicy(t, 'AlarmTopicPolicy')
            .filter((s) => s.effect === 'Allow')
            .map((s) => [s.principal, s.condition]),
          [[{ Service: 'cloudwatch.amazonaws.com' }, { StringEquals: { 'aws:SourceAccount': '111122223333' } }]],
        ),
        'AlarmTopicPolicy',
      ),
    mutate: setting('AlarmTopicPolicy.Properties.PolicyDocument.Statement.0.Principal', '*'),
  },
  {
    name: 'the dashboard shows releases, rollouts, devices and the time to creation',
    check: (t) =>
      [
        'RecordDispatched',
        'RecordDuplicate',
        'RecordRejected',
        'RecordRetried',
        'RolloutCreated',
        'RolloutCompleted',
        'RolloutFailed',
        'RolloutSuperseded',
        'RolloutWithdrawn',
        'RolloutUncertain',
        'DevicesSucceeded',
        'DevicesFailed',
        'CreationLatencySeconds',
      ].filter((metric) => !dashboard(t).includes(`"${metric}"`)),
    mutate: (t) => setting('Dashboard.Properties.DashboardBody', dashboard(t).replace('"DevicesFailed"', '"Devices"'))(t),
  },
  {
    name: 'the dashboard is valid JSON, its widgets do not overlap',
    check: (t) => {
      try {
        const { widgets } = JSON.parse(dashboard(t)) as { widgets: { x: number; y: number }[] };
        return unless(new Set(widgets.map(({ x, y }) => `${x},${y}`)).size === widgets.length, 'two widgets in one place');
      } catch {
        return ['not JSON'];
      }
    },
    mutate: (t) => setting('Dashboard.Properties.DashboardBody', `${dashboard(t)},`)(t),
  },
];
