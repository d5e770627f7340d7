import type { Template } from '../../../scripts/compiled-template.ts';
import { type Assertion, get, setting, unless } from './assertion.ts';

/** The text of the dashboard. */
export const dashboard = (t: Template) => String(get(t.Resources, 'Dashboard.Properties.DashboardBody'));

export const dashboardAssertions: Assertion[] = [
  {
    name: 'the dashboard shows releases, rollouts, devices, the time to creation, what waits and what fails',
    check: (t) =>
      [
        'RecordDispatched',
        'RecordDuplicate',
        'RecordRejected',
        'RecordRetried',
        'RolloutCreated',
        'RolloutCompleted',
        'RolloutFailed',
        'RolloutSuperseded',
        'RolloutWithdrawn',
        'RolloutUncertain',
        'DevicesSucceeded',
        'DevicesFailed',
        'CreationLatencySeconds',
        'RolloutWaitingSeconds',
        'RecordFailingSeconds',
        'FollowUpFailingSeconds',
        'WithdrawalRetried',
        'SteeringRetried',
        'LookThrottled',
        'LookFailed',
        'WaitingForUpstreamMissingSeconds',
        'WaitingForUpstreamPendingSeconds',
        'WaitingForThresholdSeconds',
        'WaitingForSoakingSeconds',
        'WaitingForApprovalSeconds',
        'WaitingForHeldSeconds',
        'WaitingForClosedSeconds',
      ].filter((metric) => !dashboard(t).includes(`"${metric}"`)),
    mutate: (t) => setting('Dashboard.Properties.DashboardBody', dashboard(t).replace('"DevicesFailed"', '"Devices"'))(t),
  },
  {
    name: 'the dashboard is valid JSON, and its widgets do not overlap',
    check: (t) => {
      try {
        const { widgets } = JSON.parse(dashboard(t)) as { widgets: { x: number; y: number }[] };
        return unless(new Set(widgets.map(({ x, y }) => `${x},${y}`)).size === widgets.length, 'two widgets in one place');
      } catch {
        return ['not JSON'];
      }
    },
    mutate: (t) => setting('Dashboard.Properties.DashboardBody', `${dashboard(t)},`)(t),
  },
];
