import { environmentProblem } from '../operator/stage/environment-problem.ts';
import { argumentProblem, exit, UsageError } from '../scripts/command.ts';

/** An error for the person who typed the command: one line, and the exit status. */
export type Explanation = { readonly line: string; readonly code: number };

/** An error with a note for the person who typed the command, such as that a rollout goes on. */
export class NotedError extends Error {
  readonly note: string;

  constructor(cause: unknown, note: string) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.note = note;
  }
}

/**
 * Explains an error in one line. What the person or their environment got wrong ends with 2, everything else with 1. Adds a remedy
 * to the errors of Node, the SDK and AWS that do not name one, and the request to those of `nameRequests`. `environment` is that of
 * the process.
 */
export function explain(error: unknown, environment: Readonly<Record<string, string | undefined>>): Explanation {
  if (error instanceof NotedError) {
    const { line, code } = explain(error.cause, environment);
    return { line: `${line}; ${error.note}`, code };
  }
  const problem = argumentProblem(error);
  if (problem !== undefined) return { line: `${problem}; see --help`, code: exit.usage };
  const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  if (error instanceof UsageError) return { line: message, code: exit.usage };
  const name = error instanceof Error ? error.name : '';
  const line = environmentProblem({ name, message }, environment['AWS_PROFILE']);
  if (line !== undefined) return { line, code: exit.usage };
  const answer = answerOf(error, name, message);
  return { line: denied.has(name) ? `${answer}: ${remedyOf(error, message)}` : answer, code: exit.failed };
}

/** Codes with which AWS does not permit a request to credentials that it accepts, by the API references of the services. */
const denied: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'ForbiddenException',
  'KmsAccessDenied',
  'KMSAccessDeniedException',
  'NotAuthorized',
  'UnauthorizedException',
]);

/** Who can permit what AWS denied. AWS names the action in most messages. */
function remedyOf(error: unknown, message: string): string {
  const { request } = Object(error) as { request?: string };
  const action = message.match(/not authorized to perform: ([\w-]+:\w+)/)?.[1] ?? request;
  return (
    'assume the role in the output OperatorRoleArn of the stack (for approve and resume ApproverRoleArn), ' +
    `or ask the administrators of the account to allow ${action ?? 'the request'}`
  );
}

/** What AWS answered to which request. S3 does not explain every error, so the status must do. */
function answerOf(error: unknown, name: string, message: string): string {
  const { request, $metadata } = Object(error) as { request?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  const isUnknown = message === '' || message === 'UnknownError';
  const answer = isUnknown && status !== undefined ? `AWS answered with the HTTP status ${status}` : message || name;
  return request === undefined ? answer : `${request}: ${answer}`;
}
