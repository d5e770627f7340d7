import type { Counts } from './outcome-schema.ts';

/** The counts of a rollout without devices. */
export const noDevices: Counts = { queued: 0, inProgress: 0, succeeded: 0, failed: 0, rejected: 0, timedOut: 0, removed: 0, canceled: 0 };

/** Whether both count the same devices. Without counts, nothing was seen yet, which is the same as no devices. */
export function sameCounts(a: Counts, b: Counts | undefined): boolean {
  return (Object.keys(noDevices) as (keyof Counts)[]).every((state) => a[state] === (b ?? noDevices)[state]);
}
