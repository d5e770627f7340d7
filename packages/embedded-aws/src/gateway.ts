import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type AdminRequest, answerAdmin, type Journal } from './admin.ts';
import { errorForm, type Faults, holdBack, lateErrorForm } from './faults.ts';
import { isQueryProtocol, queryError } from './services/query-xml.ts';
import { bucketOfHost } from './services/s3/bucket-names.ts';
import type { Service, ServiceRequest, ServiceResponse } from './services/service.ts';
import { refusalOfWebPage } from './web-pages.ts';

const MAXIMUM_BODY_BYTES = 64 * 1024 * 1024;

export type Gateway = {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Closes the listener and every connection, then the services. */
  stop(): Promise<void>;
};

export type GatewayOptions = {
  /** 0 takes any free port. */
  readonly port: number;
  readonly accountId: string;
  /** The Region of requests without one: unsigned ones, and those of signature versions 2 and 4A. Default: us-east-1. */
  readonly region?: string;
  readonly services: readonly Service[];
  readonly faults: Faults;
  /** Answers further routes below `/_ota/`; returns `undefined` for others. */
  readonly admin?: (request: AdminRequest) => ServiceResponse | undefined;
};

type Scope = { readonly service: string; readonly region: string | undefined };

/**
 * Reads service and Region from the SigV4 credential scope in the Authorization header, or in the query of a presigned
 * URL. Returns `undefined` for an unsigned request. No signature is verified.
 */
export function credentialScope(authorization: string | undefined, query: URLSearchParams): Scope | undefined {
  // Presigned URLs of signature version 2 name no service. Only S3 still accepts them.
  if (authorization === undefined && query.has('AWSAccessKeyId') && query.has('Signature')) return { service: 's3', region: undefined };
  const credential = authorization?.match(/Credential=([^,\s]+)/)?.[1] ?? query.get('X-Amz-Credential') ?? undefined;
  if (credential === undefined) return undefined;
  const parts = credential.split('/');
  const service = parts.at(-2);
  if (parts.at(-1) !== 'aws4_request' || service === undefined) return undefined;
  const region = parts.at(-3);
  // SigV4A signs for every Region: its scope is key/date/service/aws4_request.
  return { service, region: region === undefined || /^\d{8}$/.test(region) ? undefined : region };
}

