import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../src/clock.ts';
import { createDevices } from '../../src/fleet/devices.ts';
import type { ExecutionStatus } from '../../src/fleet/executions.ts';
import { createFleet } from '../../src/fleet/fleet.ts';
import type { Job, JobSpec } from '../../src/fleet/job.ts';
import { createJobs, type JobsSettings } from '../../src/fleet/jobs.ts';
import { defaultFleetSettings, type FleetSettings, planDevice } from '../../src/fleet/plan.ts';
import { readSchedule } from '../../src/fleet/schedule.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 1);

/** One group of `size` things, on a clock that the test moves. Devices start after one second and take two. */
function fleetOf(size: number, settings: Partial<FleetSettings> = {}, jobsSettings: Partial<JobsSettings> = {}) {
  const clock = createManualClock(START);
  const devices = createDevices();
  const fleet = createFleet({ startMilliseconds: [SECOND, SECOND], updateMilliseconds: [2 * SECOND, 2 * SECOND], ...settings });
  const members = new Set(Array.from({ length: size }, (_, at) => devices.numberOf(`thing-${at}`)));
  const jobs = createJobs({ clock, fleet, nameOf: devices.nameOf, membersOf: () => members, settings: jobsSettings });
  const start = (changes: Partial<JobSpec> = {}) =>
    jobs.create({ id: 'job', targets: ['group'], continuous: false, document: '{}', ...changes });
  const begun = (job: Job) => job.executions.size() - job.executions.count('QUEUED');
  return { clock, devices, fleet, members, jobs, start, begun };
}

const counts = (job: Job, ...statuses: ExecutionStatus[]) => statuses.map((status) => job.executions.count(status));

describe('a plan for a device', () => {
  it('is the same for the same seed, thing, job and attempt, and differs for others', () => {
    const plan = (seed: string, thing: string) => planDevice({ ...defaultFleetSettings, seed }, thing, 'job', 0);
    expect(plan('a', 'thing')).toEqual(plan('a', 'thing'));
    expect(plan('a', 'thing')).not.toEqual(plan('b', 'thing'));
    expect(plan('a', 'thing')).not.toEqual(plan('a', 'other'));
  });

  it('makes about as many devices fail, reject, time out and be offline as the ratios say', () => {
    const ratios = { failed: 0.1, rejected: 0.2, timedOut: 0.05, offline: 0.15 };
    const seen = new Map<string, number>();
    for (let at = 0; at < 10_000; at++) {
      const { outcome } = planDevice({ ...defaultFleetSettings, ratios }, `thing-${at}`, 'job', 0);
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    }
    const expected = { FAILED: 1_000, REJECTED: 2_000, TIMED_OUT: 500, OFFLINE: 1_500, SUCCEEDED: 5_000 };
    for (const [outcome, count] of Object.entries(expected)) expect(Math.abs((seen.get(outcome) ?? 0) - count)).toBeLessThan(150);
  });

  it('refuses ratios that add up to more than 1', () => {
    expect(() => createFleet({ ratios: { failed: 0.6, rejected: 0.6, timedOut: 0, offline: 0 } })).toThrow(RangeError);
  });
});

