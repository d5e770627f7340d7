import type { History } from '../../api.ts';
import { Icon } from './icon.tsx';
import { Time } from './time.tsx';

/** The withdrawals of a release: what they cover, who sent them, and why. Nothing if there are none. */
export function Withdrawals({ withdrawals }: { readonly withdrawals: History['withdrawals'] }) {
  if (withdrawals.length === 0) return null;
  return (
    <ul class="holds" aria-label="Withdrawals">
      {withdrawals.map(({ product, version, revision, channels, source, account, reasonCode, comment, at }) => (
        <li key={`${product} ${version} ${revision} ${channels?.join()} ${at}`}>
          <Icon name="barred" />
          <div>
            <p>
              <strong>
                {product} {version} {revision === undefined ? '' : `revision ${revision} `}was withdrawn
                {channels === undefined ? '' : ` from ${channels.join(', ')}`}
              </strong>
              {reasonCode !== undefined && `: ${reasonCode}`}
            </p>
            {comment !== undefined && <p>{comment}</p>}
            <p class="small muted">
              by {source}, account {account}, <Time at={at} />
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
