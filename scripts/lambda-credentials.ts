/**
 * Takes the place of @aws-sdk/credential-provider-node in the bundles: Lambda gives a sandbox its credentials in three
 * variables, once, so the chain over profiles, SSO, containers and instances would only be loaded at every cold start.
 */
export const defaultProvider = () => async () => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  if (!accessKeyId || !secretAccessKey) throw new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set');
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
};
