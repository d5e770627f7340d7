import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import type { Context as Request } from 'hono';
import { environmentProblem } from '../../operator/stage/environment-problem.ts';
import { Unreachable, unreachable } from '../../operator/stage/stage.ts';
import { usageProblem } from '../../scripts/command.ts';
import { page } from '../../scripts/installation.ts';
import { isRead } from './guards.ts';
import { refuse } from './refusal.ts';

/** Gets an error that a person at the terminal should know: a line without its text, and the error itself for debugging. */
export type Report = (line: string, error: unknown) => void;

/** The SDK has tried three times within a second or two. The page waits longer with each answer like this. */
const RETRY_AFTER_MILLISECONDS = 5_000;

/** Throttles that the SDK does not count as such, the first two of a KMS key behind SQS. */
const OTHER_THROTTLES: ReadonlySet<string> = new Set(['KMS.ThrottlingException', 'KmsThrottled', 'RequestLimitExceededException']);

/**
 * The answer to a request that failed. A UsageError is for people, so it is shown. Of every other error only its name and the
 * request to AWS are, because its text may have a token, a body or a path of this machine. `report` gets these.
 */
export function failure(
  c: Request,
  error: Error,
  { endpoint, report }: { readonly endpoint: string | undefined; readonly report: Report },
): Response {
  const shown = endpoint === undefined ? error : unreachable(error, endpoint);
  if (shown instanceof Unreachable) return refuse(c, 'UNREACHABLE', shown.message);
  const problem = usageProblem(shown);
  if (problem !== undefined) return refuse(c, 'INVALID', problem);
  const what = nameOf(error);
  // Only a read is repeated. An action may have been carried out, and a person decides.
  const again = isRead(c) ? 'the page asks again' : 'try it again';
  if (OTHER_THROTTLES.has(error.name) || isThrottlingError(error as never))
    return refuse(c, 'THROTTLED', `AWS throttles ${what}: ${again} later`, { retryAfterMilliseconds: RETRY_AFTER_MILLISECONDS });
  const environment = environmentProblem(error, process.env['AWS_PROFILE'], { withholds: true });
  if (environment !== undefined) return refuse(c, 'UNREACHABLE', environment);
  if (isTransientError(error as never) || isServerError(error as never))
    return refuse(c, 'UNREACHABLE', `AWS did not answer ${what}: ${again}`);
  if (/^AccessDenied/.test(error.name))
    return refuse(c, 'FAILED', `AWS does not permit ${what} with your credentials: ${page('how-to/console.md')} names the role that may`);
  report(`${c.req.method} ${shortened(c.req.path)}: ${what}`, error);
  return refuse(c, 'FAILED', `the console failed: ${what}. Its terminal has the request; OTA_DEBUG=1 adds the stack`);
}

/** A path for the terminal. Nobody needs the end of one that is this long. */
function shortened(path: string): string {
  return path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path;
}

const LONGEST_PATH = 200;

/** The request to AWS and the name of the error, such as `DynamoDB Query (ValidationException)`. Neither has a text of anybody else. */
function nameOf(error: Error & { readonly request?: unknown }): string {
  const name = /^[A-Za-z][\w.]{0,63}$/.test(error.name) ? error.name : 'Error';
  const isKnown = typeof error.request === 'string' && /^[\w ]{1,64}$/.test(error.request);
  return isKnown ? `${error.request} (${name})` : name;
}
