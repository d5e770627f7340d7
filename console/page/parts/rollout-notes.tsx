import type { RolloutSummary } from '../../api.ts';
import { ActionButton } from './action-button.tsx';
import { CountsBar } from './counts-bar.tsx';
import { Time } from './time.tsx';
import { Waits } from './waits.tsx';
import { WithdrawnBy } from './withdrawn-by.tsx';

/**
 * What a card says of a rollout below its state: devices, since when, what went wrong, what it waits for, and what one can do about that.
 */
export function RolloutNotes({ rollout }: { readonly rollout: RolloutSummary }) {
  const { state, counts, since, message, supersededBy, withdrawnBy, drift } = rollout;
  return (
    <>
      <CountsBar counts={counts} />
      <p class="small muted">
        <Time at={since} as="ago" />
        {supersededBy !== undefined && `, by ${supersededBy.version}`}
      </p>
      <WithdrawnBy by={withdrawnBy} />
      {state === 'FAILED' && message !== undefined && <p class="small bad-text">{message}</p>}
      {drift !== undefined && <p class="small bad-text">changed at AWS: {drift.join(', ')}</p>}
      <Waits rollout={rollout} />
      <WaitActions rollout={rollout} />
    </>
  );
}

/** What an approver does about a rollout that waits. */
export function WaitActions({ rollout: { product, version, revision, channel, state, gate } }: { readonly rollout: RolloutSummary }) {
  if (state !== 'WAITING') return null;
  const input = { product, version, revision, channel };
  return (
    <div class="controls">
      {gate?.approval !== undefined && <ActionButton action="approve" input={input} label="Approve" skippable={gate.approval.skip} />}
      <ActionButton action="deny" input={input} label="Deny" />
    </div>
  );
}
