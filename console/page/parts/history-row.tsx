import { useMemo } from 'preact/hooks';
import type { RolloutSummary } from '../../api.ts';
import { rolloutPath } from '../paths.ts';
import { CountsBar } from './counts-bar.tsx';
import { StateBadge } from './state-badge.tsx';
import { Time } from './time.tsx';

type HistoryRowProps = { readonly rollout: RolloutSummary; readonly rowIndex: number };

/** One rollout in the history. A row that only moved is not drawn again. */
export function HistoryRow({ rollout, rowIndex }: HistoryRowProps) {
  return useMemo(() => <Row rollout={rollout} rowIndex={rowIndex} />, [rollout, rowIndex]);
}

function Row({ rollout, rowIndex }: HistoryRowProps) {
  const { product, version, revision, channel, state, counts, since } = rollout;
  return (
    <tr aria-rowindex={rowIndex}>
      <td>
        <a href={rolloutPath(rollout)}>
          {product} {version}
        </a>
        {revision > 1 && <span class="muted"> revision {revision}</span>}
        <span class="on-phone">{channel}</span>
      </td>
      <td class="column-channel">{channel}</td>
      <td>
        <StateBadge state={state} counts={counts} />
      </td>
      <td class="column-devices">
        <CountsBar counts={counts} />
      </td>
      <td class="column-since">
        <Time at={since} />
      </td>
    </tr>
  );
}
