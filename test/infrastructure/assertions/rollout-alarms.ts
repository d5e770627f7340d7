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
    name: 'alarm and dashboard state that the time to creation begins with the claim',
    check: (t) => [
      ...unless(/ the claim /.test(String(get(t.Resources, 'CreationLatencyAlarm.Properties.AlarmDescription'))), 'CreationLatencyAlarm'),
      ...unless(/"title": "[^"]* the claim [^"]*"/.test(dashboard(t)), 'Dashboard'),
    ],
    mutate: setting('CreationLatencyAlarm.Properties.AlarmDescription', 'From event to confirmed creation'),
  },
];
