import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../src/clock.ts';
import { createDevices } from '../../src/fleet/devices.ts';
import type { ExecutionStatus } from '../../src/fleet/executions.ts';
import { createFleet } from '../../src/fleet/fleet.ts';
import type { Job, JobSpec } from '../../src/fleet/job.ts';
import { createJobs, type JobEvent, type JobsSettings } from '../../src/fleet/jobs.ts';
import type { FleetSettings } from '../../src/fleet/plan.ts';
import { readSchedule } from '../../src/fleet/schedule.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Thursday. */
const START = Date.UTC(2026, 0, 1);

/** One group of `size` things. Devices start after one second and take two. */
function fleetOf(size: number, settings: Partial<FleetSettings> = {}, jobsSettings: Partial<JobsSettings> = {}) {
  const clock = createManualClock(START);
  const devices = createDevices();
  const fleet = createFleet({ startMilliseconds: [SECOND, SECOND], updateMilliseconds: [2 * SECOND, 2 * SECOND], ...settings });
  const members = new Set(Array.from({ length: size }, (_, at) => devices.numberOf(`thing-${at}`)));
  const events: JobEvent[] = [];
  const onEvent = (event: JobEvent) => events.push(event);
  const jobs = createJobs({ clock, fleet, nameOf: devices.nameOf, membersOf: () => members, settings: jobsSettings, onEvent });
  const start = (changes: Partial<JobSpec> = {}) =>
    jobs.create({ id: 'job', targets: ['group'], continuous: false, document: '{}', ...changes });
  const join = (name: string) => {
    members.add(devices.numberOf(name));
    jobs.join('group', devices.numberOf(name));
  };
  const leave = (name: string) => {
    members.delete(devices.numberOf(name));
    jobs.leave('group', devices.numberOf(name));
  };
  return { clock, devices, events, fleet, jobs, start, join, leave };
}

const counts = (job: Job, ...statuses: ExecutionStatus[]) => statuses.map((status) => job.executions.count(status));
const schedule = (text: Parameters<typeof readSchedule>[0], at = { now: START, wall: START }) => {
  const read = readSchedule(text, at);
  if (typeof read === 'string') throw new Error(read);
  return read;
};
/** Daily from two to five minutes past two. */
const nightly = { startTime: 'cron(0 2 * * ? *)', durationInMinutes: 5 };

