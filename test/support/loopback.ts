import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request, and its number on its connection, from 1. */
export type Arrival = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly onConnection: number };

export type Loopback = {
  readonly endpoint: string;
  /** Every request of which `handle` was called. */
  readonly arrivals: readonly Arrival[];
  close(): Promise<void>;
};

/** An HTTP server on a free port of 127.0.0.1, for answers that no HTTP library gives: late, cut or never complete. */
export async function startLoopback(handle: (arrival: Arrival) => void): Promise<Loopback> {
  const arrivals: Arrival[] = [];
  const counts = new WeakMap<object, number>();
  const server = createServer((request, response) => {
    const onConnection = (counts.get(request.socket) ?? 0) + 1;
    counts.set(request.socket, onConnection);
    request.resume();
    request.once('end', () => {
      const arrival = { request, response, onConnection };
      arrivals.push(arrival);
      handle(arrival);
    });
  });
  // Like AWS, it does not say how long it keeps an idle connection.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers with JSON. */
export function json({ response }: Arrival, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Sends the first byte of a response and nothing more. */
export function stall({ response }: Arrival, size = 1_000): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(size) });
  response.write('{');
}

/** Sends `size` bytes, one at a time, each `milliseconds` after the last. */
export function dribble({ response }: Arrival, size: number, milliseconds: number): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(size) });
  let sent = 0;
  const timer = setInterval(() => {
    sent += 1;
    response.write('x');
    if (sent === size) response.end();
  }, milliseconds);
  response.once('close', () => clearInterval(timer));
}