describe('a snapshot job', () => {
  it('queues all devices at once and completes when the last one has ended', () => {
    const { clock, start } = fleetOf(3);
    const job = start();
    expect(counts(job, 'QUEUED')).toEqual([3]);
    clock.advance(SECOND);
    expect(counts(job, 'IN_PROGRESS')).toEqual([1]);
    clock.advance(2 * SECOND + 200);
    expect(counts(job, 'SUCCEEDED')).toEqual([3]);
    expect(job.status).toBe('COMPLETED');
  });

  it('completes even if all devices failed', () => {
    const { clock, start } = fleetOf(3, { ratios: { failed: 1, rejected: 0, timedOut: 0, offline: 0 } });
    const job = start();
    clock.advance(MINUTE);
    expect(counts(job, 'FAILED')).toEqual([3]);
    expect(job.status).toBe('COMPLETED');
  });

  it('waits for devices that are offline, which start when they come back', () => {
    const { clock, fleet, start } = fleetOf(2, { devices: { 'thing-1': 'OFFLINE' } });
    const job = start();
    clock.advance(HOUR);
    expect(counts(job, 'SUCCEEDED', 'QUEUED')).toEqual([1, 1]);
    expect(job.status).toBe('IN_PROGRESS');
    fleet.change({ devices: {} });
    clock.advance(5 * SECOND);
    expect(job.status).toBe('COMPLETED');
  });

  it('accepts a rejection from a device that was never in progress', () => {
    const { clock, start } = fleetOf(1, { devices: { 'thing-0': 'REJECTED' } });
    const job = start();
    clock.advance(MINUTE);
    expect(job.executions.get(0)).toMatchObject({ status: 'REJECTED', startedAt: undefined });
  });
});

describe('the rate of a rollout', () => {
  it('notifies at most the maximum per minute', () => {
    const { clock, start, begun } = fleetOf(100);
    const job = start({ rollout: { maximumPerMinute: 10 } });
    clock.advance(SECOND);
    expect(begun(job)).toBe(1);
    clock.advance(MINUTE - SECOND);
    expect(job.notified).toBe(11);
    clock.advance(9 * MINUTE - 4 * SECOND);
    expect(counts(job, 'SUCCEEDED', 'IN_PROGRESS')).toEqual([99, 1]);
    clock.advance(SECOND);
    expect(job.status).toBe('COMPLETED');
  });

  it('grows by its factor each time the given number was notified, up to the maximum', () => {
    const { clock, start } = fleetOf(1_000);
    const exponential = { baseRatePerMinute: 10, incrementFactor: 2, numberOfNotifiedThings: 10 };
    const job = start({ rollout: { maximumPerMinute: 40, exponential } });
    clock.advance(MINUTE - 1);
    // The tenth thing comes after nine gaps of 6 s. From then on the gap is 3 s.
    expect(job.notified).toBe(11);
    clock.advance(10 * MINUTE);
    const before = job.notified;
    clock.advance(MINUTE);
    expect(job.notified - before).toBe(40);
  });

  it('grows with successes, so that a bad firmware stays slow', () => {
    const exponential = { baseRatePerMinute: 10, incrementFactor: 5, numberOfSucceededThings: 5 };
    const good = fleetOf(500);
    const fine = good.start({ rollout: { exponential } });
    good.clock.advance(3 * MINUTE);
    const bad = fleetOf(500, { ratios: { failed: 1, rejected: 0, timedOut: 0, offline: 0 } });
    const broken = bad.start({ rollout: { exponential } });
    bad.clock.advance(3 * MINUTE);
    expect(broken.notified).toBe(31);
    expect(fine.notified).toBe(500);
  });
});

describe('timeouts and retries', () => {
  it('ends a device that fell silent as TIMED_OUT, at the minute', () => {
    const { clock, start } = fleetOf(1, { devices: { 'thing-0': 'TIMED_OUT' } });
    const job = start({ inProgressTimeoutMinutes: 5 });
    clock.advance(5 * MINUTE + SECOND - 1);
    expect(job.executions.statusOf(0)).toBe('IN_PROGRESS');
    clock.advance(1);
    expect(job.executions.statusOf(0)).toBe('TIMED_OUT');
    expect(job.status).toBe('COMPLETED');
  });

  it('leaves a silent device in progress for ever if the job has no timeout', () => {
    const { clock, start } = fleetOf(1, { devices: { 'thing-0': 'TIMED_OUT' } });
    const job = start();
    clock.advance(30 * 24 * HOUR);
    expect(job.executions.statusOf(0)).toBe('IN_PROGRESS');
  });

  it('retries as often as allowed, and only the given failures', () => {
    const { clock, start } = fleetOf(2, { devices: { 'thing-0': 'FAILED', 'thing-1': 'TIMED_OUT' } });
    const job = start({ inProgressTimeoutMinutes: 1, retries: [{ failureType: 'FAILED', retries: 3 }] });
    clock.advance(HOUR);
    expect(job.executions.get(0)).toMatchObject({ status: 'FAILED', attempt: 3 });
    expect(job.executions.get(1)).toMatchObject({ status: 'TIMED_OUT', attempt: 0 });
  });
});

