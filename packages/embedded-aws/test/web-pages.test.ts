import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { refusalOfWebPage } from '../src/web-pages.ts';
import { startTestAws } from './support/endpoints.ts';

describe('what a web page sends', () => {
  it.each([
    [{ host: '127.0.0.1:4566', origin: 'https://evil.example' }],
    [{ host: '127.0.0.1:4566', origin: 'null' }],
    [{ host: '127.0.0.1:4566', 'sec-fetch-site': 'cross-site' as const }],
    [{ host: 'localhost:4566', 'sec-fetch-site': 'same-site' as const }],
    [{ host: 'evil.example:4566' }],
    [{ host: 'EVIL.EXAMPLE.:4566' }],
    [{ host: '127.0.0.1.evil.example' }],
    [{ host: 'localhost.evil.example' }],
    [{ host: 'amazonaws.com.evil.example' }],
    [{ host: 'evilamazonaws.com' }],
  ])('is refused: %j', (headers) => {
    expect(refusalOfWebPage(headers)).toMatch(/^The embedded AWS (does not answer web pages|does not answer to the name)/);
  });

  it.each([
    '127.0.0.1:4566',
    '[::1]:4566',
    'localhost:4566',
    'bucket.localhost:4566',
    'aws:4566',
    'host.docker.internal:4566',
    'bucket.s3.us-east-1.amazonaws.com',
    'sqs.cn-north-1.amazonaws.com.cn',
    'sqs.cn-north-1.api.amazonwebservices.com.cn',
    'sqs.us-gov-west-1.api.aws',
    '',
  ])('does not include what a client at %s sends', (host) => {
    expect(refusalOfWebPage({ host })).toBeUndefined();
    expect(refusalOfWebPage({ host, 'sec-fetch-site': 'none' })).toBeUndefined();
  });

  it('reaches neither a service nor the endpoint itself', async () => {
    const aws = await startTestAws();
    const credential = 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0';
    const ask = (path: string, headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve, reject) => {
        request(`${aws.endpoint}${path}`, { headers: { authorization: credential, ...headers } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    try {
      for (const path of ['/', '/_ota/requests', '/bucket/key']) {
        expect(await ask(path, { host: 'evil.example' })).toBe(403);
        expect(await ask(path, { origin: 'https://evil.example' })).toBe(403);
      }
      expect(await ask('/_ota/requests', { host: 'localhost' })).toBe(200);
    } finally {
      await aws.stop();
    }
  });
});
