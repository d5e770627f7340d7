import type { RolloutSummary } from '../../api.ts';
import { gateWords } from './gate-words.ts';
import { Icon } from './icon.tsx';

/** What must be true before a release starts on a channel. Nothing if the channel has no gate. */
export function Gate({ gate }: { readonly gate: RolloutSummary['gate'] | undefined }) {
  if (gate === undefined) return null;
  return (
    <div class="gate">
      <Icon name="gate" />
      <span class="visually-hidden">Gate: </span>
      <ul>
        {gateWords(gate).map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
    </div>
  );
}
