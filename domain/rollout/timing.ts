import type { Operation } from '../request/control-planes.ts';
import type { Rollout } from './rollout.ts';

/** When a resting rollout is looked at again. All in milliseconds. */
export type Timing = {
  readonly firstDelay: number;
  readonly longestDelay: number;
  /** The same for a CREATED rollout, whose devices take hours. */
  readonly firstWatchDelay: number;
  readonly longestWatchDelay: number;
  /** A shorter delay gets a follow-up. The sweep comes as often as this, so it takes over the longer ones. */
  readonly sweepInterval: number;
  /** A minute of `soakMinutes`. */
  readonly soakMinute: number;
  /** A gate that opened longer ago is judged again before the create. */
  readonly openForLong: number;
  /** How late a follow-up may be before the sweep steps in. */
  readonly sweepSlack: number;
  /** How long a create without an answer may still take effect. */
  readonly createMayStillLand: Readonly<Record<Operation, number>>;
};

const seconds = (count: number): number => count * 1_000;
const minutes = (count: number): number => count * 60_000;

/** Minutes: by then a create without an answer has taken effect or never will. A stage may wait longer for tasks. */
export const UNANSWERED_MINUTES_MIN = 20;

/**
 * The timing of a stage. `factor` is the time factor of a local run: it shortens the delays and their slack. How late
 * AWS may still act does not shrink with it. `unansweredTaskMinutes` is a parameter of the deployment.
 */
export function timingOf({ factor, unansweredTaskMinutes }: { readonly factor: number; readonly unansweredTaskMinutes: number }): Timing {
  return {
    // Devices report within seconds of a new job.
    firstDelay: seconds(15) / factor,
    longestDelay: minutes(15) / factor,
    firstWatchDelay: minutes(5) / factor,
    longestWatchDelay: minutes(60) / factor,
    sweepInterval: minutes(5) / factor,
    soakMinute: minutes(1) / factor,
    openForLong: minutes(10) / factor,
    sweepSlack: minutes(2) / factor,
    createMayStillLand: {
      CreateOTAUpdate: minutes(UNANSWERED_MINUTES_MIN),
      CreateJob: minutes(UNANSWERED_MINUTES_MIN),
      CreateOtaTask: minutes(unansweredTaskMinutes),
    },
  };
}

type Resting = Pick<Rollout, 'state' | 'rolloutId' | 'followUpNumber' | 'restsWithoutNews'>;

/**
 * Milliseconds until a resting rollout is looked at again. The first delay doubles with every look without news, up to the
 * longest. Each delay is shortened by 0 to 20 %, so that a burst spreads. The share depends on the rollout and the number of
 * the follow-up, so the same input gives the same delay.
 */
export function delayOf(row: Resting, timing: Timing): number {
  const isWatched = row.state === 'CREATED';
  const [first, longest] = isWatched ? [timing.firstWatchDelay, timing.longestWatchDelay] : [timing.firstDelay, timing.longestDelay];
  const full = Math.min(first * 2 ** Math.min(row.restsWithoutNews, 20), longest);
  return Math.round(full * (1 - 0.2 * share(`${row.rolloutId}#${row.followUpNumber}`)));
}

/**
 * Milliseconds until the follow-up of a resting rollout, or `undefined` if only the sweep comes back to it. That is so for a
 * CREATED rollout and for a long delay. Lambda stops a function that keeps sending itself messages, and a chain of delays that
 * double would meet that limit after hours.
 */
export function followUpDelayOf(row: Resting, timing: Timing): number | undefined {
  const delay = delayOf(row, timing);
  return row.state === 'CREATED' || delay >= timing.sweepInterval ? undefined : delay;
}

/** A number in [0, 1) that depends on the text alone (FNV-1a). */
function share(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) / 0x1_0000_0000;
}
