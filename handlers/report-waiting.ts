import type { WaitReason } from '../domain/gate/gate.ts';
import { isWaitingForAws, type Rollout, waitingSince } from '../domain/rollout/rollout.ts';
import type { AdvanceServices } from './services.ts';

/**
 * Measures for how long a rollout has waited. One that waits for AWS can wait for ever, such as for a quota that never frees. An alarm
 * watches this age. What waits for people or for a time has an age for each reason.
 */
export function reportWaiting(row: Rollout, { now, telemetry }: Pick<AdvanceServices, 'now' | 'telemetry'>): void {
  const secondsSince = (since: number) => Math.max(0, now() - since) / 1000;
  if (!row.waits) {
    if (isWaitingForAws(row.state)) telemetry.measure('RolloutWaitingSeconds', secondsSince(waitingSince(row)));
    return;
  }
  for (const [reason, since] of Object.entries(row.waits.since))
    telemetry.measure(metricOfReason[reason as WaitReason], secondsSince(since));
}

/** For how long a rollout has waited for this reason. */
const metricOfReason: Readonly<Record<WaitReason, string>> = {
  UPSTREAM_MISSING: 'WaitingForUpstreamMissingSeconds',
  UPSTREAM_PENDING: 'WaitingForUpstreamPendingSeconds',
  THRESHOLD: 'WaitingForThresholdSeconds',
  SOAKING: 'WaitingForSoakingSeconds',
  APPROVAL: 'WaitingForApprovalSeconds',
  HELD: 'WaitingForHeldSeconds',
  CLOSED: 'WaitingForClosedSeconds',
};