describe('maintenance windows', () => {
  it('make the job SCHEDULED while none is open, and IN_PROGRESS while one is', () => {
    const { clock, start } = fleetOf(10, { devices: { 'thing-9': 'OFFLINE' } });
    const job = start({ continuous: true, schedule: schedule({ windows: [nightly] }) });
    expect([job.status, job.begun, job.executions.size()]).toEqual(['SCHEDULED', false, 0]);
    clock.advance(2 * HOUR - 1);
    expect(job.status).toBe('SCHEDULED');
    clock.advance(1);
    expect(job.status).toBe('IN_PROGRESS');
    clock.advance(5 * MINUTE - 1);
    expect([job.status, ...counts(job, 'SUCCEEDED', 'QUEUED')]).toEqual(['IN_PROGRESS', 9, 1]);
    clock.advance(1);
    expect([job.status, job.begun, ...counts(job, 'QUEUED')]).toEqual(['SCHEDULED', true, 1]);
    clock.advance(DAY - 5 * MINUTE);
    expect(job.status).toBe('IN_PROGRESS');
  });

  it('let what has started go on, and make retries and late joiners wait for the next one', () => {
    const devices = { 'thing-0': 'FAILED', 'thing-1': 'SUCCEEDED' } as const;
    const { clock, start, join } = fleetOf(2, { devices, updateMilliseconds: [10 * MINUTE, 10 * MINUTE] });
    const job = start({
      continuous: true,
      retries: [{ failureType: 'FAILED', retries: 1 }],
      schedule: schedule({ windows: [nightly] }),
    });
    clock.advance(2 * HOUR + 6 * MINUTE);
    expect([job.status, ...counts(job, 'IN_PROGRESS')]).toEqual(['SCHEDULED', 2]);
    join('late');
    clock.advance(HOUR);
    expect([job.status, ...counts(job, 'SUCCEEDED', 'QUEUED')]).toEqual(['SCHEDULED', 1, 2]);
    clock.advance(DAY);
    expect(counts(job, 'SUCCEEDED', 'FAILED')).toEqual([2, 1]);
  });

  it('hide an execution from its device if they close before it has started', () => {
    const { clock, start } = fleetOf(1, { startMilliseconds: [6 * MINUTE, 6 * MINUTE] });
    const job = start({ continuous: true, schedule: schedule({ windows: [nightly] }) });
    clock.advance(2 * HOUR + 30 * MINUTE);
    expect([job.status, ...counts(job, 'QUEUED')]).toEqual(['SCHEDULED', 1]);
    clock.advance(DAY - 30 * MINUTE);
    expect(counts(job, 'IN_PROGRESS')).toEqual([1]);
  });

  it('do not let the abort criteria wait', () => {
    const { clock, start } = fleetOf(2, { devices: { 'thing-0': 'FAILED' }, updateMilliseconds: [10 * MINUTE, 10 * MINUTE] });
    const abort = [{ failureType: 'FAILED', thresholdPercentage: 1, minNumberOfExecutedThings: 1 }] as const;
    const job = start({ continuous: true, abort, rollout: { maximumPerMinute: 1 }, schedule: schedule({ windows: [nightly] }) });
    clock.advance(2 * HOUR + 11 * MINUTE);
    expect([job.status, job.reasonCode]).toEqual(['CANCELED', 'ABORT_CRITERIA_MET']);
  });

  it('keep to the rate of the rollout from one to the next', () => {
    const { clock, start } = fleetOf(100);
    const hourly = { startTime: 'cron(0 * * * ? *)', durationInMinutes: 2 };
    const job = start({ continuous: true, rollout: { maximumPerMinute: 1 }, schedule: schedule({ windows: [hourly] }) });
    clock.advance(10 * HOUR - 1);
    expect(job.notified).toBe(20);
  });

  it('that overlap are one, and one that never opens leaves the job SCHEDULED', () => {
    const windows = [
      { startTime: 'cron(0 2 ? * * *)', durationInMinutes: 60 },
      { startTime: 'cron(30 2 ? * * *)', durationInMinutes: 60 },
      { startTime: 'cron(30 3 ? * * *)', durationInMinutes: 1 },
    ];
    const overlapping = schedule({ windows }).windows;
    expect(overlapping?.closing(START + 2 * HOUR)).toBe(START + 3 * HOUR + 31 * MINUTE);
    const inside = { startTime: 'cron(10 2 ? * * *)', durationInMinutes: 5 };
    expect(schedule({ windows: [...windows.slice(0, 1), inside] }).windows?.closing(START + 2 * HOUR)).toBe(START + 3 * HOUR);
    const { clock, start } = fleetOf(1);
    const job = start({ continuous: true, schedule: schedule({ windows: [{ startTime: 'cron(0 0 31 2 ? *)', durationInMinutes: 1 }] }) });
    clock.advance(DAY);
    expect(job.status).toBe('SCHEDULED');
  });

  it('open by wall time, on a clock that is ahead of it', () => {
    const ahead = 7 * HOUR + 10 * MINUTE;
    const { windows } = schedule({ windows: [nightly] }, { now: START + ahead, wall: START });
    expect(windows?.nextOpening(START + ahead)).toBe(START + ahead + 2 * HOUR);
    expect(windows?.nextStarts(START + ahead, 2)).toEqual([START + ahead + 2 * HOUR, START + ahead + DAY + 2 * HOUR]);
  });
});

describe('the end of a schedule', () => {
  it('completes a continuous job when the last execution has ended', () => {
    const { clock, fleet, join, start } = fleetOf(2, { devices: { 'thing-1': 'OFFLINE' } });
    const job = start({ continuous: true, schedule: schedule({ endTime: '2026-01-01T02:03' }) });
    clock.advance(3 * HOUR);
    expect([job.status, ...counts(job, 'SUCCEEDED', 'QUEUED')]).toEqual(['IN_PROGRESS', 1, 1]);
    join('late');
    expect(job.executions.size()).toBe(2);
    fleet.change({ devices: {} });
    clock.advance(MINUTE);
    expect([job.status, ...counts(job, 'SUCCEEDED')]).toEqual(['COMPLETED', 2]);
  });

  it.each([
    ['STOP_ROLLOUT', 'IN_PROGRESS', [2, 1]],
    ['CANCEL', 'CANCELED', [2, 0]],
    ['FORCE_CANCEL', 'CANCELED', [0, 0]],
  ] as const)('%s makes the job %s', (endBehavior, status, open) => {
    const devices = { 'thing-0': 'OFFLINE' } as const;
    const { clock, start } = fleetOf(9, { devices, updateMilliseconds: [HOUR, HOUR] });
    const job = start({ rollout: { maximumPerMinute: 1 }, schedule: schedule({ endTime: '2026-01-01T00:02:30', endBehavior }) });
    clock.advance(3 * MINUTE);
    expect([job.status, counts(job, 'IN_PROGRESS', 'QUEUED')]).toEqual([status, open]);
  });

  it('between two windows ends the job as well, and shows what may still end', () => {
    const { clock, fleet, start } = fleetOf(2, { devices: { 'thing-1': 'OFFLINE' } });
    const job = start({ continuous: true, schedule: schedule({ endTime: '2026-01-01T03:00', windows: [nightly] }) });
    clock.advance(2 * HOUR + 10 * MINUTE);
    expect(job.status).toBe('SCHEDULED');
    clock.advance(HOUR);
    expect([job.status, ...counts(job, 'QUEUED')]).toEqual(['IN_PROGRESS', 1]);
    fleet.change({ devices: {} });
    clock.advance(MINUTE);
    expect([job.status, ...counts(job, 'SUCCEEDED')]).toEqual(['COMPLETED', 2]);
  });

  it('before the first window completes a job that reached nobody', () => {
    const { clock, start } = fleetOf(2);
    const job = start({ continuous: true, schedule: schedule({ endTime: '2026-01-01T01:00', windows: [nightly] }) });
    clock.advance(3 * HOUR);
    expect([job.status, job.executions.size()]).toEqual(['COMPLETED', 0]);
  });
});

