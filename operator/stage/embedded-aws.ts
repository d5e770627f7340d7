import { nearest } from '../../domain/json/nearest.ts';
import { UsageError } from '../../scripts/command.ts';
import { unreachable } from './stage.ts';

type Asked = { readonly method: 'GET' | 'POST' | 'DELETE'; readonly body?: unknown };
type Refusal = { readonly message?: string; readonly given?: string; readonly names?: readonly string[] };

/** It answers in milliseconds. */
const PATIENCE_MILLISECONDS = 10_000;

/**
 * Asks the embedded AWS on one of its own routes, such as `/_ota/faults`, and answers the JSON of the body, or `{}` if there is none.
 * Throws UsageError if nothing listens at the endpoint, if the embedded AWS refuses what was sent, or if something else listens there.
 */
export async function askEmbeddedAws(endpoint: string, path: string, { method, body }: Asked): Promise<unknown> {
  const sent = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(new URL(path, endpoint), { method, ...sent, signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) }).catch(
    (error: unknown) => {
      throw unreachable(error instanceof Error && error.cause !== undefined ? error.cause : error, endpoint);
    },
  );
  if (answer.status === 204) return {};
  const value: unknown = await answer.json().catch(() => ({}));
  if (!answer.ok) throw failure(answer.status, Object(value) as Refusal);
  return value;
}

/** The embedded AWS answers 400 to what it cannot do, and 404 to a route that it does not have. */
function failure(status: number, { message = `the local service answered ${status}`, given = '', names = [] }: Refusal): Error {
  const meant = nearest(given, names);
  const text = meant === undefined ? message : `${message.split(';')[0]}: did you mean ${meant}?`;
  return status === 400 || status === 404 ? new UsageError(text) : new Error(text);
}
