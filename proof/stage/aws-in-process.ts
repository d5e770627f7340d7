import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IoTClient } from '@aws-sdk/client-iot';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { HttpResponse } from '@smithy/core/transport';
import { errorForm, lateErrorForm } from 'embedded-aws/src/faults.ts';
import type { FleetSettings } from 'embedded-aws/src/fleet/plan.ts';
import { credentialScope, startGateway } from 'embedded-aws/src/gateway.ts';
import type { IotCoreAssumptions } from 'embedded-aws/src/services/iot-core/iot-core.ts';
import type { Clock, Service, ServiceRequest, ServiceResponse } from 'embedded-aws/src/services/service.ts';
import { createOptions } from '../../adapters/clients.ts';
import { IoTManagedIntegrationsClient } from '../../adapters/managed-integrations/client.ts';
import { ENDPOINT } from './a-stage.ts';
import type { Clients } from './compose.ts';
import { ACCOUNT, createStandIns, REGION } from './stand-ins.ts';

/** One call of an operation when it leaves an SDK client. `service` is the signing name. */
export type Call = { readonly service: string; readonly operation: string; readonly body: string };

/** Stands between a client and AWS. It can carry the call out, refuse it, or hold back the answer. */
export type Wire = (call: Call, carryOut: () => Promise<ServiceResponse>) => Promise<ServiceResponse>;

/** The trace header of the invocation that makes a call. Inside Lambda, the SDK sends it with every call. */
export const traceHeader = new AsyncLocalStorage<string>();

