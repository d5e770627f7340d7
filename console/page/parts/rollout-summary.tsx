import type { RolloutStory } from '../../api.ts';
import { CountsBar } from './counts-bar.tsx';
import { Phases } from './phases.tsx';
import { WaitActions } from './rollout-notes.tsx';
import { StateBadge } from './state-badge.tsx';
import { lookOf } from './state-look.ts';
import { Time } from './time.tsx';
import { Waits } from './waits.tsx';
import { WithdrawnBy } from './withdrawn-by.tsx';

/** How a rollout is now: state, devices, what it waits for, and what went wrong. `at` is when it was read. */
export function RolloutSummary({ rollout, at }: { readonly rollout: RolloutStory; readonly at: string }) {
  const { state, since, counts, countsChangedAt, code, message, errorInfo, drift, throttledSince, supersededBy } = rollout;
  return (
    <div class="panel summary">
      <p class="entry-head">
        <StateBadge state={state} counts={counts} />
        <span>{lookOf(state, counts).about}</span>
        <span class="muted">
          since <Time at={since} /> (<Time at={since} as="ago" />)
        </span>
      </p>
      <Phases rollout={rollout} at={at} />
      <CountsBar counts={counts} />
      {countsChangedAt !== undefined && (
        <p class="small muted">
          a device last changed <Time at={countsChangedAt} as="ago" />
        </p>
      )}
      {code !== undefined && (
        <p class="bad-text">
          <strong>{code}</strong> {message}
        </p>
      )}
      {errorInfo !== undefined && (
        <p class="small">
          AWS answered: <code>{errorInfo.code}</code> {errorInfo.message}
        </p>
      )}
      <WithdrawnBy by={rollout.withdrawnBy} />
      {supersededBy !== undefined && (
        <p>
          {supersededBy.version} revision {supersededBy.revision} took its place.
        </p>
      )}
      {throttledSince !== undefined && (
        <p class="bad-text">
          AWS has refused every create since <Time at={throttledSince} />. The service tries again.
        </p>
      )}
      {drift !== undefined && (
        <p class="bad-text">Somebody changed the job at AWS: {drift.join(', ')}. The service does not change it back.</p>
      )}
      <Waits rollout={rollout} />
      <WaitActions rollout={rollout} />
    </div>
  );
}
