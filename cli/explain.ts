import { argumentProblem, exit, UsageError } from '../scripts/command.ts';

/** An error for the person who typed the command: one line, and the exit status. */
export type Explanation = { readonly line: string; readonly code: number };

/**
 * Explains an error in one line. What the person or their environment got wrong ends with 2, everything else with 1. Adds a remedy
 * to the errors of Node, the SDK and AWS that do not name one. `environment` is that of the process.
 */
export function explain(error: unknown, environment: Readonly<Record<string, string | undefined>>): Explanation {
  const problem = argumentProblem(error);
  if (problem !== undefined) return { line: `${problem}; see --help`, code: exit.usage };
  const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  if (error instanceof UsageError) return { line: message, code: exit.usage };
  const name = error instanceof Error ? error.name : '';
  const line = environmentProblem(name, message, environment['AWS_PROFILE']);
  return { line: line ?? message, code: line === undefined ? exit.failed : exit.usage };
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
