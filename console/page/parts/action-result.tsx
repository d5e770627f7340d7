import type { ActionName, ActionResult } from '../../api.ts';
import { placeOfResult } from '../action-words.ts';

type ActionResultProps = {
  readonly action: ActionName;
  readonly result: ActionResult;
  /** Called when the person follows the link. */
  readonly onFollow: () => void;
};

/** What became of an action, with a link to where it shows. */
export function ActionResultPart({ action, result, onFollow }: ActionResultProps) {
  const { message, lines, rejected, eventId, href } = result;
  return (
    <>
      <p class="result">{message}</p>
      {rejected && (
        <p>
          <code>{rejected.code}</code> {rejected.path !== '' && <code>{rejected.path}</code>}
        </p>
      )}
      {lines.length > 0 && (
        <ul class="sentences">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {eventId !== undefined && (
        <p class="muted small">
          Event <code>{eventId}</code>
        </p>
      )}
      {href !== undefined && (
        <p>
          <a href={href} onClick={onFollow}>
            {placeOfResult[action]}
          </a>
        </p>
      )}
    </>
  );
}
