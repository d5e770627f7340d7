import { type Assertion, denies, get, property, RELEASES_RULE, resourcePolicy, roleArn, setting, unless } from './assertion.ts';

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
];
