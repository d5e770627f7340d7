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
  const line = environmentProblem(name, message, environment['AWS_PROFILE']);
  return { line: line ?? answerOf(error, name, message), code: line === undefined ? exit.failed : exit.usage };
}

/** What AWS answered to which request. S3 does not explain every error, so the status must do. */
function answerOf(error: unknown, name: string, message: string): string {
  const { request, $metadata } = Object(error) as { request?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  const isUnknown = message === '' || message === 'UnknownError';
  const answer = isUnknown && status !== undefined ? `AWS answered with the HTTP status ${status}` : message || name;
  return request === undefined ? answer : `${request}: ${answer}`;
}

/** Errors of the SDK that found no credentials. */
const noCredentials: ReadonlySet<string> = new Set(['CredentialsProviderError', 'TokenProviderError']);

/** Codes with which AWS does not accept credentials, by its API reference ("Common Errors") and that of Amazon S3. */
const badCredentials: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

/** What is wrong with the credentials of the environment, or with its region or network. Undefined for every other error. */
function environmentProblem(name: string, message: string, profile: string | undefined): string | undefined {
  if (noCredentials.has(name)) {
    if (profile === undefined || profile === '')
      return 'no AWS credentials: log in, for example with aws sso login, and set AWS_PROFILE or other credentials';
    return `AWS_PROFILE=${profile} has no credentials: run aws sso login --profile ${profile}, or choose one of aws configure list-profiles`;
  }
  if (badCredentials.has(name)) {
    const used = profile === undefined || profile === '' ? 'the credentials' : `the credentials of AWS_PROFILE=${profile}`;
    return `AWS does not accept ${used}: ${message}: log in again, for example with aws sso login`;
  }
  const host = message.match(/^getaddrinfo \w+ (\S+)/)?.[1];
  return host === undefined ? undefined : `there is no host ${host}: check AWS_REGION and your network`;
}
