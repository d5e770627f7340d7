import { type Assertion, equal, failing, get, of, setting, unless } from './assertion.ts';
import { alarms, reported } from './watched.ts';

export const sweep: Assertion[] = [
  {
    name: 'the sweep runs every five minutes',
    check: (t) =>
      unless(
        equal(
          [
            get(t.Resources, 'SweepEventsRuleSchedule1.Properties.ScheduleExpression'),
            get(t.Resources, 'SweepEventsRuleSchedule1.Properties.State'),
          ],
          ['rate(5 minutes)', 'ENABLED'],
        ),
        'schedule',
      ),
    mutate: setting('SweepEventsRuleSchedule1.Properties.State', 'DISABLED'),
  },
  {
    name: 'a failed sweep is not retried, because the next one follows',
    check: (t) => unless(get(t.Resources, 'SweepLambdaEvConf.Properties.MaximumRetryAttempts') === 0, 'SweepLambdaEvConf'),
    mutate: setting('SweepLambdaEvConf.Properties.MaximumRetryAttempts', 2),
  },
  {
    name: 'only the schedule may invoke the sweep',
    check: (t) =>
      failing(
        of(t, 'AWS::Lambda::Permission'),
        ({ Properties }) =>
          Properties['Principal'] !== 'events.amazonaws.com' || !String(Properties['SourceArn']).endsWith('rule/ota-dispatch-local-sweep'),
      ),
    mutate: setting('SweepLambdaPermissionEventsRuleSchedule1.Properties.SourceArn', undefined),
  },
  {
    name: 'a sweep that is not invoked raises an alarm, although it reports no data then',
    check: (t) => unless(get(t.Resources, 'SweepSilentAlarm.Properties.TreatMissingData') === 'breaching', 'SweepSilentAlarm'),
    mutate: setting('SweepSilentAlarm.Properties.TreatMissingData', 'notBreaching'),
  },
  reported('WorkOverdue', 'WorkOverdueAlarm'),
  {
    name: 'the alarms on the sweep give no advice that fits only the other functions',
    check: (t) =>
      failing(
        alarms(t).filter(([id]) => id.startsWith('Sweep')),
        ({ Properties }) => /message|createsPerSecond|S3|control plane/i.test(String(Properties['AlarmDescription'])),
      ),
    mutate: setting('SweepErrorsAlarm.Properties.AlarmDescription', 'The sweep function crashed. Messages are retried.'),
  },
];