describe('abort criteria that count what was notified', () => {
  const notified = { abortBase: 'notified' } as const;
  const abort = [{ failureType: 'FAILED' as const, thresholdPercentage: 25, minNumberOfExecutedThings: 4 }];

  it('cancel what is queued, and let what has started go on', () => {
    const { clock, start } = fleetOf(100, { ratios: { failed: 1, rejected: 0, timedOut: 0, offline: 0 } }, notified);
    const job = start({ abort, rollout: { maximumPerMinute: 60 } });
    clock.advance(3 * SECOND);
    expect(job.status).toBe('CANCELED');
    expect(job.reasonCode).toBe('ABORT_CRITERIA_MET');
    expect(counts(job, 'FAILED', 'IN_PROGRESS', 'CANCELED')).toEqual([1, 2, 97]);
    clock.advance(MINUTE);
    expect(counts(job, 'FAILED', 'IN_PROGRESS', 'CANCELED')).toEqual([3, 0, 97]);
  });

  it('count notified things rather than ended ones, and are checked when the minimum is reached', () => {
    const slow = fleetOf(100, { devices: { 'thing-0': 'FAILED', 'thing-1': 'OFFLINE', 'thing-2': 'OFFLINE' } }, notified);
    const job = slow.start({ abort, rollout: { maximumPerMinute: 1 } });
    slow.clock.advance(3 * MINUTE - 1);
    expect(job.status).toBe('IN_PROGRESS');
    slow.clock.advance(1);
    expect(job.status).toBe('CANCELED');
    expect(counts(job, 'FAILED', 'CANCELED')).toEqual([1, 99]);
  });

  it('do not count the first failure as 100 percent', () => {
    const { clock, start } = fleetOf(10, { devices: { 'thing-0': 'FAILED' } }, notified);
    const guardRail = [{ failureType: 'ALL' as const, thresholdPercentage: 20, minNumberOfExecutedThings: 10 }];
    const job = start({ abort: guardRail, rollout: { maximumPerMinute: 60 } });
    clock.advance(HOUR);
    expect(job.status).toBe('COMPLETED');
    expect(counts(job, 'FAILED', 'SUCCEEDED')).toEqual([1, 9]);
  });

  it('count each thing once, however often it retries or comes back', () => {
    const devices = { 'thing-0': 'FAILED', 'thing-1': 'OFFLINE' } as const;
    const { clock, fleet, start } = fleetOf(3, { devices }, notified);
    const job = start({ abort, retries: [{ failureType: 'FAILED', retries: 5 }] });
    fleet.change({ devices: { ...devices, 'thing-2': 'SUCCEEDED' } });
    clock.advance(HOUR);
    expect(job.status).toBe('IN_PROGRESS');
    expect(counts(job, 'FAILED', 'SUCCEEDED', 'QUEUED')).toEqual([1, 1, 1]);
  });

  it('count late joiners, but not things that left before they were notified', () => {
    const { clock, devices, jobs, members, start } = fleetOf(4, { devices: { 'thing-0': 'FAILED' } }, notified);
    const job = start({ continuous: true, abort, rollout: { maximumPerMinute: 1 } });
    clock.advance(MINUTE / 2);
    members.delete(devices.numberOf('thing-1'));
    jobs.leave('group', devices.numberOf('thing-1'));
    clock.advance(MINUTE / 2);
    members.delete(devices.numberOf('thing-2'));
    jobs.leave('group', devices.numberOf('thing-2'));
    clock.advance(MINUTE);
    expect(counts(job, 'FAILED', 'REMOVED')).toEqual([1, 2]);
    expect(job.status).toBe('IN_PROGRESS');
    jobs.join('group', devices.numberOf('late'));
    expect(job.status).toBe('CANCELED');
  });

  it('wait for their minimum of things and for their own type of failure', () => {
    const { clock, start } = fleetOf(3, { ratios: { failed: 1, rejected: 0, timedOut: 0, offline: 0 } }, notified);
    const few = start({ abort });
    clock.advance(MINUTE);
    expect(few.status).toBe('COMPLETED');
    const other = fleetOf(10, { ratios: { failed: 0, rejected: 1, timedOut: 0, offline: 0 } }, notified);
    const job = other.start({ abort });
    other.clock.advance(MINUTE);
    expect(job.status).toBe('COMPLETED');
  });

  it.each([
    ['ALL', 'CANCELED'],
    ['FAILED', 'COMPLETED'],
    ['REJECTED', 'COMPLETED'],
    ['TIMED_OUT', 'COMPLETED'],
  ] as const)(
    'count failures, rejections and timeouts in percent of what was notified, for ALL together: %s is %s',
    (failureType, status) => {
      const devices = { 'thing-7': 'FAILED', 'thing-8': 'REJECTED', 'thing-9': 'TIMED_OUT' } as const;
      const { clock, start } = fleetOf(10, { devices }, notified);
      const job = start({
        abort: [{ failureType, thresholdPercentage: 30, minNumberOfExecutedThings: 1 }],
        rollout: { maximumPerMinute: 1 },
        inProgressTimeoutMinutes: 1,
      });
      clock.advance(9 * MINUTE);
      expect(job.status).toBe('IN_PROGRESS');
      clock.advance(2 * MINUTE);
      expect(job.status).toBe(status);
    },
  );
});

