import type { Rollout } from '../../domain/rollout/rollout.ts';

/** The schedule of a request, in the spelling of either service. AWS takes its times in UTC. */
type Schedule = {
  readonly startTime?: string;
  readonly endTime?: string;
  readonly maintenanceWindows?: readonly unknown[];
  readonly StartTime?: string;
  readonly EndTime?: string;
  readonly MaintenanceWindows?: readonly unknown[];
};

/**
 * When the devices of a rollout may start, because nothing moves before: `schedule: from 2026-12-01T08:00 UTC, until 2026-12-03T08:00
 * UTC`. Undefined if its request has no schedule.
 */
export function scheduleWords({ request }: Pick<Rollout, 'request'>): string | undefined {
  const { schedulingConfig, OtaSchedulingConfig } = request as Readonly<Record<string, Schedule | undefined>>;
  const { startTime, endTime, maintenanceWindows = [] } = schedulingConfig ?? {};
  const { StartTime = startTime, EndTime = endTime, MaintenanceWindows = maintenanceWindows } = OtaSchedulingConfig ?? {};
  const parts = [
    StartTime !== undefined && `from ${StartTime} UTC`,
    EndTime !== undefined && `until ${EndTime} UTC`,
    MaintenanceWindows.length > 0 && 'only in its maintenance windows',
  ].filter((part) => part !== false);
  return parts.length === 0 ? undefined : `schedule: ${parts.join(', ')}`;
}
