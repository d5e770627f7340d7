import type { Problem } from 'aws-ota-models';
import { JOB_SCHEDULE_MINUTES_MIN } from './job-facts.ts';
import type { Channel, Channels } from './schema.ts';
import { objectOf } from './template-shape.ts';

/**
 * The times in schedules of channels that every release would be rejected for at `now` (epoch ms), because they have passed or are too
 * near. A channel with `scheduleFromRelease` takes others. Paths lead from the top of the file. Without `now` there are none.
 */
export function findPastSchedules({ products }: Channels, now?: number): Problem[] {
  if (now === undefined) return [];
  return Object.entries(products).flatMap(([product, { channels }]) =>
    Object.entries(channels).flatMap(([name, channel]) =>
      pastTimes(channel, now).map(({ path, message }) => ({ path: ['products', product, 'channels', name, ...path], message })),
    ),
  );
}

function pastTimes(channel: Channel, now: number): Problem[] {
  if (channel.scheduleFromRelease !== undefined) return [];
  const { EndTime } = objectOf(channel.createOtaTask?.OtaSchedulingConfig);
  const schedule = objectOf(channel.createJob?.schedulingConfig);
  const nearest = now + JOB_SCHEDULE_MINUTES_MIN * 60_000;
  const ofTask = { path: ['createOtaTask', 'OtaSchedulingConfig', 'EndTime'], message: 'it has passed: give a later end, or remove it' };
  const ofJob = (member: string) => ({
    path: ['createJob', 'schedulingConfig', member],
    message: `it is less than ${JOB_SCHEDULE_MINUTES_MIN} minutes ahead, or has passed: give a later time, or remove it`,
  });
  return [
    ...(isBefore(EndTime, now) ? [ofTask] : []),
    ...['startTime', 'endTime'].flatMap((member) => (isBefore(schedule[member], nearest) ? [ofJob(member)] : [])),
  ];
}

/** Whether a minute of AWS, `YYYY-MM-DDTHH:mm` in UTC, is not after an instant. */
function isBefore(minute: unknown, instant: number): boolean {
  return typeof minute === 'string' && Date.parse(`${minute}:00Z`) <= instant;
}