describe('cancelling', () => {
  it('without force lets what is in progress end', () => {
    const { clock, jobs, start } = fleetOf(10);
    const job = start({ rollout: { maximumPerMinute: 60 } });
    clock.advance(2 * SECOND);
    jobs.run('job')?.cancel({ force: false, reasonCode: 'OPERATOR' });
    expect(job).toMatchObject({ status: 'CANCELED', reasonCode: 'OPERATOR', forceCanceled: false });
    expect(counts(job, 'IN_PROGRESS', 'CANCELED')).toEqual([2, 8]);
    clock.advance(MINUTE);
    expect(counts(job, 'SUCCEEDED', 'CANCELED')).toEqual([2, 8]);
    expect(job.status).toBe('CANCELED');
  });

  it('with force cancels what is in progress as well', () => {
    const { clock, jobs, start } = fleetOf(10);
    const job = start({ rollout: { maximumPerMinute: 60 } });
    clock.advance(2 * SECOND);
    jobs.run('job')?.cancel({ force: true });
    expect(counts(job, 'IN_PROGRESS', 'CANCELED')).toEqual([0, 10]);
  });

  it('can take a while, during which no further thing is notified', () => {
    const { clock, jobs, start } = fleetOf(100, {}, { cancelMilliseconds: MINUTE });
    const job = start({ rollout: { maximumPerMinute: 60 } });
    jobs.run('job')?.cancel({ force: false });
    const { notified } = job;
    clock.advance(MINUTE - 1);
    expect(job).toMatchObject({ status: 'IN_PROGRESS', notified });
    clock.advance(1);
    expect(job.status).toBe('CANCELED');
  });
});

