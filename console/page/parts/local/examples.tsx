import { useEffect, useId } from 'preact/hooks';
import type { ActionResult, Example, Examples } from '../../../api.ts';
import { get, send } from '../../client.ts';
import { refreshAll } from '../../refresh.ts';
import { useSession } from '../../session.ts';
import { useRequest } from '../../use-request.ts';
import { ActionResultPart } from '../action-result.tsx';
import { Empty } from '../empty.tsx';
import { Json } from '../json.tsx';
import { Problem } from '../problem.tsx';
import { Refused } from '../refused.tsx';
import { Region } from '../region.tsx';

/** The region of the examples, each with a button that publishes it. */
export function ExamplesRegion() {
  const { value, error, ask } = useRequest<Examples>();
  useEffect(() => void ask(() => get<Examples>('/api/local/examples')), []);
  return (
    <Region title="Examples">
      <p class="muted small">
        Each example is an event of the folder examples. You can publish it twice: the second one is a duplicate and starts nothing.
      </p>
      {error && <Problem error={error} />}
      {value?.examples.length === 0 && <Empty title="There are no examples." />}
      <ul class="examples">
        {value?.examples.map((example) => (
          <ExampleItem key={example.name} example={example} />
        ))}
      </ul>
    </Region>
  );
}

function ExampleItem({ example: { name, detailType, about, text } }: { example: Example }) {
  const { isReadOnly } = useSession();
  const { value, error, isBusy, ask } = useRequest<ActionResult>();
  const id = useId();
  return (
    <li>
      <h3>
        {name} <span class="muted small">{detailType}</span>
      </h3>
      <p id={id} class="about">
        {about}
      </p>
      {!isReadOnly && (
        <button
          type="button"
          aria-describedby={id}
          aria-disabled={isBusy}
          onClick={() => {
            if (!isBusy) void ask(() => send<ActionResult>('POST', `/api/local/examples/${encodeURIComponent(name)}`)).then(refreshAll);
          }}
        >
          Publish {name}
        </button>
      )}
      <div role="status">
        {isBusy && <p class="muted small">Waiting for the service. This takes some seconds…</p>}
        {!isBusy && value && (
          <div class={value.isDone ? 'note' : 'note refusal'}>
            <ActionResultPart action="publish" result={value} onFollow={() => undefined} />
          </div>
        )}
      </div>
      {error && <Refused error={error} />}
      <Json label="Event" value={text} />
    </li>
  );
}
