import type { Context as Request } from 'hono';
import type { Failure, FailureCode } from '../api.ts';

/** The HTTP status of each code. */
const statuses = {
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  INVALID: 400,
  TOO_LARGE: 413,
  THROTTLED: 429,
  UNREACHABLE: 503,
  FAILED: 500,
} as const satisfies Record<FailureCode, number>;

/** The answer to a request that is not carried out. `message` goes to the browser, so it has no secrets. */
export function refuse(c: Request, code: FailureCode, message: string, more: { readonly retryAfterMilliseconds?: number } = {}): Response {
  return c.json({ error: { code, message, ...more } } satisfies Failure, statuses[code]);
}
