import { type DevicePlan, defaultFleetSettings, type FleetSettings, planDevice } from './plan.ts';

/** What the simulated devices do, for all jobs. The settings can be changed while jobs run. */
export type Fleet = {
  settings(): FleetSettings;
  /** Changes the given settings for everything that has not started yet. Devices that were offline are notified again. */
  change(settings: Partial<FleetSettings>): FleetSettings;
  plan(thing: string, job: string, attempt: number): DevicePlan;
  /** From now on a real device reports for this thing, and the simulation leaves it alone. */
  letGo(thing: string): void;
  isReal(thing: string): boolean;
  /** Calls `listener` after every change. */
  onChange(listener: () => void): void;
};

/** A fleet with `settings` over the defaults. Throws a RangeError if a ratio is not from 0 to 1 or a duration goes backwards. */
export function createFleet(settings: Partial<FleetSettings> = {}): Fleet {
  let current = checked({ ...defaultFleetSettings, ...settings });
  const real = new Set<string>();
  const listeners: (() => void)[] = [];
  return {
    settings: () => current,
    change(changes) {
      current = checked({ ...current, ...changes });
      for (const listener of listeners) listener();
      return current;
    },
    plan: (thing, job, attempt) => {
      const plan = planDevice(current, thing, job, attempt);
      return real.has(thing) ? { ...plan, outcome: 'DEVICE' } : plan;
    },
    letGo: (thing) => {
      real.add(thing);
    },
    isReal: (thing) => real.has(thing) || (Object.hasOwn(current.devices, thing) && current.devices[thing] === 'DEVICE'),
    onChange: (listener) => {
      listeners.push(listener);
    },
  };
}

function checked(settings: FleetSettings): FleetSettings {
  const shares = Object.values(settings.ratios);
  if (shares.some((share) => !(share >= 0 && share <= 1)) || shares.reduce((sum, share) => sum + share, 0) > 1) {
    throw new RangeError('fleet ratios must be between 0 and 1 and add up to at most 1');
  }
  for (const [low, high] of [settings.startMilliseconds, settings.updateMilliseconds]) {
    if (!(low >= 0 && high >= low)) throw new RangeError('fleet durations must not be negative, the shortest first');
  }
  return settings;
}
