import { type Details, reportOf } from './reports.ts';

/**
 * What a device does with an update. `OFFLINE`: it never answers, and its execution stays QUEUED. `TIMED_OUT`: it starts
 * and falls silent, so only the job's in-progress timeout ends it. `DEVICE`: it is not simulated. A real device, or a test
 * in its place, reports through the jobs data plane.
 */
export type Outcome = (typeof outcomes)[number];

export const outcomes = ['SUCCEEDED', 'FAILED', 'REJECTED', 'TIMED_OUT', 'OFFLINE', 'DEVICE'] as const;

export type FleetSettings = {
  /** The same seed, thing and job always give the same outcome and durations. */
  readonly seed: string;
  /** Shares of devices from 0 to 1. The rest succeed. */
  readonly ratios: { readonly failed: number; readonly rejected: number; readonly timedOut: number; readonly offline: number };
  /** The shortest and longest time from the notification to IN_PROGRESS. */
  readonly startMilliseconds: readonly [number, number];
  /** The shortest and longest time from IN_PROGRESS to the end. */
  readonly updateMilliseconds: readonly [number, number];
  /** The outcome of single devices, by thing name or managed thing id. It takes precedence over the ratios. */
  readonly devices: Readonly<Record<string, Outcome>>;
};

export type DevicePlan = {
  readonly outcome: Outcome;
  readonly startsAfter: number;
  readonly updatesFor: number;
  /** The status details of a device that does not succeed. */
  readonly report: Details | undefined;
};

/** A fleet in which every device succeeds within a few seconds. */
export const defaultFleetSettings: FleetSettings = {
  seed: 'fleet',
  ratios: { failed: 0, rejected: 0, timedOut: 0, offline: 0 },
  startMilliseconds: [500, 2_000],
  updateMilliseconds: [1_000, 5_000],
  devices: {},
};

/** What `thing` does with `job` at its `attempt` (from 0), in whole milliseconds. It depends on its arguments only. */
export function planDevice(settings: FleetSettings, thing: string, job: string, attempt: number): DevicePlan {
  const draw = drawFrom(`${settings.seed}\n${thing}\n${job}\n${attempt}`);
  const lot = draw();
  const between = ([low, high]: readonly [number, number]) => Math.round(low + draw() * (high - low));
  const startsAfter = between(settings.startMilliseconds);
  const updatesFor = between(settings.updateMilliseconds);
  const own = Object.hasOwn(settings.devices, thing) ? settings.devices[thing] : undefined;
  const outcome = own ?? outcomeOf(settings.ratios, lot);
  return { outcome, startsAfter, updatesFor, report: reportOf(outcome, draw()) };
}

function outcomeOf(ratios: FleetSettings['ratios'], lot: number): Outcome {
  const shares: readonly [Outcome, number][] = [
    ['FAILED', ratios.failed],
    ['REJECTED', ratios.rejected],
    ['TIMED_OUT', ratios.timedOut],
    ['OFFLINE', ratios.offline],
  ];
  let upTo = 0;
  for (const [outcome, share] of shares) {
    upTo += share;
    if (lot < upTo) return outcome;
  }
  return 'SUCCEEDED';
}

/** A sequence of numbers from 0 up to 1 that the text alone decides (FNV-1a into mulberry32). */
export function drawFrom(text: string): () => number {
  let state = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
