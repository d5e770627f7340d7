import type { DevicePage } from '../../api.ts';

/** Devices by their state. */
export type Counts = NonNullable<DevicePage['counts']>;

type Segment = { readonly state: keyof Counts; readonly words: string; readonly devices: number };

/** In the order of a device's life, as `ota status` names them. */
const names: readonly (readonly [keyof Counts, string])[] = [
  ['queued', 'queued'],
  ['inProgress', 'in progress'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['rejected', 'rejected'],
  ['timedOut', 'timed out'],
  ['removed', 'removed'],
  ['canceled', 'canceled'],
];

/** The order in a bar: devices that have ended come first, and those that have not begun come last. */
const barOrder: readonly (keyof Counts)[] = ['succeeded', 'failed', 'rejected', 'timedOut', 'removed', 'canceled', 'inProgress', 'queued'];

/** The states that have devices, in the order of a device's life. */
export function statesOf(counts: Counts): readonly Segment[] {
  return names.map(([state, words]) => ({ state, words, devices: counts[state] })).filter(({ devices }) => devices > 0);
}

/** The states that have devices, in the order of a bar. */
export function segmentsOf(counts: Counts): readonly Segment[] {
  return statesOf(counts).toSorted((a, b) => barOrder.indexOf(a.state) - barOrder.indexOf(b.state));
}

/** The number of all devices and of those in each state: `10 devices: 3 queued, 7 succeeded`. `no devices yet` without any. */
export function countsWords(counts: Counts): string {
  const all = devicesOf(counts);
  if (all === 0) return 'no devices yet';
  return `${all} ${all === 1 ? 'device' : 'devices'}: ${statesOf(counts)
    .map(({ devices, words }) => `${devices} ${words}`)
    .join(', ')}`;
}

/** The states of devices that ended without the update, for whatever reason of their own. */
export const badStates: readonly (keyof Counts)[] = ['failed', 'rejected', 'timedOut'];

/** The share of all devices that succeeded, in per cent, rounded down, so that 100 means every device. 0 without devices. */
export function succeededPercentage(counts: Counts): number {
  const all = devicesOf(counts);
  return all === 0 ? 0 : Math.floor((100 * counts.succeeded) / all);
}

/** The number of all devices, in whatever state. */
export function devicesOf(counts: Counts): number {
  return statesOf(counts).reduce((sum, { devices }) => sum + devices, 0);
}

/** How many devices ended without the update, for whatever reason of their own. */
export function badDevices(counts: Counts | undefined): number {
  return counts === undefined ? 0 : badStates.reduce((sum, state) => sum + counts[state], 0);
}
