import type { ReleaseSpec } from './releases.ts';
import type { Action } from './workload.ts';

const older: ReleaseSpec = { version: '1.0.0', revision: 1, channels: ['cont'], content: 'one' };
const newer: ReleaseSpec = { ...older, version: '2.0.0' };
const MINUTE = 60_000;

const publish = (at: number, release: ReleaseSpec, channels: readonly string[] = release.channels): Action => ({
  at,
  do: 'publish',
  release: { ...release, channels },
});
const withdraw = (at: number, version: string): Action => ({ at, do: 'withdraw', withdrawal: { version } });

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
  'a release that comes too late': [publish(0, { ...older, notAfter: '2026-01-05T08:00:30Z' }, ['snap'])],
};
