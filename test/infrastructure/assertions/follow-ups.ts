import { type Assertion, denies, resourcePolicy, roleArn, setting, unless } from './assertion.ts';

export const followUps: Assertion[] = [
  {
    name: 'only the functions and operators may send follow-ups',
    check: (t) =>
      unless(
        denies(resourcePolicy(t, 'FollowUpsQueuePolicy'), 'sqs:SendMessage', {
          ArnNotEquals: { 'aws:PrincipalArn': ['ReleasesRole', 'FollowUpsRole', 'SweepRole', 'OperatorRole'].map(roleArn) },
        }),
        'FollowUpsQueuePolicy',
      ),
    mutate: setting('FollowUpsQueuePolicy.Properties.PolicyDocument.Statement.0.Condition.ArnNotEquals.aws:PrincipalArn', '*'),
  },
];
