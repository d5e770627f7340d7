import type { RolloutStory } from '../../api.ts';
import { rolloutPath } from '../paths.ts';
import { Gate } from './gate.tsx';
import { Icon } from './icon.tsx';
import { namesBefore } from './pipeline-columns.ts';
import { RolloutNotes } from './rollout-notes.tsx';
import { serviceWords } from './service-words.ts';
import { approvalsWords } from './stages.ts';
import { StateBadge } from './state-badge.tsx';
import { Time } from './time.tsx';

/** One channel on the way of a release: its gate, how that opened or what it waits for, and the rollout. */
export function StageCard({ rollout }: { readonly rollout: RolloutStory }) {
  const { channel, operation, state, counts, gate, opened } = rollout;
  const approvals = approvalsWords(rollout);
  const id = `stage-${rollout.rolloutId}`;
  return (
    <article class={`channel ${namesBefore(rollout).length > 0 ? 'has-before' : ''}`} aria-labelledby={id}>
      <div class="channel-head">
        <h3 id={id}>
          <a href={rolloutPath(rollout)}>{channel}</a>
        </h3>
        <StateBadge state={state} counts={counts} />
      </div>
      <p class="small muted">{serviceWords(operation)}</p>
      <Gate gate={gate} />
      {opened !== undefined && (
        <p class="small opened">
          <Icon name="check" /> gate opened <Time at={opened.at} />
          {opened.skipped.length > 0 && `, skipped ${opened.skipped.join(', ')}`}
        </p>
      )}
      {approvals !== undefined && <p class="small">{approvals}</p>}
      <RolloutNotes rollout={rollout} />
    </article>
  );
}
