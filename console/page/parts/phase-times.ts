import type { TimelineEntry } from '../../api.ts';

/** A time for which a rollout stayed in one state. `milliseconds` is absent for the state that it ended in. */
type Phase = { readonly state: string; readonly milliseconds?: number };

/**
 * The states that a rollout went through and how long it stayed in each, the oldest first. `now` (epoch ms) ends the state of now, unless
 * it `isOver`.
 */
export function phasesOf(
  entries: readonly TimelineEntry[],
  { now, isOver }: { readonly now: number; readonly isOver: boolean },
): readonly Phase[] {
  const changes = entries.filter(({ kind }) => kind === 'state');
  return changes.map(({ at, what }, index) => {
    const next = changes[index + 1];
    if (next === undefined && isOver) return { state: what };
    const end = next === undefined ? now : Date.parse(next.at);
    return { state: what, milliseconds: Math.max(0, end - Date.parse(at)) };
  });
}

/** How wide a phase is drawn beside others. A week is not a thousand times as wide as ten minutes, so that all of them can be seen. */
export function widthOf({ milliseconds = 0 }: Phase): number {
  return 1 + Math.log2(1 + milliseconds / 1000);
}
