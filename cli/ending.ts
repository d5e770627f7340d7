import { compact } from '../domain/json/compact.ts';
import { resultOf } from '../domain/rollout/outcome.ts';
import type { Counts } from '../domain/rollout/outcome-schema.ts';
import { isFinal, type Rollout } from '../domain/rollout/rollout.ts';
import type { RolloutView } from '../operator/reads/read-model.ts';
import type { RejectedView } from '../operator/reads/rejected-view.ts';
import { stateLine, stateWords } from '../operator/words/state-words.ts';

/** How a published release ended, or how far it was when the time was over. */
export type Ending = {
  readonly rollouts: readonly Rollout[];
  readonly duplicate: boolean;
  /** The rejection of the whole event. */
  readonly rejected?: RejectedView;
  /** The time was over before every channel had ended. */
  readonly timedOut?: true;
  /** Channels that were not followed to their end, because only a gate or a hold kept them. */
  readonly waiting?: readonly WaitingChannel[];
};

/** A channel that is no longer followed, and what it waits for now. If it goes on meanwhile, it waits for nothing. */
export type WaitingChannel = Pick<RolloutView, 'channel' | 'rolloutId'> &
  Required<Pick<RolloutView, 'waitingFor' | 'reasons'>> & {
    /** The same for a person. Empty if it waits for nothing. */
    readonly words: string;
  };

/** When a rollout counts as ended. */
export type Goal = {
  /** Per cent of its devices that must have succeeded. Without it, every device must have ended. */
  readonly until?: number;
  /** Nothing has changed for so long that devices without an answer are no longer waited for. */
  readonly isQuiet: boolean;
};

/**
 * Whether a rollout has ended for the person who follows it, and whether it ended well.
 *
 * With `until`, it ends well as soon as that share of its devices has succeeded, and badly if it ends before. Without it, it
 * ends well if it completed and a device succeeded. A continuous rollout never completes. It ends when each device that it has
 * got so far has ended, or when it is quiet. It ends well if none of them failed, rejected the update or timed out.
 */
export function verdictOf(row: Rollout, { until, isQuiet }: Goal): 'pending' | 'good' | 'bad' {
  const { state, counts, continuous } = row;
  if (until !== undefined && (state === 'CREATED' || state === 'COMPLETED') && succeededPercentage(counts) >= until) return 'good';
  if (state === 'COMPLETED' && until === undefined) return counts === undefined || resultOf(counts) !== 'failed' ? 'good' : 'bad';
  if (isFinal(state)) return 'bad';
  if (state !== 'CREATED' || !continuous) return 'pending';
  const hasAnswered = counts !== undefined && devicesOf(counts) > 0 && counts.queued + counts.inProgress === 0;
  if (!hasAnswered && (!isQuiet || until !== undefined)) return 'pending';
  return until === undefined && failuresOf(counts) === 0 ? 'good' : 'bad';
}

/** Whether a release ended well on every channel that it names. A channel that is no longer followed must not have ended badly. */
export function endedWell({ rejected, timedOut, rollouts, waiting = [] }: Ending, until?: number): boolean {
  const goal = compact({ until, isQuiet: true });
  const isFine = (row: Rollout): boolean => {
    const verdict = verdictOf(row, goal);
    return verdict === 'good' || (verdict === 'pending' && waiting.some(({ channel }) => channel === row.channel));
  };
  return rejected === undefined && !timedOut && rollouts.every(isFine);
}

/**
 * What became of a published event, in one word for a program. `waiting`: what has not ended well yet waits only for a gate or a hold.
 * `published`: nobody followed it. `declined`: a person said no, so nothing was published. `error`: nobody knows, and the member `error`
 * says why.
 */
export type PublishResult = 'succeeded' | 'waiting' | 'failed' | 'rejected' | 'timeout' | 'published' | 'declined' | 'error';

/** How a release ended, in one word. `until` as in {@link Goal}. */
export function resultOfEnding(ending: Ending, until?: number): PublishResult {
  const { rejected, timedOut = false, rollouts, waiting = [] } = ending;
  if (rejected !== undefined) return 'rejected';
  const goal = compact({ until, isQuiet: !timedOut });
  if (rollouts.some((row) => verdictOf(row, goal) === 'bad')) return 'failed';
  if (timedOut) return 'timeout';
  return waiting.some(({ waitingFor }) => waitingFor.length > 0) ? 'waiting' : 'succeeded';
}

/** How a release ended, in one line for a person. */
export function endingLine(ending: Ending): string {
  if (ending.rejected) return `rejected: ${ending.rejected.code} ${ending.rejected.path}: ${ending.rejected.reason}`;
  const wordsOf = (row: Rollout): string | undefined => ending.waiting?.find(({ channel }) => channel === row.channel)?.words;
  const channels = ending.rollouts.map((row) => [stateLine(row), wordsOf(row)].filter(Boolean).join(': ')).join(', ');
  return ending.duplicate ? `already released; nothing was started again: ${channels}` : channels;
}

/** A rollout that another event had started before: `beta: already COMPLETED (10 succeeded)`. A failed one has how to try again. */
export function alreadyLine(row: Rollout): string {
  const hasFailed = (row.state === 'FAILED' || row.state === 'COMPLETED') && verdictOf(row, { isQuiet: false }) === 'bad';
  return `${row.channel}: already ${stateWords(row)}${hasFailed ? '; to try again, publish the release with a higher revision' : ''}`;
}

/** Devices that count: canceled and removed ones never got the update. */
function devicesOf({ queued, inProgress, succeeded, failed, rejected, timedOut }: Counts): number {
  return queued + inProgress + succeeded + failed + rejected + timedOut;
}

function succeededPercentage(counts: Counts | undefined): number {
  const devices = counts === undefined ? 0 : devicesOf(counts);
  return counts === undefined || devices === 0 ? 0 : (counts.succeeded / devices) * 100;
}

function failuresOf(counts: Counts | undefined): number {
  return counts === undefined ? 0 : counts.failed + counts.rejected + counts.timedOut;
}
