import type { Device, DevicePage } from '../api.ts';

/** The states of a device at AWS, in the order of its life, each with the member of the counts that counts it. */
export const deviceStates: readonly (readonly [state: string, member: keyof NonNullable<DevicePage['counts']>])[] = [
  ['QUEUED', 'queued'],
  ['IN_PROGRESS', 'inProgress'],
  ['SUCCEEDED', 'succeeded'],
  ['FAILED', 'failed'],
  ['REJECTED', 'rejected'],
  ['TIMED_OUT', 'timedOut'],
  ['REMOVED', 'removed'],
  ['CANCELED', 'canceled'],
];

type RolloutName = { readonly product: string; readonly version: string; readonly revision: number; readonly channel: string };

/** The path of a page of the devices of a rollout: in `state`, or in every state if it is empty, from the cursor `after` on. */
export function devicesPath({ product, version, revision, channel }: RolloutName, state: string, after?: string): string {
  const query = new URLSearchParams({ product, version, revision: String(revision), channel });
  if (state !== '') query.set('state', state);
  if (after !== undefined) query.set('after', after);
  return `/api/devices?${query}`;
}

/** What tells the lines of devices apart. A device that left a group and came back has two. */
export function keyOf({ device, state, since = '' }: Device): string {
  return `${device} ${state} ${since}`;
}

/** The devices of the pages so far with one more page. A line that AWS lists again, because others have moved meanwhile, is there once. */
export function withPage(devices: readonly Device[], page: readonly Device[]): readonly Device[] {
  return [...new Map([...devices, ...page].map((device) => [keyOf(device), device])).values()];
}
