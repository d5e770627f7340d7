import type { RolloutSummary } from '../../api.ts';
import { rolloutPath } from '../paths.ts';
import { RolloutNotes } from './rollout-notes.tsx';
import { StateBadge } from './state-badge.tsx';

/** One rollout in the list of its channel: which release, how far it is, what it waits for, and what one can do about that. */
export function RolloutEntry({ rollout }: { readonly rollout: RolloutSummary }) {
  const { product, version, revision, state, counts } = rollout;
  return (
    <li class="entry">
      <p class="entry-head">
        <a href={rolloutPath(rollout)}>
          {product} {version}
        </a>
        {revision > 1 && <span class="muted small">revision {revision}</span>}
        <StateBadge state={state} counts={counts} />
      </p>
      <RolloutNotes rollout={rollout} />
    </li>
  );
}
