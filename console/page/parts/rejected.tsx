import { useId, useState } from 'preact/hooks';
import type { ActionResult, Rejected, RejectedBody, RejectedMessage } from '../../api.ts';
import { send } from '../client.ts';
import { useSession } from '../session.ts';
import { useRequest } from '../use-request.ts';
import { ActionButton } from './action-button.tsx';
import { Empty } from './empty.tsx';
import { Json } from './json.tsx';
import { Problem } from './problem.tsx';
import { Region } from './region.tsx';
import { Time } from './time.tsx';

/** How many messages are shown at first, and how many more with each click. The queue may have thousands. */
const STEP = 50;

/**
 * The region of what the service has rejected. It is read only when a person asks for it, because reading hides the messages from others.
 */
export function RejectedRegion() {
  const { isReadOnly } = useSession();
  const { value, error, isBusy, ask } = useRequest<Rejected>();
  const [shown, setShown] = useState(STEP);
  const hint = useId();
  const rejected = value?.rejected ?? [];

  return (
    <Region title="Rejected">
      <p id={hint} class="muted small">
        {isReadOnly
          ? 'This console is read-only. It does not read rejected messages, because reading hides them from other readers for a moment.'
          : 'The service keeps each event that it has rejected. Correct the event, and publish it again. Reading hides the messages from other readers for a moment.'}
      </p>
      {!isReadOnly && (
        <div class="controls">
          <button
            type="button"
            aria-describedby={hint}
            aria-disabled={isBusy}
            onClick={() => {
              if (!isBusy) void ask(() => send<Rejected>('POST', '/api/rejected'));
            }}
          >
            Read rejected messages
          </button>
        </div>
      )}
      <div role="status" class="muted small">
        {isBusy && 'Reading the rejected messages…'}
        {!isBusy && value && (
          <>
            {rejected.length === 1 ? '1 message' : `${rejected.length} messages`}, read at <Time at={value.at} as="seconds" />
          </>
        )}
      </div>
      {error && <Problem error={error} shownAt={value?.at} />}
      {value && rejected.length === 0 && <Empty title="There are no rejected messages." />}
      <ul class="rejected">
        {rejected.slice(0, shown).map((message) => (
          <RejectedItem key={`${value?.at} ${message.messageId}`} message={message} />
        ))}
      </ul>
      {rejected.length > shown && (
        <button type="button" onClick={() => setShown(shown + STEP)}>
          Show more
        </button>
      )}
    </Region>
  );
}

function RejectedItem({ message }: { message: RejectedMessage }) {
  const [redriven, setRedriven] = useState<ActionResult>();
  const body = useRequest<RejectedBody>();
  const id = useId();
  const { messageId, code, path, product, version, channels, source, account, eventId, at } = message;
  const subject = [product, version].filter((part) => part !== undefined).join(' ');
  return (
    <li>
      <article aria-labelledby={id}>
        <h3 id={id}>
          <span class="badge tone-bad">{code}</span> {subject} {channels && channels.length > 0 && `on ${channels.join(', ')}`}
        </h3>
        <p>
          {path !== '' && (
            <>
              <code>{path}</code>:{' '}
            </>
          )}
          {message.message}
        </p>
        <p class="muted small">
          {[source && `from ${source}`, account && `account ${account}`, eventId && `event ${eventId}`].filter(Boolean).join(' · ')}{' '}
          <Time at={at} as="seconds" />
        </p>
        <div class="controls">
          {body.value === undefined ? (
            <button
              type="button"
              aria-describedby={id}
              aria-disabled={body.isBusy}
              onClick={() => body.isBusy || void body.ask(() => send<RejectedBody>('POST', '/api/rejected/body', { messageId }))}
            >
              Show body
            </button>
          ) : (
            <button type="button" aria-describedby={id} onClick={() => body.set(undefined)}>
              Hide body
            </button>
          )}
          {redriven === undefined && (
            <ActionButton
              action="redrive"
              input={{ queue: 'rejected', messageId }}
              label="Redrive"
              describedBy={id}
              onResult={setRedriven}
            />
          )}
        </div>
        {redriven && <p class="note">{redriven.message} Read the messages again to see what is here now.</p>}
        {body.error && <Problem error={body.error} />}
        {body.value && <Json label="Body" value={body.value.body} isOpen />}
      </article>
    </li>
  );
}
