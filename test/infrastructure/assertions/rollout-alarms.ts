import { type Assertion, get, setting, unless } from './assertion.ts';
import { dashboard } from './dashboard.ts';
import { reported } from './watched.ts';

export const rolloutAlarms: Assertion[] = [
  reported('CreateFailed', 'CreateFailedAlarm'),
  reported('RolloutFailed', 'RolloutFailedAlarm'),
  reported('RolloutUncertain', 'UncertainAlarm'),
  reported('OutboxLagSeconds', 'OutboxLagAlarm'),
  reported('CreateThrottled', 'CreateThrottledAlarm'),
  reported('AccessDenied', 'AccessDeniedAlarm'),
  reported('CreationLatencySeconds', 'CreationLatencyAlarm'),
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
];
