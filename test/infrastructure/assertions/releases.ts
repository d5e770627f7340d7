import { type Assertion, denies, get, property, RELEASES_RULE, resourcePolicy, roleArn, setting, unless } from './assertion.ts';

export const releases: Assertion[] = [
  {
    name: 'releases takes 256 KiB',
    check: (t) => unless(property(t, 'ReleasesQueue', 'MaximumMessageSize') === 262_144, 'ReleasesQueue'),
    mutate: setting('ReleasesQueue.Properties.MaximumMessageSize', undefined),
  },
  {
    name: 'only EventBridge and operators may send to releases',
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
    name: 'a release may wait for 15 minutes, no longer',
    check: (t) => unless(get(t.Resources, 'ReleasesAgeAlarm.Properties.Threshold') === 900, 'ReleasesAgeAlarm'),
    mutate: setting('ReleasesAgeAlarm.Properties.Threshold', 86400),
  },
];