describe('a continuous job', () => {
  it('never completes, and notifies late joiners at once, whatever its rate', () => {
    const { clock, devices, jobs, members, start } = fleetOf(2);
    const job = start({ continuous: true, rollout: { maximumPerMinute: 1 } });
    clock.advance(HOUR);
    expect(job.status).toBe('IN_PROGRESS');
    for (const name of ['late-1', 'late-2', 'late-3']) {
      members.add(devices.numberOf(name));
      jobs.join('group', devices.numberOf(name));
    }
    clock.advance(3 * SECOND);
    expect(counts(job, 'SUCCEEDED')).toEqual([5]);
    jobs.join('group', devices.numberOf('late-1'));
    expect(job.executions.size()).toBe(5);
  });

  it('removes the execution of a thing that leaves before it has started', () => {
    const { clock, devices, jobs, members, start } = fleetOf(2, { devices: { 'thing-0': 'OFFLINE' } });
    const job = start({ continuous: true });
    clock.advance(MINUTE);
    for (const name of ['thing-0', 'thing-1']) {
      members.delete(devices.numberOf(name));
      jobs.leave('group', devices.numberOf(name));
    }
    expect(counts(job, 'REMOVED', 'SUCCEEDED')).toEqual([1, 1]);
  });
});

describe('a schedule', () => {
  const scheduled = (text: Parameters<typeof readSchedule>[0]) => {
    const schedule = readSchedule(text, { now: START, wall: START });
    if (typeof schedule === 'string') throw new Error(schedule);
    return schedule;
  };

  it('keeps a job SCHEDULED until its start', () => {
    const { clock, start } = fleetOf(2);
    const job = start({ schedule: scheduled({ startTime: '2026-01-01T01:00' }) });
    expect(job.status).toBe('SCHEDULED');
    expect(job.executions.size()).toBe(0);
    clock.advance(HOUR);
    expect(job.status).toBe('IN_PROGRESS');
    clock.advance(MINUTE);
    expect(job.status).toBe('COMPLETED');
  });

  it('ends a rollout by its end behavior', () => {
    const end = (endBehavior: 'STOP_ROLLOUT' | 'CANCEL' | 'FORCE_CANCEL') => {
      const { clock, start } = fleetOf(10, { updateMilliseconds: [10 * MINUTE, 10 * MINUTE] });
      const job = start({ rollout: { maximumPerMinute: 1 }, schedule: scheduled({ endTime: '2026-01-01T00:03', endBehavior }) });
      clock.advance(4 * MINUTE);
      return { clock, job };
    };
    const stopped = end('STOP_ROLLOUT');
    expect(counts(stopped.job, 'IN_PROGRESS', 'CANCELED')).toEqual([3, 7]);
    stopped.clock.advance(HOUR);
    expect(stopped.job.status).toBe('COMPLETED');
    expect(end('CANCEL').job.status).toBe('CANCELED');
    expect(counts(end('FORCE_CANCEL').job, 'IN_PROGRESS')).toEqual([0]);
  });

  it('notifies in maintenance windows only', () => {
    const { clock, start } = fleetOf(10);
    const windows = [{ startTime: 'cron(0 2 * * ? *)', durationInMinutes: 5 }];
    const job = start({ rollout: { maximumPerMinute: 1 }, schedule: scheduled({ windows }) });
    clock.advance(2 * HOUR - 1);
    expect(job.notified).toBe(0);
    clock.advance(HOUR);
    expect(job.notified).toBe(5);
    clock.advance(24 * HOUR);
    expect(job.notified).toBe(10);
  });

  it.each([
    [{ startTime: 'tomorrow' }, /startTime/],
    [{ startTime: '2026-01-01T01:00', endTime: '2026-01-01T00:00' }, /endTime must come after/],
    [{ windows: [{ startTime: 'nightly', durationInMinutes: 1 }] }, /maintenance window/],
    [{ windows: [{ startTime: 'cron(61 0 * * ? *)', durationInMinutes: 1 }] }, /maintenance window/],
  ])('names what is wrong with %j', (text, message) => {
    expect(readSchedule(text, { now: START, wall: START })).toMatch(message);
  });
});

describe('a large fleet', () => {
  it('rolls out to ten thousand things at a thousand a minute', () => {
    const { clock, start } = fleetOf(10_000);
    const job = start({ rollout: { maximumPerMinute: 1_000 } });
    clock.advance(10 * MINUTE + 10 * SECOND);
    expect(job.status).toBe('COMPLETED');
    expect(clock.pending()).toBeLessThan(10);
  });
});
