import { type Assertion, denies, property, resourcePolicy, roleArn, setting, unless } from './assertion.ts';
import { FOUR_DAYS, FOURTEEN_DAYS } from './queues.ts';
import { reported } from './watched.ts';

export const rejected: Assertion[] = [
  {
    name: 'rejected messages are kept for fourteen days',
    check: (t) => unless(property(t, 'RejectedQueue', 'MessageRetentionPeriod') === FOURTEEN_DAYS, 'RejectedQueue'),
    mutate: setting('RejectedQueue.Properties.MessageRetentionPeriod', FOUR_DAYS),
  },
  {
    name: 'the rejected queue accepts 1 MiB, so that a rejected body always fits',
    check: (t) => unless(property(t, 'RejectedQueue', 'MaximumMessageSize') === 1_048_576, 'RejectedQueue'),
    mutate: setting('RejectedQueue.Properties.MaximumMessageSize', 262_144),
  },
  {
    name: 'only the releases function may send to the rejected queue',
    check: (t) =>
      unless(
        denies(resourcePolicy(t, 'RejectedQueuePolicy'), 'sqs:SendMessage', {
          ArnNotEquals: { 'aws:PrincipalArn': roleArn('ReleasesRole') },
        }),
        'RejectedQueuePolicy',
      ),
    mutate: setting('RejectedQueuePolicy.Properties.PolicyDocument.Statement.0.Action', 'sqs:DeleteMessage'),
  },
  reported('RecordRejected', 'RejectedAlarm'),
  reported('ReleaseConflict', 'ConflictAlarm'),
];
