import { readdirSync, readFileSync } from 'node:fs';
import type { Agent } from 'node:http';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { addressing, CREATE_MILLISECONDS_MAX, createOptions, endingCalls, repeatableOptions } from '../../adapters/clients.ts';
import { IoTClient, iotCore } from '../../adapters/iot-core.ts';
import { IoTManagedIntegrationsClient, managedIntegrations } from '../../adapters/managed-integrations/managed-integrations.ts';
import type { Subject } from '../../domain/rollout/observation.ts';
import { clientSettings } from '../../packages/embedded-aws/test/support/clients.ts';
import { type Answer, exception, startScriptedServer } from '../../packages/embedded-aws/test/support/scripted-server.ts';
import { withAMinute } from '../../proof/support/control-plane.ts';
import { type Arrival, dribble, json, type Loopback, stall, startLoopback } from '../support/loopback.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

async function serve(handle: (arrival: Arrival) => void): Promise<Loopback> {
  const server = await startLoopback(handle);
  opened.push(server);
  return server;
}

/** The endpoint and credentials, without the number of attempts that other tests set. */
function access(server: { readonly endpoint: string }) {
  const { maxAttempts: _, ...rest } = clientSettings(server);
  return rest;
}

const subject: Subject = {
  rolloutId: 'fw-a',
  attempt: 1,
  request: {},
  requestDigest: 'd1',
  aws: { taskId: 't-1' },
  unansweredCreates: { count: 0 },
};
const order = { force: false, reasonCode: 'WITHDRAWN', comment: '' };
const answer = {
  otaUpdateId: 'fw-a-1',
  otaUpdateStatus: 'CREATE_PENDING',
  TaskId: 't-1',
  Status: 'IN_PROGRESS',
  job: { jobId: 'j', status: 'IN_PROGRESS' },
};
const update = { otaUpdateId: 'fw-a-1', targets: ['a'], files: [{ fileName: '/a' }], roleArn: 'r' };
const task = { S3Url: 's3://documents/job.json', OtaType: 'CONTINUOUS', OtaTargetQueryString: 'q', ClientToken: 'fw-a-1' };

/** The agents of a client that has sent a request. Their types do not show whether they keep connections. */
function agentsOf({ config }: { readonly config: { readonly requestHandler: object } }) {
  const handler = config.requestHandler as { httpHandlerConfigs(): Record<'httpAgent' | 'httpsAgent', Agent & { keepAlive: boolean }> };
  const { httpAgent, httpsAgent } = handler.httpHandlerConfigs();
  return { httpAgent, httpsAgent };
}

type Server = { readonly endpoint: string };

