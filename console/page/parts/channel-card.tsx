import type { ChannelOverview, ProductOverview } from '../../api.ts';
import { ActionButton } from './action-button.tsx';
import { Gate } from './gate.tsx';
import { Icon } from './icon.tsx';
import { More } from './more.tsx';
import { namesBefore } from './pipeline-columns.ts';
import { RolloutEntry } from './rollout-entry.tsx';
import { serviceWords } from './service-words.ts';

/** More rollouts than these wait behind a line that opens them. */
const SHOWN = 4;

type ChannelCardProps = {
  readonly product: string;
  readonly channel: ChannelOverview;
  readonly holds: ProductOverview['holds'];
};

/** A channel: its gate, what runs on it, and what waits for it. */
export function ChannelCard({ product, channel, holds }: ChannelCardProps) {
  const { channel: name, operation, isContinuous, gate, targets, hasMoreInHistory, rollouts } = channel;
  const before = namesBefore(channel);
  const isHeld = holds.some(({ channels }) => channels === undefined || channels.includes(name));
  return (
    <article class={`channel ${before.length > 0 ? 'has-before' : ''}`} aria-labelledby={idOf(product, name)}>
      <div class="channel-head">
        <h3 id={idOf(product, name)}>{name}</h3>
        {isHeld && (
          <span class="badge tone-wait">
            <Icon name="pause" />
            HELD
          </span>
        )}
        <ActionButton action="hold" input={{ product, channels: [name] }} label={`Hold ${name}`} />
      </div>
      <p class="small muted" title={targets.join('\n')}>
        {serviceWords(operation)}
        {isContinuous ? ', continuous' : ''}
        {before.length > 0 && `, after ${before.join(' and ')}`}
      </p>
      <Gate gate={gate} />
      {rollouts.length === 0 && !hasMoreInHistory && <p class="small muted">Nothing was released here yet.</p>}
      <Entries rollouts={rollouts.slice(0, SHOWN)} />
      {rollouts.length > SHOWN && (
        <More label={`${rollouts.length - SHOWN} more`}>{() => <Entries rollouts={rollouts.slice(SHOWN)} />}</More>
      )}
      {hasMoreInHistory && (
        <p class="small muted">
          A later rollout failed or was withdrawn. See the <a href="/history">history</a>.
        </p>
      )}
    </article>
  );
}

function Entries({ rollouts }: Pick<ChannelOverview, 'rollouts'>) {
  return (
    <ul class="entries">
      {rollouts.map((rollout) => (
        <RolloutEntry key={rollout.rolloutId} rollout={rollout} />
      ))}
    </ul>
  );
}

function idOf(product: string, channel: string): string {
  return `channel-${product}-${channel}`;
}
