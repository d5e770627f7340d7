import { type FleetSettings, type Outcome, outcomes } from './plan.ts';

const RATIOS = ['failed', 'rejected', 'timedOut', 'offline'];

/**
 * Reads a change of the fleet from JSON: any of `seed`, `ratios` (those left out stay), `devices` (a device set to
 * null follows the ratios again), `startMilliseconds` and `updateMilliseconds` (`[shortest, longest]`). Returns a sentence
 * that names the member if something is wrong.
 */
export function readFleetChange(value: unknown, current: FleetSettings): Partial<FleetSettings> | string {
  if (!isRecord(value)) return 'a JSON object is required';
  const { seed, ratios, devices, startMilliseconds, updateMilliseconds, ...unknown } = value;
  const [surplus] = Object.keys(unknown);
  if (surplus !== undefined) return `${surplus}: unknown; the settings are seed, ratios, devices, startMilliseconds, updateMilliseconds`;
  if (seed !== undefined && typeof seed !== 'string') return 'seed: must be text';
  if (
    ratios !== undefined &&
    !(isRecord(ratios) && Object.entries(ratios).every(([name, share]) => RATIOS.includes(name) && isShare(share)))
  ) {
    return `ratios: must be shares from 0 to 1 of ${RATIOS.join(', ')}`;
  }
  if (devices !== undefined && !(isRecord(devices) && Object.values(devices).every((one) => one === null || isOutcome(one)))) {
    return `devices: each must be null or one of ${outcomes.join(', ')}`;
  }
  for (const [name, range] of Object.entries({ startMilliseconds, updateMilliseconds })) {
    if (range !== undefined && !isRange(range)) return `${name}: must be [shortest, longest] in milliseconds`;
  }
  const wanted = { ...current.ratios, ...(ratios as Partial<FleetSettings['ratios']> | undefined) };
  if (Object.values(wanted).reduce((sum, share) => sum + share, 0) > 1) return 'ratios: their sum must not exceed 1';
  return {
    ...(seed === undefined ? {} : { seed }),
    ratios: wanted,
    devices: mergeDevices(current.devices, (devices ?? {}) as Record<string, Outcome | null>),
    ...(isRange(startMilliseconds) ? { startMilliseconds } : {}),
    ...(isRange(updateMilliseconds) ? { updateMilliseconds } : {}),
  };
}

function mergeDevices(current: FleetSettings['devices'], changes: Record<string, Outcome | null>): FleetSettings['devices'] {
  const merged = new Map(Object.entries(current));
  for (const [name, outcome] of Object.entries(changes)) {
    if (outcome === null) merged.delete(name);
    else merged.set(name, outcome);
  }
  return Object.fromEntries(merged);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isOutcome(value: unknown): boolean {
  return outcomes.some((one) => one === value);
}

function isRange(value: unknown): value is [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [low, high]: unknown[] = value;
  return typeof low === 'number' && typeof high === 'number' && low >= 0 && high >= low;
}
