import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStage } from '../../../operator/stage/stage.ts';

let server: Server;
/** A server that begins every answer and never ends it. */
beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': '1000' });
    response.write('{');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('a command whose service stops in the middle of an answer', () => {
  const impatient = { requestHandler: { connectionTimeout: 1_000, socketTimeout: 100 } };
  const stage = () =>
    openStage(
      { stage: 'local', endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
      { short: impatient, long: impatient },
    );

  it.each([
    ['DynamoDB', () => stage().ledger.rowsOf('thermostat', '1.0.0')],
    ['SQS', () => stage().queueUrl('releases')],
    ['EventBridge', () => stage().eventbridge.send(new PutEventsCommand({ Entries: [] }))],
    [
      'S3',
      async () => {
        const { Body } = await stage().s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
        return Body?.transformToString();
      },
    ],
  ])('ends with an error: %s', async (_service, ask) => {
    await expect(ask()).rejects.toThrow();
  });
});
