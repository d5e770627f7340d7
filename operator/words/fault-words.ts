import { ota } from '../../scripts/installation.ts';
/** A fault as it is armed. */
export type Fault = {
  readonly kind: string;
  readonly service: string;
  readonly operation?: string;
  readonly times?: number;
  readonly after?: number;
  readonly probability?: number;
  readonly abovePerSecond?: number;
  readonly forMilliseconds?: number;
};

/** A fault as the local service lists it. */
export type ListedFault = Fault & {
  readonly id: number;
  /** How many requests it has hit. */
  readonly struck: number;
  /** `armed`, or why it hits no more. */
  readonly state: string;
};

/**
 * What a fault hits and how long, such as `throttle of iot CreateOTAUpdate, at most 3 times`. `endless` says how one ends that has no end.
 */
export function textOf(fault: Fault, endless = `until ${ota} fault clear`): string {
  const { kind, service, operation, times, after, probability, abovePerSecond, forMilliseconds } = fault;
  const what = kind === 'createFailed' ? 'creations' : kind.startsWith('event') ? 'job events' : 'requests';
  const parts = [
    `${kind} of ${service}${operation === undefined ? '' : ` ${operation}`}`,
    after !== undefined && `after the first ${after} ${what}`,
    probability !== undefined && `each with probability ${probability}`,
    abovePerSecond !== undefined && `only above ${abovePerSecond} a second`,
    times !== undefined && `at most ${times} ${times === 1 ? 'time' : 'times'}`,
    forMilliseconds !== undefined && `for ${forMilliseconds} ms`,
    times === undefined && forMilliseconds === undefined && endless,
  ];
  return parts.filter((part) => part !== false).join(', ');
}

/** The line of a fault in a list: its number, what it hits, how often it has hit, and whether it still does. */
export function lineOf(fault: ListedFault): string {
  return `fault ${fault.id} (${fault.state}, struck ${fault.struck}): ${textOf(fault)}`;
}