describe('the limit of concurrent jobs', () => {
  const limited = { concurrentMax: 1 };
  const slow = { rollout: { maximumPerMinute: 1 } };

  it('makes a job wait that has no schedule, until another has rolled out', () => {
    const { clock, start } = fleetOf(2, {}, limited);
    const first = start({ ...slow, id: 'first' });
    const second = start({ ...slow, id: 'second' });
    expect([first.rollingOut, second.rollingOut, second.status, second.notified]).toEqual([true, false, 'IN_PROGRESS', 0]);
    clock.advance(MINUTE - 1);
    expect(second.notified).toBe(0);
    clock.advance(1);
    expect([first.rollingOut, second.rollingOut, second.notified]).toEqual([false, true, 1]);
  });

  it.each(['cancel', 'delete'] as const)('has room again after a %s', (how) => {
    const { clock, jobs, start } = fleetOf(2, {}, limited);
    start({ ...slow, id: 'first' });
    const second = start({ ...slow, id: 'second' });
    if (how === 'cancel') jobs.run('first')?.cancel({ force: false });
    else jobs.remove('first');
    clock.advance(1);
    expect(second.notified).toBe(1);
  });

  it('has room again while a job waits for its next maintenance window', () => {
    const { clock, start } = fleetOf(100, {}, limited);
    const first = start({ ...slow, id: 'first', continuous: true, schedule: schedule({ windows: [nightly] }) });
    clock.advance(2 * HOUR);
    const second = start({ ...slow, id: 'second' });
    expect([first.rollingOut, second.rollingOut]).toEqual([true, false]);
    clock.advance(5 * MINUTE);
    expect([first.rollingOut, second.rollingOut]).toEqual([false, true]);
  });

  it('cancels a scheduled job whose start comes meanwhile', () => {
    const { clock, start } = fleetOf(100, {}, limited);
    start({ ...slow, id: 'first' });
    const job = start({ id: 'second', schedule: schedule({ startTime: '2026-01-01T01:00' }) });
    clock.advance(HOUR);
    expect([job.status, job.reasonCode]).toEqual(['CANCELED', undefined]);
  });
});

describe('things that leave and come back', () => {
  it('are REMOVED even while they update, and what they report then is lost', () => {
    const { clock, jobs, leave, start } = fleetOf(2, { updateMilliseconds: [HOUR, HOUR] });
    const job = start({ continuous: true });
    clock.advance(MINUTE);
    leave('thing-0');
    expect(counts(job, 'REMOVED', 'IN_PROGRESS')).toEqual([1, 1]);
    clock.advance(2 * HOUR);
    expect(counts(job, 'REMOVED', 'SUCCEEDED')).toEqual([1, 1]);
    expect(jobs.run('job')?.job.executions.statusOf(0)).toBe('REMOVED');
  });

  it('get another execution with all its retries, unless they had ended', () => {
    const { clock, devices, join, leave, start } = fleetOf(2, { devices: { 'thing-0': 'TIMED_OUT' } });
    const job = start({ continuous: true, inProgressTimeoutMinutes: 10, retries: [{ failureType: 'ALL', retries: 1 }] });
    clock.advance(15 * MINUTE);
    const thing = devices.numberOf('thing-0');
    expect(job.executions.get(job.executions.find(thing))).toMatchObject({ status: 'IN_PROGRESS', attempt: 1, number: 1 });
    for (const name of ['thing-0', 'thing-1']) {
      leave(name);
      join(name);
    }
    expect(job.executions.get(job.executions.find(thing))).toMatchObject({ status: 'QUEUED', attempt: 0, number: 2 });
    expect(job.executions.get(job.executions.find(thing, 1))).toMatchObject({ status: 'REMOVED', number: 1 });
    expect([job.executions.find(thing, 3), job.executions.size()]).toEqual([-1, 3]);
  });

  it.each([
    ['kept', [1, 0]],
    ['removed', [0, 1]],
  ] as const)('of a snapshot job are %s, if that is assumed', (leavingSnapshot, expected) => {
    const { clock, leave, start } = fleetOf(2, { updateMilliseconds: [HOUR, HOUR] }, { leavingSnapshot });
    const job = start();
    clock.advance(MINUTE);
    leave('thing-0');
    clock.advance(2 * HOUR);
    expect(counts(job, 'SUCCEEDED', 'REMOVED')).toEqual([1 + expected[0], expected[1]]);
  });
});

