import { useId } from 'preact/hooks';
import type { QueueDepth } from '../../api.ts';
import { ageOf } from '../instants.ts';
import { ActionButton } from './action-button.tsx';
import { Icon } from './icon.tsx';

/** The queues with how many messages each has, and how old the oldest one is. A dead-letter queue with messages stands out. */
export function QueueTable({ queues }: { queues: readonly QueueDepth[] }) {
  return (
    <div class="scroller">
      <table class="queues">
        <caption class="visually-hidden">Queues</caption>
        <thead>
          <tr>
            <th scope="col">Queue</th>
            <th scope="col" class="number">
              Visible
            </th>
            <th scope="col" class="number">
              In flight
            </th>
            <th scope="col" class="number">
              Delayed
            </th>
            <th scope="col" class="number">
              Oldest
            </th>
            <th scope="col">
              <span class="visually-hidden">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {queues.map((queue) => (
            <QueueRow key={queue.queue} queue={queue} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function QueueRow({ queue: { queue, redrive, visible, inFlight, delayed, oldestSeconds } }: { queue: QueueDepth }) {
  const id = useId();
  const isDead = queue.endsWith('-dlq') && visible + inFlight > 0;
  return (
    <tr class={isDead ? 'tone-bad' : ''}>
      <th scope="row" id={id}>
        {isDead && <Icon name="warning" />}
        {queue}
      </th>
      <td class="number">{visible}</td>
      <td class="number">{inFlight}</td>
      <td class="number">{delayed}</td>
      <td class="number">{oldestSeconds === undefined ? '' : ageOf(oldestSeconds)}</td>
      <td>
        {redrive !== undefined && visible + inFlight > 0 && (
          <ActionButton action="redrive" input={{ queue: redrive }} label="Redrive" describedBy={id} />
        )}
      </td>
    </tr>
  );
}
