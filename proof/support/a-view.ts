import { emptyHead, type Head, type Rollout, type Tombstone } from '../../domain/rollout/rollout.ts';
import { nothingSeen, type Seen, type View } from '../../domain/rollout/step.ts';
import { now, timing } from './a-rollout.ts';

/** The input of `nextStep`: a row, with plain defaults for everything that is not given. */
export function aView(
  row: Rollout,
  more: { head?: Head; tombstones?: readonly Tombstone[]; seen?: Partial<Seen>; now?: number } = {},
): View {
  return {
    row,
    head: more.head ?? emptyHead,
    tombstones: more.tombstones ?? [],
    seen: { ...nothingSeen, ...more.seen },
    now: more.now ?? now,
    timing,
  };
}
