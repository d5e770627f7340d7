import type { Template } from '../../../scripts/compiled-template.ts';
import { type Assertion, denies, get, property, RELEASES_RULE, resourcePolicy, roleArn, setting, unless } from './assertion.ts';
import { gapOf, reported } from './watched.ts';

const QUARTER_OF_AN_HOUR = 900;
const FUNCTION_TIMEOUT = 60;

/**
 * The alarm on messages that keep failing, unless it rings within 15 minutes of the first receive and then lasts. The third
 * receive of a message comes after two visibility timeouts. It fails within the timeout of the function, and CloudWatch takes
 * one more period.
 */
export function ringsInTime(t: Template, id: string, queue: string): string[] {
  const number = (name: string) => Number(property(t, id, name));
  const visibility = Number(property(t, queue, 'VisibilityTimeout'));
  const isInTime = number('Threshold') < 2 * visibility && 2 * visibility + FUNCTION_TIMEOUT + number('Period') <= QUARTER_OF_AN_HOUR;
  return unless(isInTime && property(t, id, 'Statistic') === 'Maximum' && gapOf(t, id) >= visibility + FUNCTION_TIMEOUT, id);
}

export const releases: Assertion[] = [
  {
    name: 'the releases queue accepts 256 KiB',
    check: (t) => unless(property(t, 'ReleasesQueue', 'MaximumMessageSize') === 262_144, 'ReleasesQueue'),
    mutate: setting('ReleasesQueue.Properties.MaximumMessageSize', undefined),
  },
  {
    name: 'only EventBridge and operators may send to the releases queue',
    check: (t) =>
      unless(
        denies(resourcePolicy(t, 'ReleasesQueuePolicy'), 'sqs:SendMessage', {
          ArnNotEquals: { 'aws:SourceArn': RELEASES_RULE, 'aws:PrincipalArn': roleArn('OperatorRole') },
        }),
        'ReleasesQueuePolicy',
      ),
    mutate: setting('ReleasesQueuePolicy.Properties.PolicyDocument.Statement.1.Effect', 'Allow'),
  },
  {
    name: 'a release that waits for more than 15 minutes raises an alarm',
    check: (t) => unless(get(t.Resources, 'ReleasesAgeAlarm.Properties.Threshold') === 900, 'ReleasesAgeAlarm'),
    mutate: setting('ReleasesAgeAlarm.Properties.Threshold', 86400),
  },
  reported('RecordFailingSeconds', 'RecordsFailingAlarm'),
  {
    name: 'a message that keeps failing raises an alarm within 15 minutes of its first receive, although the age of it no longer counts',
    check: (t) => ringsInTime(t, 'RecordsFailingAlarm', 'ReleasesQueue'),
    mutate: setting('RecordsFailingAlarm.Properties.Period', 300),
  },
  reported('WithdrawalRetried', 'WithdrawalFailingAlarm'),
  {
    name: 'a withdrawal that fails once raises an alarm within a minute',
    check: (t) =>
      unless(
        property(t, 'WithdrawalFailingAlarm', 'Threshold') === 0 &&
          property(t, 'WithdrawalFailingAlarm', 'Statistic') === 'Sum' &&
          property(t, 'WithdrawalFailingAlarm', 'Period') === 60 &&
          property(t, 'WithdrawalFailingAlarm', 'DatapointsToAlarm') === 1,
        'WithdrawalFailingAlarm',
      ),
    mutate: setting('WithdrawalFailingAlarm.Properties.DatapointsToAlarm', undefined),
  },
  {
    name: 'the alarm on failing withdrawals does not end between two attempts, which are up to 25 minutes apart',
    check: (t) => unless(Number(property(t, 'WithdrawalFailingAlarm', 'EvaluationPeriods')) * 60 > 25 * 60, 'WithdrawalFailingAlarm'),
    mutate: setting('WithdrawalFailingAlarm.Properties.EvaluationPeriods', 10),
  },
];
