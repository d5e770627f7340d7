import type { UpstreamRule } from '../gate/gate.ts';
import { noDevices } from './counts.ts';
import type { Counts } from './outcome-schema.ts';

/** Devices that have ended, and those that were given the update and were not removed or canceled since. */
function sumsOf({ queued, inProgress, succeeded, failed, rejected, timedOut }: Counts) {
  const bad = failed + rejected + timedOut;
  return { succeeded, bad, executed: succeeded + bad, all: queued + inProgress + succeeded + bad };
}

/** Whether the devices of a channel meet a rule. A threshold is met at exactly its percentage. Without a device that succeeded, nothing is met. */
export function isMet(rule: UpstreamRule, counts: Counts = noDevices): boolean {
  const { succeeded, bad, executed, all } = sumsOf(counts);
  return (
    succeeded > 0 &&
    succeeded * 100 >= hundredfold(rule.minSucceededPercentage, all) &&
    bad * 100 <= hundredfold(rule.maxFailedPercentage, executed) &&
    (executed >= rule.minNumberOfExecutedThings || executed === all)
  );
}

/** A hundred times a percentage of so many devices. Floating point makes 3300.0000000000005 of 1.1 * 3000. */
function hundredfold(percentage: number, devices: number): number {
  return Math.round(percentage * devices * 1e6) / 1e6;
}

/** What a rule asks for and what there is, for people. */
export function inWords(
  { channel, minSucceededPercentage, maxFailedPercentage, minNumberOfExecutedThings }: UpstreamRule,
  counts: Counts = noDevices,
): string {
  const { succeeded, bad, executed, all } = sumsOf(counts);
  if (all === 0) return `no device of ${channel} has the update (at least ${minSucceededPercentage} % asked for)`;
  const few = executed < minNumberOfExecutedThings && executed < all ? `, and at least ${minNumberOfExecutedThings} must have ended` : '';
  return `${channel} ${succeeded} of ${all} succeeded (at least ${minSucceededPercentage} % asked for), ${bad} failed (at most ${maxFailedPercentage} % of ${executed})${few}`;
}
