import type { Reach } from '../reads/reach.ts';

/** How many devices a rollout would reach, for people: `beta would reach 10 devices now`. */
export function reachLine(channel: string, { devices, isAtLeast, remark }: Reach): string {
  const note = remark === undefined ? '' : `: ${remark}`;
  if (devices === undefined) return `the devices that ${channel} would reach cannot be counted${note}`;
  const counted = `${isAtLeast ? 'at least ' : ''}${devices} ${devices === 1 ? 'device' : 'devices'}`;
  return `${channel} would reach ${counted} now${note}`;
}
