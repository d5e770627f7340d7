import type { RequestError } from '../client.ts';
import { Icon } from './icon.tsx';
import { Time } from './time.tsx';

type ProblemProps = {
  readonly error: RequestError;
  /** When what the page still shows was read (RFC 3339). Absent if it shows nothing. */
  readonly shownAt?: string | undefined;
  /** When the page reads again (epoch ms). */
  readonly nextAt?: number | undefined;
};

/** Why a read failed, how old what is shown is, and when the page reads again. */
export function Problem({ error, shownAt, nextAt }: ProblemProps) {
  return (
    <div class={`problem ${error.code === 'THROTTLED' ? 'tone-wait' : 'tone-bad'}`} role="alert">
      <Icon name="warning" />
      <div>
        <p>
          <strong>{titleOf(error)}</strong> {capital(error.message)}
        </p>
        {shownAt !== undefined && (
          <p>
            The page shows what it read at <Time at={shownAt} as="seconds" />.
          </p>
        )}
        {nextAt !== undefined && (
          <p>
            It reads again at <Time at={new Date(nextAt).toISOString()} as="seconds" />.
          </p>
        )}
      </div>
    </div>
  );
}

/** Messages begin small, because elsewhere a name stands before them. */
function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function titleOf({ code }: RequestError): string {
  switch (code) {
    case 'UNAUTHORIZED':
      return 'This page has no session.';
    case 'THROTTLED':
      return 'AWS throttles the reads.';
    case 'UNREACHABLE':
      return 'No answer.';
    case 'NOT_FOUND':
      return 'Not found.';
    default:
      return 'The read failed.';
  }
}
