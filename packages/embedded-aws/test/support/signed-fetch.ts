import { createHash } from 'node:crypto';

/**
 * Sends a request as an SDK would sign it for `service`. The signature itself is a dummy, because the embedded AWS reads
 * only the credential scope.
 */
export async function fetchAs(service: string, endpoint: string, method: string, path: string, body?: unknown) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const response = await fetch(`${endpoint}${path}`, {
    method,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
      'x-amz-content-sha256': createHash('sha256')
        .update(text ?? '')
        .digest('hex'),
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(text === undefined ? {} : { body: text }),
  });
  const answer = await response.text();
  return {
    status: response.status,
    exception: response.headers.get('x-amzn-errortype'),
    body: answer === '' ? undefined : JSON.parse(answer),
  };
}
