import { type Assertion, denies, property, resourcePolicy, roleArn, setting, unless } from './assertion.ts';
import { ringsInTime } from './releases.ts';
import { reported } from './watched.ts';

export const followUps: Assertion[] = [
  {
    name: 'only the functions, operators and the rule of job events may send to the follow-ups queue',
    check: (t) =>
      unless(
        denies(resourcePolicy(t, 'FollowUpsQueuePolicy'), 'sqs:SendMessage', {
          ArnNotEquals: {
            'aws:PrincipalArn': ['ReleasesRole', 'FollowUpsRole', 'SweepRole', 'OperatorRole', 'JobEventsRole'].map(roleArn),
          },
        }),
        'FollowUpsQueuePolicy',
      ),
    mutate: setting('FollowUpsQueuePolicy.Properties.PolicyDocument.Statement.0.Condition.ArnNotEquals.aws:PrincipalArn', '*'),
  },
  {
    name: 'a check that waits for a quarter of an hour after its delay raises an alarm',
    check: (t) => unless(property(t, 'FollowUpsAgeAlarm', 'Threshold') === 300 + 900, 'FollowUpsAgeAlarm'),
    mutate: setting('FollowUpsAgeAlarm.Properties.Threshold', 1800),
  },
  reported('FollowUpFailingSeconds', 'FollowUpsFailingAlarm'),
  {
    name: 'a check that keeps failing raises an alarm within 15 minutes of its first receive',
    check: (t) => ringsInTime(t, 'FollowUpsFailingAlarm', 'FollowUpsQueue'),
    mutate: setting('FollowUpsFailingAlarm.Properties.Threshold', 900),
  },
];
