import { badDevices, type Counts } from './counts-words.ts';
import type { IconName } from './icon-paths.ts';

export type Tone = 'good' | 'live' | 'wait' | 'bad' | 'idle';

type Look = { readonly tone: Tone; readonly icon: IconName; readonly about: string };

const looks: Readonly<Record<string, Look>> = {
  WAITING: { tone: 'wait', icon: 'hourglass', about: 'accepted: its gate has not opened' },
  CLAIMED: { tone: 'live', icon: 'dots', about: 'accepted: AWS was not asked to create it yet' },
  CREATING: { tone: 'live', icon: 'loop', about: 'AWS was asked to create it' },
  CREATED: { tone: 'live', icon: 'play', about: 'AWS has created it, and devices may take it' },
  SUPERSEDING: { tone: 'idle', icon: 'back', about: 'is being stopped, because another release takes its place' },
  WITHDRAWING: { tone: 'wait', icon: 'back', about: 'is being stopped, because the release was withdrawn' },
  COMPLETED: { tone: 'good', icon: 'check', about: 'every device has ended' },
  SUPERSEDED: { tone: 'idle', icon: 'up', about: 'another release took its place' },
  WITHDRAWN: { tone: 'idle', icon: 'barred', about: 'the release was withdrawn' },
  FAILED: { tone: 'bad', icon: 'cross', about: 'it ended without success' },
};

/** How a state looks, and what it means. A rollout that is COMPLETED although devices failed does not look good. */
export function lookOf(state: string, counts?: Counts | undefined): Look {
  const look = looks[state] ?? { tone: 'idle', icon: 'dots', about: 'a state that this page does not know' };
  if (state !== 'COMPLETED' || badDevices(counts) === 0) return look;
  const isAllBad = counts?.succeeded === 0;
  return { ...look, tone: isAllBad ? 'bad' : 'wait', icon: 'warning', about: 'every device has ended, some of them without the update' };
}

/** Whether devices may still take a rollout, or it may still start. */
export function isLiveOrWaits(state: string): boolean {
  return !['COMPLETED', 'SUPERSEDED', 'WITHDRAWN', 'FAILED'].includes(state);
}
