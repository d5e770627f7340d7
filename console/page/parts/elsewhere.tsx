import type { Overview } from '../../api.ts';
import { useSession } from '../session.ts';
import { RolloutEntry } from './rollout-entry.tsx';

/** What waits or starts on channels that channels.yml does not have any more. Nothing if there is none. */
export function Elsewhere({ rollouts }: { readonly rollouts: Overview['elsewhere'] }) {
  const { channelsFile } = useSession();
  if (rollouts.length === 0) return null;
  const places = [...new Set(rollouts.map(({ product, channel }) => `${product} ${channel}`))];
  return (
    <section class="panel" aria-labelledby="elsewhere">
      <h2 id="elsewhere">On other channels</h2>
      <p class="small muted">
        {channelsFile} has no channel {places.join(', ')}. These rollouts go on all the same.
      </p>
      <ul class="entries">
        {rollouts.map((rollout) => (
          <RolloutEntry key={rollout.rolloutId} rollout={rollout} />
        ))}
      </ul>
    </section>
  );
}
