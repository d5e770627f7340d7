import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that the server got. */
export type Seen = {
  readonly method: string;
  /** Raw, with query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

/** An answer. `hangUp`: the connection is cut after the request was read, without an answer. */
export type Answer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** An object is sent as JSON. */
      readonly body?: string | Buffer | Readonly<Record<string, unknown>>;
    }
  | { readonly hangUp: true };

export type ScriptedServer = {
  readonly endpoint: string;
  readonly seen: readonly Seen[];
  /** Adds answers. Each request takes the next one. A request without an answer gets a 500 `Unscripted`. */
  answer(...answers: (Answer | ((request: Seen) => Answer))[]): void;
  /** Drops the remaining answers and the requests seen so far. */
  reset(): void;
  close(): Promise<void>;
};

/** An exception in the form of AWS's JSON services. */
export function exception(status: number, name: string, message = `${name}, as scripted`): Answer {
  return { status, headers: { 'x-amzn-errortype': `${name}:http://internal.amazon.com/` }, body: { message } };
}

/** An HTTP server on a free port of 127.0.0.1 that gives the scripted answers in their order. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  let answers: (Answer | ((request: Seen) => Answer))[] = [];
  let seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const record = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      seen.push(record);
      const next = answers.shift() ?? exception(500, 'Unscripted', `nothing scripted for ${record.method} ${record.url}`);
      const answer = typeof next === 'function' ? next(record) : next;
      if ('hangUp' in answer) {
        request.socket.destroy();
        return;
      }
      const { body } = answer;
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    get seen() {
      return seen;
    },
    answer: (...more) => {
      answers.push(...more);
    },
    reset: () => {
      answers = [];
      seen = [];
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