/**
 * Starts the endpoint of the embedded AWS on 127.0.0.1. Requests go to the service they were signed for, `/_ota/…` is
 * answered by the endpoint itself, and unsigned reads go to S3.
 * @throws if the port is taken
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const byName = new Map(options.services.map((service) => [service.name, service]));
  const journal: Journal = [];
  const usedConnections = new WeakSet<Socket>();
  let endpoint = '';

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse, requestId: string): Promise<void> {
    const connection = usedConnections.has(incoming.socket) ? 'used' : 'new';
    usedConnections.add(incoming.socket);
    const url = incoming.url ?? '/';
    const split = url.indexOf('?');
    const path = split === -1 ? url : url.slice(0, split);
    const query = new URLSearchParams(split === -1 ? '' : url.slice(split + 1));
    const gone = new AbortController();
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) gone.abort();
    });
    const body = await readBody(incoming);
    if (body === undefined) {
      outgoing.shouldKeepAlive = false;
      return reply(outgoing, requestId, plainError(413, 'RequestEntityTooLarge', 'A request has at most 64 MiB.'));
    }
    const webPage = refusalOfWebPage(incoming.headers);
    if (webPage !== undefined) return reply(outgoing, requestId, plainError(403, 'AccessDeniedException', webPage));
    if (path === '/_ota' || path.startsWith('/_ota/')) {
      const admin = { method: incoming.method ?? 'GET', path, headers: plainHeaders(incoming), body };
      return reply(outgoing, requestId, options.admin?.(admin) ?? answerAdmin(admin, options.faults, journal, options.services));
    }
    const scope = credentialScope(incoming.headers.authorization, query);
    const name = scope?.service ?? (isPublicRead(incoming.method, path, incoming.headers.host) ? 's3' : undefined);
    if (name === undefined) {
      return reply(
        outgoing,
        requestId,
        plainError(
          403,
          'MissingAuthenticationTokenException',
          'Sign the request, with any credentials: the embedded AWS routes by the service name in the SigV4 credential scope.',
        ),
      );
    }
    const service = byName.get(name);
    if (service === undefined) {
      const message = `The embedded AWS has no service '${name}'. Its services are ${[...byName.keys()].join(', ')}.`;
      const form = isQueryProtocol(incoming.headers) ? queryError : plainError;
      return reply(outgoing, requestId, form(400, 'UnknownOperationException', message));
    }
    const request: ServiceRequest = {
      method: incoming.method ?? 'GET',
      path,
      query,
      headers: plainHeaders(incoming),
      body,
      accountId: options.accountId,
      region: scope?.region ?? options.region ?? 'us-east-1',
      endpoint,
      signal: gone.signal,
    };
    const operation = service.operation(request);
    const note = (status: number) =>
      record(journal, { time: new Date().toISOString(), service: name, operation: operation ?? null, status });
    const strike = options.faults.strike(name, operation, connection);
    await holdBack(strike.slowMilliseconds, gone.signal);
    if (strike.kind === 'outage') {
      note(0);
      outgoing.destroy();
      return;
    }
    if (strike.kind === 'staleConnection') {
      note(0);
      incoming.socket.resetAndDestroy();
      return;
    }
    if (strike.kind === 'throttle' || strike.kind === 'error500' || strike.kind === 'error503' || strike.kind === 'quota410') {
      const form = errorForm(name, strike.kind);
      note(form.status);
      return reply(outgoing, requestId, service.error(form.status, form.exception, form.message));
    }
    const handled = await service.handle(request);
    const late = lateErrorForm(name, strike.kind);
    const response = late === undefined ? handled : service.error(late.status, late.exception, late.message);
    note(strike.kind === 'lostReply' ? 0 : response.status);
    if (strike.kind === 'lostReply') outgoing.destroy();
    else if (strike.kind === 'stalledBody' && hasBody(request, response)) replyInPart(outgoing, requestId, response);
    else reply(outgoing, requestId, response, request.method === 'HEAD');
  }

  const server = createServer((incoming, outgoing) => {
    const requestId = randomUUID();
    answer(incoming, outgoing, requestId).catch((error: unknown) => {
      if (outgoing.destroyed) return;
      console.error('embedded-aws: a defect', incoming.method, incoming.url, error);
      for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name);
      reply(outgoing, requestId, plainError(500, 'InternalFailure', `A defect of the embedded AWS: ${String(error)}`));
    });
  });
  // Longer than the connection pools of SDKs keep an idle socket, so that no request uses a socket that is being closed.
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    endpoint,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await Promise.all(options.services.map((service) => service.close?.()));
    },
  };
}

function record(journal: Journal, entry: Journal[number]): void {
  journal.push(entry);
  if (journal.length > 1000) journal.splice(0, 100);
}

/** Whether an unsigned request reads an object: it names a key, and its bucket in the host or in the path. */
function isPublicRead(method: string | undefined, path: string, host: string | undefined): boolean {
  const isObject = bucketOfHost(host) === undefined ? /^\/[^/]+\/./ : /^\/./;
  return (method === 'GET' || method === 'HEAD') && isObject.test(path);
}

function plainHeaders(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** The whole body, or `undefined` if it is too large. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAXIMUM_BODY_BYTES) chunks.push(chunk);
  }
  return size > MAXIMUM_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

/** An error with its name in the body, for JSON clients, and in a header, for REST clients. */
function plainError(status: number, exception: string, message: string): ServiceResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': exception },
    body: JSON.stringify({ __type: exception, message }),
  };
}

function reply(outgoing: ServerResponse, requestId: string, response: ServiceResponse, isHead = false): void {
  const body = bodyOf(response);
  setHead(outgoing, requestId, response);
  if (response.status !== 204 && response.status !== 304 && !outgoing.hasHeader('content-length'))
    outgoing.setHeader('content-length', body.length);
  outgoing.end(isHead ? undefined : body);
}

/** Sends the headers and the first half of the body, and leaves the connection open. Only the caller ends it. */
function replyInPart(outgoing: ServerResponse, requestId: string, response: ServiceResponse): void {
  const body = bodyOf(response);
  setHead(outgoing, requestId, response);
  // An empty body is sent in chunks of which the last one never comes.
  if (body.length > 0 && !outgoing.hasHeader('content-length')) outgoing.setHeader('content-length', body.length);
  outgoing.flushHeaders();
  const half = body.subarray(0, Math.floor(body.length / 2));
  if (half.length > 0) outgoing.write(half);
}

function setHead(outgoing: ServerResponse, requestId: string, { status, headers = {} }: ServiceResponse): void {
  outgoing.statusCode = status;
  outgoing.setHeader('x-amzn-requestid', requestId);
  outgoing.setHeader('x-amz-request-id', requestId);
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
}

/** Whether HTTP lets this answer have a body. */
function hasBody({ method }: ServiceRequest, { status }: ServiceResponse): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304;
}

function bodyOf({ body }: ServiceResponse): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : (body ?? Buffer.alloc(0));
}
