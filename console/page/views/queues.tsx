import type { Queues } from '../../api.ts';
import { QueueTable } from '../parts/queue-table.tsx';
import { PolledProblem, ReadAt } from '../parts/read-at.tsx';
import { RejectedRegion } from '../parts/rejected.tsx';
import { usePolled } from '../polled.ts';
import { useSession } from '../session.ts';
import { useTitle } from '../title.ts';

/** The queues of the service, and what it has rejected. */
export function QueuesView() {
  useTitle('Queues');
  const { refreshMilliseconds } = useSession();
  const polled = usePolled<Queues>('/api/queues', refreshMilliseconds);
  const { value, error } = polled;
  return (
    <>
      <div class="view-head">
        <h1>Queues</h1>
        {value && <ReadAt at={value.at} />}
      </div>
      <PolledProblem polled={polled} />
      <section class="panel" aria-label="Depths" aria-busy={value === undefined && error === undefined}>
        {value && <QueueTable queues={value.queues} />}
        {value?.remarks.map((remark) => (
          <p key={remark} class="muted small">
            {remark}
          </p>
        ))}
        <p class="muted small">
          A dead-letter queue has messages that the service could not process. Find the cause, and then redrive them. A redrive is safe at
          any time.
        </p>
      </section>
      <RejectedRegion />
    </>
  );
}
