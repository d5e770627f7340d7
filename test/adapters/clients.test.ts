import { IoTClient } from '@aws-sdk/client-iot';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlPlaneOptions, supportingOptions } from '../../adapters/clients.ts';
import { iotCore } from '../../adapters/iot-core.ts';
import { IoTManagedIntegrationsClient } from '../../adapters/managed-integrations/client.ts';
import { managedIntegrations } from '../../adapters/managed-integrations/managed-integrations.ts';
import { clientSettings } from '../../packages/embedded-aws/test/support/clients.ts';
import {
  type Answer,
  exception,
  type ScriptedServer,
  startScriptedServer,
} from '../../packages/embedded-aws/test/support/scripted-server.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

/** The endpoint and credentials, without the number of attempts that other tests set. */
function access() {
  const { maxAttempts: _, ...rest } = clientSettings(server);
  return rest;
}
const settings = () => ({ ...access(), ...controlPlaneOptions });
const created: Answer = { status: 200, body: { otaUpdateId: 'fw-a-1', otaUpdateStatus: 'CREATE_PENDING', TaskId: 't-1' } };
const update = { otaUpdateId: 'fw-a-1', targets: ['a'], files: [{ fileName: '/a' }], roleArn: 'r' };
const task = { S3Url: 's3://documents/job.json', OtaType: 'CONTINUOUS', OtaTargetQueryString: 'q', ClientToken: 'fw-a-1' };

describe.each([
  ['IoT Core', () => iotCore(new IoTClient(settings())), update],
  ['managed integrations', () => managedIntegrations(new IoTManagedIntegrationsClient(settings())), task],
] as const)('a client that creates, at %s', (_, plane, input) => {
  it.each<[string, Answer, string]>([
    ['500', exception(500, 'InternalFailureException'), 'unknown'],
    ['503', exception(503, 'ServiceUnavailableException'), 'unknown'],
    ['“too fast”', exception(429, 'ThrottlingException'), 'refused'],
    ['nothing', { hangUp: true }, 'unknown'],
  ])('sends a create only once, even if the answer is %s', async (_answer, answer, kind) => {
    server.answer(answer, created);
    await expect(plane().create(input)).resolves.toMatchObject({ kind });
    expect(server.seen).toHaveLength(1);
  });
});

describe('any other client', () => {
  it('makes up to three attempts', async () => {
    const client = new SQSClient({ ...access(), ...supportingOptions });
    await expect(client.config.maxAttempts()).resolves.toBe(3);
  });
});