/** Each control plane with the clients of the deployed service. */
describe.each([
  [
    'IoT Core',
    (server: Server, limit = {}) => {
      const creates = new IoTClient({ ...access(server), ...createOptions });
      const others = new IoTClient({ ...access(server), ...repeatableOptions });
      return { creates, others, plane: withAMinute(iotCore({ creates, others }, limit)) };
    },
    update,
  ],
  [
    'managed integrations',
    (server: Server, limit = {}) => {
      const creates = new IoTManagedIntegrationsClient({ ...access(server), ...createOptions });
      const others = new IoTManagedIntegrationsClient({ ...access(server), ...repeatableOptions });
      return { creates, others, plane: withAMinute(managedIntegrations({ creates, others }, limit)) };
    },
    task,
  ],
] as const)('the clients of the control plane %s', (_, open, input) => {
  it.each<[string, Answer, string]>([
    ['500', exception(500, 'InternalFailureException'), 'unknown'],
    ['503', exception(503, 'ServiceUnavailableException'), 'unknown'],
    ['“too fast”', exception(429, 'ThrottlingException'), 'refused'],
    ['nothing', { hangUp: true }, 'unknown'],
  ])('send a create only once, even if the answer is %s', async (_answer, first, kind) => {
    const server = await startScriptedServer();
    opened.push(server);
    server.answer(first, { status: 200, body: answer });
    await expect(open(server).plane.create(input)).resolves.toMatchObject({ kind });
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['look', (plane: ReturnType<typeof withAMinute>) => plane.look(subject, 'job')],
    ['stop', (plane: ReturnType<typeof withAMinute>) => plane.stop(subject, order)],
  ])('send a request of a %s up to three times', async (_what, work) => {
    const server = await startScriptedServer();
    opened.push(server);
    server.answer({ hangUp: true }, exception(500, 'InternalFailureException'), { status: 200, body: answer });
    await work(open(server).plane);
    expect(server.seen).toHaveLength(3);
  });

  /** While the function was frozen, AWS closed the connection. What arrives on it is answered with a reset. */
  const staleAfterOneRequest = (arrival: Arrival) => {
    if (arrival.onConnection > 1) arrival.request.socket.resetAndDestroy();
    else json(arrival, answer);
  };

  it('send no create on a connection that may be stale', async () => {
    const server = await serve(staleAfterOneRequest);
    const { plane } = open(server);
    const replies = [await plane.create(input), await plane.create(input), await plane.create(input)];
    expect(replies.map(({ kind }) => kind)).not.toContain('unknown');
    expect(server.arrivals.map(({ onConnection }) => onConnection)).toEqual([1, 1, 1]);
  });

  it('keep no connection of a create for the next one over HTTPS either', async () => {
    const { creates, plane } = open(await serve((arrival) => json(arrival, answer)));
    await plane.create(input);
    expect(Object.values(agentsOf(creates)).map(({ keepAlive }) => keepAlive)).toEqual([false, false]);
  });

  it('repeat a look that met a stale connection', async () => {
    const server = await serve(staleAfterOneRequest);
    const { plane } = open(server);
    await plane.look(subject, 'job');
    await expect(plane.look(subject, 'job')).resolves.toMatchObject({ kind: 'exists' });
    expect(server.arrivals.map(({ onConnection }) => onConnection)).toEqual([1, 2, 1]);
  });

  it.each([
    ['does not begin', () => undefined],
    ['stalls', stall],
    ['never ends', (arrival: Arrival) => dribble(arrival, 1_000_000, 10)],
  ])('give up on a create whose response %s, and do not know whether it takes effect', async (_what, respond) => {
    const server = await serve(respond);
    await expect(open(server, { createMilliseconds: 500 }).plane.create(input)).resolves.toMatchObject({ kind: 'unknown' });
    expect(server.arrivals).toHaveLength(1);
  });
});

it('a create has 10 to 15 s, and of the 20 s with which the loop begins it, 8 s are left to record the answer', () => {
  expect(CREATE_MILLISECONDS_MAX).toBeGreaterThanOrEqual(10_000);
  expect(CREATE_MILLISECONDS_MAX).toBeLessThanOrEqual(20_000 - 8_000);
});

