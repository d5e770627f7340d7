import { createServer, type RequestListener, type Server } from 'node:http';
import { UsageError } from '../../scripts/command.ts';

/** The servers of one port: that of 127.0.0.1, and that of ::1 if the machine has it. */
export type Listening = { readonly port: number; answer(listener: RequestListener): void; close(): Promise<void> };

/**
 * In milliseconds: how long a request may take to arrive, its headers and all of it, and how long requests may go on after `close`. On
 * loopback a request takes no time to arrive. How long an answer takes does not matter, because an action waits for the service.
 */
const LIMITS = { headersTimeout: 5_000, requestTimeout: 10_000, lastRequests: 1_000 };

/** How many free ports of 127.0.0.1 to try until one is free on ::1, too. */
const ATTEMPTS = 10;

/** The machine has no IPv6, or not on loopback. */
const NO_IPV6: ReadonlySet<unknown> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * Listens on 127.0.0.1 and ::1 at the same port, and nowhere else. With port 0, at any free one. Throws {@link PortInUse} if another
 * process has the port on either, and UsageError if the port may not be used.
 */
export async function listenOnLoopback(port: number, limits = LIMITS): Promise<Listening> {
  for (let attempt = 1; ; attempt += 1) {
    const first = await listen('127.0.0.1', port, limits);
    const bound = portOf(first);
    try {
      const second = await listen('::1', bound, limits).catch((error: unknown) => {
        if (NO_IPV6.has(Object(error).code)) return undefined;
        throw error;
      });
      return listening(bound, second === undefined ? [first] : [first, second], limits.lastRequests);
    } catch (error) {
      first.close();
      if (port !== 0 || !(error instanceof PortInUse) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Another process listens at the port that a person chose. */
export class PortInUse extends UsageError {}

function listening(port: number, servers: readonly Server[], lastRequests: number): Listening {
  return {
    port,
    answer(listener) {
      for (const server of servers) server.on('request', listener);
    },
    async close() {
      const cut = setTimeout(() => {
        for (const server of servers) server.closeAllConnections();
      }, lastRequests);
      await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
      clearTimeout(cut);
    },
  };
}

function listen(host: string, port: number, { headersTimeout, requestTimeout }: typeof LIMITS): Promise<Server> {
  return new Promise((resolve, reject) => {
    // By default, Node looks for late requests only every 30 seconds.
    const server = createServer({ headersTimeout, requestTimeout, connectionsCheckingInterval: headersTimeout });
    server.once('listening', () => resolve(server));
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, port)));
    server.listen({ host, port, ipv6Only: host === '::1' });
  });
}

function explained(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') return new PortInUse(`port ${port} is in use: choose a free one`, { cause: error });
  if (error.code === 'EACCES') return new UsageError(`port ${port} needs more rights: choose one above 1023`, { cause: error });
  return error;
}

function portOf(server: Server): number {
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}
