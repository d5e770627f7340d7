import type { RolloutSummary } from '../../api.ts';
import { Time } from './time.tsx';

/** Who withdrew a rollout, when and why. Nothing if nobody did. */
export function WithdrawnBy({ by }: { readonly by: RolloutSummary['withdrawnBy'] | undefined }) {
  if (by === undefined) return null;
  const why = [by.reasonCode, by.comment].filter((text) => text !== undefined);
  return (
    <p class="small bad-text">
      withdrawn by {by.source} at <Time at={by.at} />
      {why.length > 0 && `: ${why.join(', ')}`}
    </p>
  );
}