describe('any other client', () => {
  it('makes up to three attempts', async () => {
    const client = new SQSClient({ region: 'us-east-1', ...repeatableOptions });
    await expect(client.config.maxAttempts()).resolves.toBe(3);
  });

  it('waits five seconds for a byte, and one for a connection', () => {
    expect(repeatableOptions.requestHandler).toEqual({
      connectionTimeout: 1_000,
      requestTimeout: 5_000,
      socketTimeout: 5_000,
      throwOnRequestTimeout: true,
    });
  });

  /** The deployed options, with a shorter time. */
  const impatient = (server: Server, milliseconds: number) => ({
    ...access(server),
    ...repeatableOptions,
    maxAttempts: 1,
    requestHandler: { ...repeatableOptions.requestHandler, requestTimeout: milliseconds, socketTimeout: milliseconds },
  });
  const item = new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } });
  const object = new GetObjectCommand({ Bucket: 'b', Key: 'k' });
  const s3 = (server: Server, milliseconds: number) => new S3Client({ ...impatient(server, milliseconds), forcePathStyle: true });

  it.each([
    ['does not begin', () => undefined],
    ['stalls', stall],
  ])('fails if a response %s', async (_what, respond) => {
    const server = await serve(respond);
    await expect(new DynamoDBClient(impatient(server, 200)).send(item)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('fails if a response trickles, although bytes arrive', async () => {
    const client = endingCalls(new DynamoDBClient(impatient(await serve((arrival) => dribble(arrival, 1_000, 50)), 2_000)), 300);
    await expect(client.send(item)).rejects.toThrow('AWS did not answer in 300 ms');
  });

  it('fails as before, and leaves the time to a caller that has a signal', async () => {
    const client = endingCalls(new DynamoDBClient(impatient(await serve((arrival) => json(arrival, {}, 400)), 2_000)), 0);
    await expect(client.send(item, { abortSignal: AbortSignal.timeout(5_000) })).rejects.not.toThrow('AWS did not answer');
  });

  it.each(['DynamoDBClient', 'SQSClient', 'EventBridgeClient'])('is composed with that limit: %s', (client) => {
    const folder = join(import.meta.dirname, '../../handlers/dependencies');
    const made = readdirSync(folder).flatMap(
      (file) => readFileSync(join(folder, file), 'utf8').match(new RegExp(`.*new ${client}\\(.*`, 'g')) ?? [],
    );
    expect(made.length).toBeGreaterThan(0);
    for (const line of made) expect(line).toContain('endingCalls(');
  });

  it('fails if the body of an object stalls', async () => {
    const { Body } = await s3(await serve((arrival) => stall(arrival)), 200).send(object);
    await expect(Body?.transformToByteArray()).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('reads an object for longer than that, as long as bytes arrive', async () => {
    const { Body } = await s3(await serve((arrival) => dribble(arrival, 24, 100)), 2_000).send(object);
    expect(await Body?.transformToByteArray()).toHaveLength(24);
  });

  it('keeps an idle connection, without a limit and without listeners of earlier requests', async () => {
    const server = await serve((arrival) => json(arrival, {}));
    const client = new DynamoDBClient(impatient(server, 1_000));
    for (let count = 0; count < 20; count += 1) await client.send(item);
    expect(server.arrivals.at(-1)?.onConnection).toBe(20);
    const [socket] = Object.values(agentsOf(client).httpAgent.freeSockets).flat();
    expect([socket?.timeout, socket?.listenerCount('timeout')]).toEqual([0, 1]);
  });
});

describe('the addressing of S3', () => {
  /** The address to which an S3 client with these environment variables would send a read. */
  async function addressOf(Bucket: string, environment: Readonly<Record<string, string>>): Promise<string> {
    const endpoint = environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'];
    const client = new S3Client({
      region: 'eu-west-1',
      credentials: { accessKeyId: 'made', secretAccessKey: 'up' },
      ...(endpoint && { endpoint }),
      ...addressing(environment),
    });
    let address = '';
    client.middlewareStack.add(
      () => async (args) => {
        const { protocol, hostname, path } = args.request as { protocol: string; hostname: string; path: string };
        address = `${protocol}//${hostname}${path}`;
        return { response: {}, output: { $metadata: {} } as never };
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await client.send(new GetObjectCommand({ Bucket, Key: 'app.bin' }));
    return address;
  }

  it.each<[string, string, string, Readonly<Record<string, string>>]>([
    ['in the host on AWS', 'acme-firmware', 'https://acme-firmware.s3.eu-west-1.amazonaws.com/app.bin', {}],
    ['in the path on AWS, if it has dots', 'fw.acme.example', 'https://s3.eu-west-1.amazonaws.com/fw.acme.example/app.bin', {}],
    [
      'in the host if the variable is empty, as for SDKs',
      'acme',
      'https://acme.s3.eu-west-1.amazonaws.com/app.bin',
      { AWS_ENDPOINT_URL: '' },
    ],
    ['in the path at an endpoint', 'fw.acme.example', 'http://127.0.0.1/fw.acme.example/app.bin', { AWS_ENDPOINT_URL: 'http://127.0.0.1' }],
    ['in the path at an endpoint of S3', 'acme', 'https://vpce.example/acme/app.bin', { AWS_ENDPOINT_URL_S3: 'https://vpce.example' }],
  ])('has the bucket %s', async (_, bucket, expected, environment) => {
    expect(await addressOf(bucket, environment)).toBe(expected);
  });
});
