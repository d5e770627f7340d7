import { globSync, readFileSync } from 'node:fs';
import { type Assertion, equal, failing, list, resourcePolicy, setting, unless } from './assertion.ts';
import { dashboard } from './dashboard.ts';
import { alarms, missing } from './watched.ts';

/** The code that measures. */
const MEASURED = ['adapters/telemetry.ts', ...globSync('handlers/*.ts')].map((file) => readFileSync(file, 'utf8')).join('');
const functions = ['releases', 'follow-ups', 'sweep'];
/** The metrics of the service that need an alarm. */
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
  'RolloutWaitingSeconds',
  'RecordFailingSeconds',
  'FollowUpFailingSeconds',
  'WithdrawalRetried',
  'SteeringRetried',
  'LookThrottled',
  'LookFailed',
];

export const alarmAssertions: Assertion[] = [
  {
    name: 'every dead-letter queue has an alarm on its first message',
    check: (t) => missing(t, 'ApproximateNumberOfMessagesVisible', ['releases-dlq', 'steering-dlq', 'follow-ups-dlq', 'rule-dlq']),
    mutate: setting('RuleDeadLettersAlarm.Properties.Dimensions', [{ Name: 'QueueName', Value: 'ota-dispatch-local-releases-dlq' }]),
  },
  {
    name: 'one message in a dead-letter queue raises the alarm',
    check: (t) =>
      failing(
        alarms(t).filter(([, a]) => a.Properties['MetricName'] === 'ApproximateNumberOfMessagesVisible'),
        ({ Properties }) => Properties['Threshold'] !== 0 || Properties['ComparisonOperator'] !== 'GreaterThanThreshold',
      ),
    mutate: setting('ReleasesDeadLettersAlarm.Properties.Threshold', 10),
  },
  {
    name: 'all queues that a function empties have an alarm on their oldest message',
    check: (t) => missing(t, 'ApproximateAgeOfOldestMessage', ['releases', 'steering', 'follow-ups']),
    mutate: (t) => {
      delete t.Resources['ReleasesAgeAlarm'];
    },
  },
  {
    name: 'the alarms on the metrics of the service use its namespace',
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
    name: 'an alarm on a duration comes before the timeout',
    check: (t) =>
      failing(
        alarms(t).filter(([, a]) => a.Properties['MetricName'] === 'Duration'),
        ({ Properties }) => !(Number(Properties['Threshold']) < 60_000),
      ),
    mutate: setting('ReleasesDurationAlarm.Properties.Threshold', 60_000),
  },
  {
    name: 'every alarm notifies somebody, both when it begins and when it ends',
    check: (t) =>
      failing(alarms(t), ({ Properties }) => list(Properties['AlarmActions']).length !== 1 || list(Properties['OKActions']).length !== 1),
    mutate: setting('ConflictAlarm.Properties.AlarmActions', []),
  },
  {
    name: 'the description of every alarm ends with its section of the runbook',
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
    name: 'the service measures every metric of its own that an alarm watches or the dashboard shows',
    check: (t) => {
      const shown = [...dashboard(t).matchAll(/\["(?:OtaDispatch|\.)", "(\w+)"/g)].map(([, metric = '']) => metric);
      const own = alarms(t).filter(([, { Properties }]) => Properties['Namespace'] === 'OtaDispatch');
      const all = [
        ...own.map(([, { Properties }]) => String(Properties['MetricName'])),
        ...shown.filter((metric) => metric !== 'Throttles'),
      ];
      return all.filter((metric) => !MEASURED.includes(`'${metric}'`));
    },
    mutate: setting('LooksFailingAlarm.Properties.MetricName', 'LooksFailed'),
  },
  {
    name: 'no alarm sends anybody to the trace, because the calls to AWS are not in it',
    check: (t) => failing(alarms(t), ({ Properties }) => /\btraces?\b/i.test(String(Properties['AlarmDescription']))),
    mutate: setting('ReleasesDurationAlarm.Properties.AlarmDescription', 'Find in the trace what is slow.'),
  },
  {
    name: 'missing data raises no alarm but the one on the silent sweep',
    check: (t) =>
      failing(alarms(t), ({ Properties }, id) => id !== 'SweepSilentAlarm' && Properties['TreatMissingData'] !== 'notBreaching'),
    mutate: setting('RejectedAlarm.Properties.TreatMissingData', undefined),
  },
  {
    name: 'only CloudWatch may publish to the alarm topic, for this account',
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
];
