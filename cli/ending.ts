import type { Rejection } from '../domain/release/rejection.ts';
import { resultOf } from '../domain/rollout/outcome.ts';
import { countsLine, type RolloutView } from './read-model.ts';
import type { RejectedView } from './rejected.ts';

/** How a published release ended. */
export type Ending = {
  readonly rollouts: readonly RolloutView[];
  readonly duplicate: boolean;
  /** The rejection of the whole event. */
  readonly rejected?: RejectedView;
  /** The channels on which another release was accepted after this one was accepted on the others. */
  readonly rejections?: readonly Rejection[];
};

/**
 * Whether a release ended well on every channel that it names. A rollout ended well if it completed and a device
 * succeeded, or if it is continuous and was created.
 */
export function endedWell({ rejected, rejections = [], rollouts }: Ending): boolean {
  return rejected === undefined && rejections.length === 0 && rollouts.every(rolloutEndedWell);
}

function rolloutEndedWell({ state, counts }: RolloutView): boolean {
  return state === 'CREATED' || (state === 'COMPLETED' && (counts === undefined || resultOf(counts) !== 'failed'));
}

/** How a release ended, in one line for a person. */
export function endingLine(ending: Ending): string {
  if (ending.rejected) return `rejected: ${ending.rejected.code} ${ending.rejected.path}: ${ending.rejected.reason}`;
  const channels = [
    ...ending.rollouts.map(rolloutLine),
    ...(ending.rejections ?? []).map(({ channel, code, path, message }) => `${channel} rejected: ${code} ${path}: ${message}`),
  ].join(', ');
  return ending.duplicate ? `already released; nothing was started again: ${channels}` : channels;
}

function rolloutLine({ channel, state, code, counts }: RolloutView): string {
  const details = [code, countsLine(counts)].filter(Boolean).join(': ');
  return `${channel} ${state}${details === '' ? '' : ` (${details})`}`;
}
