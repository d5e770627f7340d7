/**
 * Replaces @aws-sdk/credential-provider-node in the bundles. Lambda gives a sandbox its credentials once, in three environment
 * variables. The chain of the SDK over profiles, SSO, containers and instances would make every cold start slower.
 * The provider throws if a variable that it needs is not set.
 */
export const defaultProvider = () => async () => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  if (!accessKeyId || !secretAccessKey) throw new Error('AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set');
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
};
