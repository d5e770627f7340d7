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

/**
 * What is wrong with the credentials of the environment, or with its region or network, and what to do. Undefined for every other
 * error. `profile` is AWS_PROFILE. With `withholds` the line does not quote AWS, which may repeat a token of the request.
 */
export function environmentProblem(
  { name, message }: { readonly name: string; readonly message: string },
  profile: string | undefined,
  { withholds = false }: { readonly withholds?: boolean } = {},
): string | undefined {
  if (noCredentials.has(name)) {
    if (profile === undefined || profile === '')
      return 'no AWS credentials: log in, for example with aws sso login, and set AWS_PROFILE or other credentials';
    return `AWS_PROFILE=${profile} has no credentials: run aws sso login --profile ${profile}, or choose one of aws configure list-profiles`;
  }
  if (badCredentials.has(name)) {
    const used = profile === undefined || profile === '' ? 'the credentials' : `the credentials of AWS_PROFILE=${profile}`;
    return `AWS does not accept ${used}: ${withholds ? name : message}: log in again, for example with aws sso login`;
  }
  const host = message.match(/^getaddrinfo \w+ (\S+)/)?.[1];
  return host === undefined ? undefined : `there is no host ${host}: check AWS_REGION and your network`;
}
