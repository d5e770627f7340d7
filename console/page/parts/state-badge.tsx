import type { Counts } from './counts-words.ts';
import { Icon } from './icon.tsx';
import { lookOf } from './state-look.ts';

type StateBadgeProps = { readonly state: string; readonly counts?: Counts | undefined };

/** The state of a rollout: its word, a shape and a colour. */
export function StateBadge({ state, counts }: StateBadgeProps) {
  const { tone, icon, about } = lookOf(state, counts);
  return (
    <span class={`badge tone-${tone}`} title={about}>
      <Icon name={icon} />
      {state}
    </span>
  );
}
