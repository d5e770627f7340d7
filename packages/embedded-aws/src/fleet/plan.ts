/**
 * What a device does with an update. `OFFLINE`: never answers, its execution stays QUEUED. `TIMED_OUT`: starts and
 * falls silent, so only the job's in-progress timeout ends it. `DEVICE`: not simulated; a real device, or a test in
 * its place, reports through the jobs data plane.
 */
export type Outcome = (typeof outcomes)[number];

export const outcomes = ['SUCCEEDED', 'FAILED', 'REJECTED', 'TIMED_OUT', 'OFFLINE', 'DEVICE'] as const;

export type FleetSettings = {
  /** The same seed, thing and job always give the same outcome and durations. */
  readonly seed: string;
  /** Share of devices from 0 to 1; those that remain succeed. */
  readonly ratios: { readonly failed: number; readonly rejected: number; readonly timedOut: number; readonly offline: number };
  /** From being notified to reporting IN_PROGRESS, shortest and longest. */
  readonly startMilliseconds: readonly [number, number];
  /** From IN_PROGRESS to the end, shortest and longest. */
  readonly updateMilliseconds: readonly [number, number];
  /** What single devices do, by thing name or managed thing id, whatever the ratios say. */
  readonly devices: Readonly<Record<string, Outcome>>;
};

export type DevicePlan = { readonly outcome: Outcome; readonly startsAfter: number; readonly updatesFor: number };

/** A fleet in which every device succeeds within a few seconds. */
export const defaultFleetSettings: FleetSettings = {
  seed: 'fleet',
  ratios: { failed: 0, rejected: 0, timedOut: 0, offline: 0 },
  startMilliseconds: [500, 2_000],
  updateMilliseconds: [1_000, 5_000],
  devices: {},
};

/** What `thing` does with `job` at its `attempt` (0 the first); whole milliseconds. Depends on nothing but its arguments. */
export function planDevice(settings: FleetSettings, thing: string, job: string, attempt: number): DevicePlan {
  const draw = drawFrom(`${settings.seed}\n${thing}\n${job}\n${attempt}`);
  const lot = draw();
  const between = ([low, high]: readonly [number, number]) => Math.round(low + draw() * (high - low));
  const startsAfter = between(settings.startMilliseconds);
  const updatesFor = between(settings.updateMilliseconds);
  const own = Object.hasOwn(settings.devices, thing) ? settings.devices[thing] : undefined;
  return { outcome: own ?? outcomeOf(settings.ratios, lot), startsAfter, updatesFor };
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