type Request = {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

/**
 * The embedded AWS without sockets. The SDK clients are real and their HTTP handler is a function call, so a whole history
 * takes milliseconds and `wire` can stop it before and after each effect. Time is the clock's.
 */
export function awsInProcess(clock: Clock, fleetSettings: Partial<FleetSettings> = {}, iotCore: Partial<IotCoreAssumptions> = {}) {
  const { faults, fleet, objects, services } = createStandIns({ clock, worldClock: clock, fleetSettings, iotCore });
  const byName = new Map(services.map((service) => [service.name, service]));

  async function answer(request: Request, wire: Wire): Promise<ServiceResponse> {
    const scope = credentialScope(request.headers['authorization'] ?? request.headers['Authorization'], new URLSearchParams());
    const service = byName.get(scope?.service ?? '');
    if (service === undefined) throw new Error(`no stand-in for ${scope?.service}`);
    const body = await bytesOf(request.body);
    const asked: ServiceRequest = {
      method: request.method,
      path: request.path,
      query: queryOf(request.query),
      headers: Object.fromEntries(
        [...Object.entries(request.headers), ['x-amzn-trace-id', traceHeader.getStore()] as const].flatMap(([name, value]) =>
          value === undefined ? [] : [[name.toLowerCase(), value] as const],
        ),
      ),
      body,
      accountId: ACCOUNT,
      region: REGION,
      endpoint: ENDPOINT,
    };
    const operation = service.operation(asked) ?? 'unknown';
    const answered = await wire({ service: service.name, operation, body: body.toString('utf8') }, async () => {
      const { kind } = faults.strike(service.name, operation);
      if (kind === 'outage') throw broken();
      if (kind === 'throttle' || kind === 'error500' || kind === 'error503' || kind === 'quota410') {
        const form = errorForm(service.name, kind);
        return service.error(form.status, form.exception, form.message);
      }
      const response = await service.handle(asked);
      if (kind === 'lostReply') throw broken();
      const late = lateErrorForm(service.name, kind);
      return late === undefined ? response : service.error(late.status, late.exception, late.message);
    });
    // A response to HEAD never has a body.
    return request.method === 'HEAD' ? { ...answered, body: '' } : answered;
  }

  const post = (service: string, path: string, headers: Readonly<Record<string, string>>, input: object) =>
    (byName.get(service) as Service).handle({
      method: 'POST',
      path,
      query: new URLSearchParams(),
      headers,
      body: Buffer.from(JSON.stringify(input)),
      accountId: ACCOUNT,
      region: REGION,
      endpoint: ENDPOINT,
    });

  return {
    faults,
    fleet,
    objects,

    /** Calls SQS or DynamoDB without a client and without faults, for what is outside of the service. Throws if the service answers with an error. */
    async ask<T>(service: 'sqs' | 'dynamodb', operation: string, input: object): Promise<T> {
      const target = service === 'sqs' ? 'AmazonSQS' : 'DynamoDB_20120810';
      const headers = { 'x-amz-target': `${target}.${operation}`, 'content-type': 'application/x-amz-json-1.0' };
      const { status, body = '' } = await post(service, '/', headers, input);
      if (status !== 200) throw new Error(`${operation}: ${status} ${body}`);
      return JSON.parse(String(body) || '{}') as T;
    },
    /** Creates a task configuration of managed integrations and returns its id. The service never does, so its client cannot. */
    async createTaskConfiguration(input: object): Promise<string> {
      const headers = { 'content-type': 'application/json' };
      const { status, body = '' } = await post('iotmanagedintegrations', '/ota-task-configurations', headers, input);
      if (status !== 201) throw new Error(`CreateOtaTaskConfiguration: ${status} ${body}`);
      return (JSON.parse(String(body)) as { TaskConfigurationId: string }).TaskConfigurationId;
    },
    /** Clients of all six services. Every call goes through `wire`. Retries inside the SDK do not wait. */
    clients(wire: Wire = (_call, carryOut) => carryOut()): StageClients {
      const set = idle.pop() ?? createClients();
      set.line.handle = (request) => answer(request, wire);
      lent.set(set.clients, set);
      return set.clients;
    },

    /** Returns clients for reuse. To create new ones would take longer than a history. */
    release(clients: Clients): void {
      const set = lent.get(clients);
      if (set && lent.delete(clients)) idle.push(set);
    },

    /** Serves other processes over HTTP, at a free port. */
    listen: () => startGateway({ port: 0, accountId: ACCOUNT, services: services.map(withoutClose), faults }),

    async stop() {
      for (const service of services) await service.close?.();
    },
  };
}

/** The clients of a sandbox, with separate ones for creates, which the SDK never repeats. */
export type StageClients = Clients & { readonly creating: Pick<Clients, 'iot' | 'managedIntegrations'> };

/** Clients, and the handler of their requests. */
type ClientSet = { readonly clients: StageClients; readonly line: { handle: (request: Request) => Promise<ServiceResponse> } };

const idle: ClientSet[] = [];
const lent = new Map<Clients, ClientSet>();

function createClients(): ClientSet {
  const line: ClientSet['line'] = { handle: () => Promise.reject(new Error('these clients were released')) };
  const requestHandler = {
    handle: async (request: Request) => ({ response: responseOf(await line.handle(request)) }),
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    metadata: { handlerProtocol: 'http/1.1' },
  };
  const base = { region: REGION, endpoint: ENDPOINT, credentials: { accessKeyId: 'made', secretAccessKey: 'up' }, requestHandler };
  const supporting = { ...base, retryStrategy: new ConfiguredRetryStrategy(3, 0) };
  const creating = { ...createOptions, ...base };
  const clients: StageClients = {
    dynamodb: new DynamoDBClient(supporting),
    eventbridge: new EventBridgeClient(supporting),
    s3: new S3Client({ ...supporting, forcePathStyle: true }),
    sqs: new SQSClient(supporting),
    iot: new IoTClient(supporting),
    managedIntegrations: new IoTManagedIntegrationsClient(supporting),
    creating: { iot: new IoTClient(creating), managedIntegrations: new IoTManagedIntegrationsClient(creating) },
  };
  return { clients, line };
}

export type AwsInProcess = ReturnType<typeof awsInProcess>;

/** The service without `close`, for a gateway that must not close it. */
export function withoutClose({ close: _, ...service }: Service): Service {
  return service;
}

/** The error of a connection that broke after the request had left. The caller cannot know whether it took effect. */
export function broken(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function queryOf(query: Request['query']): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) parameters.append(name, one);
  }
  return parameters;
}

function responseOf({ status, headers = {}, body = '' }: ServiceResponse): HttpResponse {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return new HttpResponse({
    statusCode: status,
    headers: { 'content-length': String(bytes.length), ...headers },
    body: Readable.from(bytes.length === 0 ? [] : [bytes]),
  });
}
