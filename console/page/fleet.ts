import type { Fleet } from '../api.ts';

/** The outcomes of which a person sets the share. All other devices succeed. */
export const shares = [
  ['failed', 'Failed'],
  ['rejected', 'Rejected'],
  ['timedOut', 'Timed out'],
  ['offline', 'Offline'],
] as const;

type Share = (typeof shares)[number][0];

/** The outcomes that a single device can be given. */
export const deviceOutcomes = ['SUCCEEDED', 'FAILED', 'REJECTED', 'TIMED_OUT', 'OFFLINE'] as const;

/** The settings of the simulated fleet as a form has them: shares in percent, durations in seconds. */
export type FleetFields = {
  readonly percent: { readonly [Name in Share]: string };
  /** The shortest and the longest time until a device starts, and until it ends. */
  readonly start: readonly [string, string];
  readonly update: readonly [string, string];
};

/** What the form shows of the settings. A setting that is not there is empty. */
export function fieldsOf({ settings }: Fleet): FleetFields {
  const ratios = (settings['ratios'] ?? {}) as { readonly [Name in Share]?: number };
  const percentOf = (name: Share): string => String(Number(((ratios[name] ?? 0) * 100).toFixed(2)));
  return {
    percent: {
      failed: percentOf('failed'),
      rejected: percentOf('rejected'),
      timedOut: percentOf('timedOut'),
      offline: percentOf('offline'),
    },
    start: secondsOf(settings['startMilliseconds']),
    update: secondsOf(settings['updateMilliseconds']),
  };
}

/** The devices that a person gave an outcome, by their names. */
export function devicesOf({ settings }: Fleet): readonly (readonly [device: string, outcome: string])[] {
  return Object.entries((settings['devices'] ?? {}) as Readonly<Record<string, string>>);
}

/** The percent of devices that succeed. Negative if the shares are more than all devices. */
export function succeededPercent({ percent }: FleetFields): number {
  return Number(shares.reduce((rest, [name]) => rest - Number(percent[name]), 100).toFixed(2));
}

/** The change of the fleet that is sent. */
export function changeOf({ percent, start, update }: FleetFields): Fleet['settings'] {
  const milliseconds = (range: readonly [string, string]): number[] => range.map((seconds) => Math.round(Number(seconds) * 1000));
  return {
    ratios: Object.fromEntries(shares.map(([name]) => [name, Number(percent[name]) / 100])),
    startMilliseconds: milliseconds(start),
    updateMilliseconds: milliseconds(update),
  };
}

function secondsOf(range: unknown): readonly [string, string] {
  const [shortest, longest] = Array.isArray(range) ? range : [];
  const text = (value: unknown): string => (typeof value === 'number' ? String(value / 1000) : '');
  return [text(shortest), text(longest)];
}
