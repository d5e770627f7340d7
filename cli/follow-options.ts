import type { Stage } from '../operator/stage/stage.ts';
import { UsageError } from '../scripts/command.ts';
import type { Limits } from './follow.ts';

/** The options of the commands that follow what they publish. */
export const followOptions = {
  'no-wait': { type: 'boolean', default: false },
  timeout: { type: 'string' },
} as const;

/** The options of the commands that publish a release. */
export const releaseFollowOptions = {
  ...followOptions,
  until: { type: 'string' },
  'wait-for-gates': { type: 'boolean', default: false },
} as const;

export const followHelp = `  --no-wait      do not follow, and print the command that shows the rollout
  --timeout M    follow for at most M minutes. The service goes on, and the exit
                 status is 1`;

export const releaseFollowHelp = `${followHelp}
  --until P      follow until P per cent of the devices of each channel have
                 succeeded (1 to 100). Canceled and removed devices do not
                 count. The exit status is 1 if a channel ends before
  --wait-for-gates
                 also follow a channel that only a gate or a hold keeps. Without
                 it, the reasons are printed and that channel is no longer
                 followed`;

/**
 * How long a continuous channel may be quiet on AWS and locally. On AWS the service looks at a rollout after 5 and after 15
 * minutes. The local service looks every few seconds.
 */
const QUIET_MILLISECONDS = { onAws: 20 * 60_000, local: 15_000 };

/**
 * How long the service may take to process an event, on AWS and locally. It needs seconds. On AWS there may be a backlog, and SQS
 * delivers a message that failed again after 6 minutes. After that, the bus most likely has no rule for the source of the event.
 */
const PATIENCE_MILLISECONDS = { onAws: 10 * 60_000, local: 60_000 };

/** How to follow a published event. */
export type FollowOptions = { readonly wait: boolean; readonly json: boolean; readonly limits: Limits };

type Values = {
  readonly json: boolean;
  readonly 'no-wait': boolean;
  readonly timeout?: string | undefined;
  readonly until?: string | undefined;
  readonly 'wait-for-gates'?: boolean | undefined;
};

/** How to follow, as a person typed it. Throws UsageError for a time or a percentage that cannot be. */
export function readFollowOptions(
  { json, 'no-wait': noWait, timeout: minutes, until: percent, 'wait-for-gates': waitForGates = false }: Values,
  { isLocal }: Pick<Stage, 'isLocal'>,
): FollowOptions {
  const timeout = minutes === undefined ? undefined : Number(minutes) * 60_000;
  if (timeout !== undefined && !(/^\d+(?:\.\d+)?$/.test(minutes ?? '') && timeout > 0))
    throw new UsageError(`--timeout takes minutes such as 30, not ${minutes || 'nothing'}`);
  const until = percent === undefined ? undefined : Number(percent.replace(/%$/, ''));
  if (until !== undefined && !(/^\d+%?$/.test(percent ?? '') && until >= 1 && until <= 100))
    throw new UsageError(`--until takes a percentage from 1 to 100, not ${percent || 'nothing'}`);
  const [useless] = [minutes !== undefined && 'timeout', percent !== undefined && 'until', waitForGates && 'wait-for-gates'].filter(
    Boolean,
  );
  if (noWait && useless !== undefined)
    throw new UsageError(`--no-wait does not follow, so --${useless} has no effect: leave out one of them`);
  const limits = {
    patience: patienceOf({ isLocal }),
    quiet: isLocal ? QUIET_MILLISECONDS.local : QUIET_MILLISECONDS.onAws,
    ...(timeout !== undefined && { timeout }),
    ...(until !== undefined && { until }),
    ...(waitForGates && { waitForGates: true as const }),
  };
  return { wait: !noWait, json, limits };
}

/** How many milliseconds the service of a stage may take to process an event. */
export function patienceOf({ isLocal }: Pick<Stage, 'isLocal'>): number {
  return isLocal ? PATIENCE_MILLISECONDS.local : PATIENCE_MILLISECONDS.onAws;
}
