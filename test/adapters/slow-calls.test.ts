import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { GetOtaTaskCommand, IoTManagedIntegrationsClient } from '../../adapters/managed-integrations/client.ts';
import { reportingSlowCalls, type SlowCall } from '../../adapters/slow-calls.ts';
import { clientSettings } from '../../packages/embedded-aws/test/support/clients.ts';
import { exception, type ScriptedServer, startScriptedServer } from '../../packages/embedded-aws/test/support/scripted-server.ts';

let server: ScriptedServer;
let reported: SlowCall[];
let times: number[];
beforeAll(async () => {
  server = await startScriptedServer();
});
beforeEach(() => {
  server.reset();
  reported = [];
});
afterAll(() => server.close());

const report = (call: SlowCall) => reported.push(call);
/** The client, with a clock that shows these times one after the other. */
function measured<Client extends Parameters<typeof reportingSlowCalls>[0]>(client: Client, ...clock: readonly number[]): Client {
  times = [...clock];
  return reportingSlowCalls(client, report, () => times.shift() ?? 0);
}
const sqs = (...clock: readonly number[]) => measured(new SQSClient({ ...clientSettings(server), maxAttempts: 3 }), ...clock);
const queue = new GetQueueUrlCommand({ QueueName: 'q' });

it('a call of a second is reported with its service, operation, time and attempts', async () => {
  server.answer(exception(500, 'InternalError'), { status: 200, body: { QueueUrl: 'u' } });
  await sqs(10, 1_010).send(queue);
  expect(reported).toEqual([{ awsService: 'SQS', operation: 'GetQueueUrl', milliseconds: 1_000, attempts: 2 }]);
});

it('a call of less than a second is not', async () => {
  server.answer({ status: 200, body: { QueueUrl: 'u' } });
  await sqs(10, 1_009).send(queue);
  expect(reported).toEqual([]);
});

it('a call that fails is reported with the name of its error, which is thrown', async () => {
  server.answer(exception(403, 'AccessDeniedException'));
  await expect(sqs(0, 5_000).send(queue)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  expect(reported).toEqual([
    { awsService: 'SQS', operation: 'GetQueueUrl', milliseconds: 5_000, attempts: 1, code: 'AccessDeniedException' },
  ]);
});

it('the call of an object lasts until its body was read', async () => {
  server.answer({ status: 200, body: 'firmware' });
  const s3 = measured(new S3Client({ ...clientSettings(server), forcePathStyle: true }), 0, 9_000);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
  expect(reported).toEqual([]);
  await Body?.transformToByteArray();
  await new Promise(setImmediate);
  expect(reported).toEqual([{ awsService: 'S3', operation: 'GetObject', milliseconds: 9_000, attempts: 1 }]);
});

it('the client of managed integrations reports too', async () => {
  server.answer({ status: 200, body: {} });
  await measured(new IoTManagedIntegrationsClient(clientSettings(server)), 0, 2_000).send(new GetOtaTaskCommand({ Identifier: 't' }));
  expect(reported).toMatchObject([{ awsService: 'IoTManagedIntegrations', operation: 'GetOtaTask' }]);
});

it('every client of the deployed functions reports its slow calls', () => {
  const folder = join(import.meta.dirname, '../../handlers/dependencies');
  const code = globSync('*.ts', { cwd: folder }).map((file) => readFileSync(join(folder, file), 'utf8'));
  const made = code.flatMap((text) => [...text.matchAll(/(\w+\()new (\w+Client)\(/g)].map(([, around, client]) => [client, around]));
  expect(code.join('').match(/new \w+Client\(/g)).toHaveLength(made.length);
  expect(new Set(made.map(([, around]) => around))).toEqual(new Set(['reportingSlowCalls(']));
});
