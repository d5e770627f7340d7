import type { ProductOverview } from '../../api.ts';
import { ActionButton } from './action-button.tsx';
import { Icon } from './icon.tsx';
import { Time } from './time.tsx';

type HoldsProps = Pick<ProductOverview, 'product' | 'holds'>;

/** The holds of a product that are active: why, by whom, since when, until when. Nothing if there are none. */
export function Holds({ product, holds }: HoldsProps) {
  if (holds.length === 0) return null;
  return (
    <ul class="holds" aria-label={`Holds of ${product}`}>
      {holds.map(({ holdId, channels, reason, by, at, until }) => (
        <li key={holdId}>
          <Icon name="pause" />
          <div>
            <p>
              <strong>{channels === undefined ? 'Everything is held' : `${channels.join(', ')} held`}:</strong> {reason}
            </p>
            <p class="small muted">
              by {by.source} since <Time at={at} />
              {until === undefined ? ', until somebody resumes it' : <UntilTime until={until} />}
            </p>
          </div>
          <ActionButton action="resume" input={{ product, holdIds: [holdId] }} label={`Resume ${channels?.join(', ') ?? product}`} />
        </li>
      ))}
    </ul>
  );
}

function UntilTime({ until }: { readonly until: string }) {
  return (
    <>
      , until <Time at={until} as="until" />
    </>
  );
}