describe('abort criteria', () => {
  const abort = [{ failureType: 'FAILED' as const, thresholdPercentage: 25, minNumberOfExecutedThings: 4 }];

  it('count what has ended: its minimum, and the share of failures', () => {
    const devices = { 'thing-0': 'FAILED', 'thing-5': 'OFFLINE' } as const;
    const { clock, start } = fleetOf(10, { devices });
    const job = start({ abort, rollout: { maximumPerMinute: 1 } });
    clock.advance(3 * MINUTE + 2 * SECOND);
    expect([job.status, ...counts(job, 'FAILED', 'SUCCEEDED')]).toEqual(['IN_PROGRESS', 1, 2]);
    clock.advance(SECOND);
    expect([job.status, job.comment]).toEqual(['CANCELED', 'Abort criteria of the job were met']);
    expect(counts(job, 'FAILED', 'SUCCEEDED', 'CANCELED')).toEqual([1, 3, 6]);
  });

  it('do not count an execution that is retried', () => {
    const { clock, start } = fleetOf(4, { devices: { 'thing-0': 'FAILED' } });
    const job = start({ abort, retries: [{ failureType: 'FAILED', retries: 2 }] });
    clock.advance(3 * SECOND + 500);
    expect([job.status, ...counts(job, 'QUEUED', 'SUCCEEDED')]).toEqual(['IN_PROGRESS', 1, 3]);
    clock.advance(MINUTE);
    expect(job.status).toBe('CANCELED');
  });

  it('write the texts that are assumed', () => {
    const failing = { ratios: { failed: 1, rejected: 0, timedOut: 0, offline: 0 } };
    const { clock, start } = fleetOf(4, failing, { abortReasonCode: 'AUTO', abortComment: 'by itself' });
    const job = start({ abort });
    clock.advance(MINUTE);
    expect([job.reasonCode, job.comment]).toEqual(['AUTO', 'by itself']);
  });
});

describe('retries', () => {
  it.each([
    ['each', ['FAILED', 'FAILED', 'FAILED']],
    ['last', ['FAILED']],
  ] as const)('are reported with %s failure, if that is assumed', (eventsOfRetried, expected) => {
    const { clock, events, start } = fleetOf(1, { devices: { 'thing-0': 'FAILED' } }, { eventsOfRetried });
    start({ retries: [{ failureType: 'FAILED', retries: 2 }] });
    clock.advance(MINUTE);
    expect(events.flatMap((one) => ('status' in one && one.status === 'FAILED' ? [one.status] : []))).toEqual(expected);
  });

  it('are dropped by a cancel', () => {
    const { clock, jobs, start } = fleetOf(1, { devices: { 'thing-0': 'FAILED' } });
    const job = start({ retries: [{ failureType: 'FAILED', retries: 10 }] });
    clock.advance(2 * SECOND);
    jobs.run('job')?.cancel({ force: false });
    clock.advance(HOUR);
    expect(job.executions.get(0)).toMatchObject({ status: 'FAILED', attempt: 0 });
  });
});

describe('a snapshot job without devices', () => {
  it.each(['COMPLETED', 'CANCELED', 'IN_PROGRESS'] as const)('is %s, if that is assumed', (emptySnapshot) => {
    const { clock, start } = fleetOf(0, {}, { emptySnapshot });
    const job = start();
    expect(job.status).toBe(emptySnapshot);
    clock.advance(DAY);
    expect(job.status).toBe(emptySnapshot);
  });
});
