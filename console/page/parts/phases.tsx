import type { RolloutStory } from '../../api.ts';
import { Icon } from './icon.tsx';
import { phasesOf, widthOf } from './phase-times.ts';
import { isLiveOrWaits, lookOf } from './state-look.ts';
import { durationWords } from './time-words.ts';

type PhasesProps = { readonly rollout: Pick<RolloutStory, 'timeline' | 'state'>; readonly at: string };

/** How long a rollout stayed in each of its states, side by side. `at` is when it was read. */
export function Phases({ rollout: { timeline, state }, at }: PhasesProps) {
  const phases = phasesOf(timeline, { now: Date.parse(at), isOver: !isLiveOrWaits(state) });
  if (phases.length < 2) return null;
  return (
    <ol class="phases" aria-label="Time in each state">
      {phases.map((phase, index) => {
        const { tone, icon } = lookOf(phase.state);
        return (
          <li key={`${index} ${phase.state}`} class={`tone-${tone}`} style={{ flexGrow: widthOf(phase) }}>
            <Icon name={icon} />
            <span>{phase.state}</span>
            {phase.milliseconds !== undefined && <span class="number">{durationWords(phase.milliseconds)}</span>}
          </li>
        );
      })}
    </ol>
  );
}
