import type { Action } from './action.ts';
import { APPROVERS } from './configurations.ts';
import { digestOf, type ReleaseSpec } from './releases.ts';

const older: ReleaseSpec = { version: '1.0.0', revision: 1, channels: ['cont'], content: 'one' };
const newer: ReleaseSpec = { ...older, version: '2.0.0' };
const MINUTE = 60_000;

const publish = (at: number, release: ReleaseSpec, channels: readonly string[] = release.channels): Action => ({
  at,
  do: 'publish',
  release: { ...release, channels },
});
const withdraw = (at: number, version: string): Action => ({ at, do: 'withdraw', withdrawal: { version } });

const approve = (at: number, release: ReleaseSpec, channel: string, source: string = APPROVERS[0]): Action => ({
  at,
  do: 'approve',
  source,
  approval: { version: release.version, revision: release.revision, channels: [channel], releaseDigest: digestOf(release) },
});
const hold = (at: number, holdId: string, channels?: readonly string[]): Action => ({
  at,
  do: 'hold',
  source: APPROVERS[0],
  hold: { holdId, reason: 'a try', ...(channels && { channels }) },
});
const resume = (at: number, holdId: string): Action => ({ at, do: 'resume', source: APPROVERS[0], holdId });

/** Small histories in which every placement of one or two deviations is tried. */
export const scenarios: Readonly<Record<string, readonly Action[]>> = {
  'one release on IoT Core': [publish(0, older, ['snap'])],
  'one release on managed integrations': [publish(0, older, ['once'])],
  'two releases and a withdrawal of the newer, IoT Core': [publish(0, older), publish(1_000, newer), withdraw(2_000, '2.0.0')],
  'two releases and a withdrawal of the older, IoT Core': [publish(0, older), publish(1_000, newer), withdraw(2_000, '1.0.0')],
  'two releases and a late withdrawal, IoT Core': [publish(0, older), publish(5 * MINUTE, newer), withdraw(10 * MINUTE, '2.0.0')],
  'two releases and a withdrawal of the newer, managed integrations': [
    publish(0, older, ['query']),
    publish(1_000, newer, ['query']),
    withdraw(2_000, '2.0.0'),
  ],
  'two releases on a channel that keeps': [publish(0, older, ['kept']), publish(1_000, newer, ['kept']), withdraw(MINUTE, '1.0.0')],
  'a copy and a conflict': [
    publish(0, older, ['snap']),
    publish(200, older, ['snap']),
    publish(400, { ...older, content: 'other' }, ['snap']),
  ],
  'two channels, and a configuration that has lost one': [
    publish(0, older, ['once', 'snap']),
    { at: 1_000, do: 'deploy', configuration: 1 },
    { at: 10 * MINUTE, do: 'deploy', configuration: 'usual' },
  ],
  'a soak between two channels': [publish(0, older, ['snap', 'soak-snap'])],
  'a soak that a newer release breaks': [publish(0, older, ['cont', 'soak-cont']), publish(6 * MINUTE, newer, ['cont', 'soak-cont'])],
  'an approval before its release, and one after': [
    approve(0, older, 'approved'),
    publish(500, older, ['approved']),
    publish(1_000, newer, ['approved']),
    approve(2_000, newer, 'approved'),
  ],
  'a withdrawal of what waits': [publish(0, older, ['snap', 'approved']), withdraw(2_000, '1.0.0'), approve(3_000, older, 'approved')],
  'a hold around a release, and its end': [hold(0, 'h1'), publish(300, older, ['snap']), resume(8 * MINUTE, 'h1')],
  'a hold beside a release, on managed integrations': [publish(0, older, ['once']), hold(100, 'h1', ['once']), resume(8 * MINUTE, 'h1')],
  'two holds and a resume that overtakes its hold': [
    hold(0, 'h1'),
    resume(0, 'h2'),
    publish(200, older, ['snap']),
    hold(400, 'h2'),
    resume(6 * MINUTE, 'h1'),
  ],
  'allowed times, on managed integrations': [publish(2 * MINUTE + 58_000, older, ['timed-mi'])],
  'a release that comes too late': [publish(0, { ...older, notAfter: '2026-01-05T08:00:30Z' }, ['snap'])],
};
