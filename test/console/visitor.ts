import { type IncomingHttpHeaders, request } from 'node:http';
import { csrfHeader, type Failure } from '../../console/api.ts';

/** What a server answered. `body` is the JSON, or else the text. */
export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string; readonly body: unknown };

/** A request as no browser would let a page write it. A header that is `undefined` is not sent. */
export type Asked = {
  readonly address?: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
};

/** Sends one request to a port, over HTTP. A body that is no text is sent as JSON. */
export function ask(port: number, { address = '127.0.0.1', method = 'GET', path = '/', headers = {}, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined || typeof body === 'string' ? (body ?? '') : JSON.stringify(body);
    const isChunked = headers['transfer-encoding'] !== undefined;
    const length = body === undefined || isChunked ? undefined : String(Buffer.byteLength(text));
    const all = { host: `127.0.0.1:${port}`, 'content-length': length, ...headers };
    const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const asked = request({ host: address, port, method, path, headers: sent as Record<string, string>, agent: false }, (response) => {
      let answered = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        answered += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: answered, body: parsed(answered) }),
      );
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(text);
  });
}

/** The code of a failure, or else the HTTP status. */
export function outcome({ status, body }: Answer): string | number {
  return (body as Partial<Failure> | undefined)?.error?.code ?? status;
}

/** The headers with which the page sends what is no read. */
export const pageHeaders = (port: number, csrf = ''): Record<string, string> => ({
  origin: `http://127.0.0.1:${port}`,
  'sec-fetch-site': 'same-origin',
  'content-type': 'application/json',
  [csrfHeader]: csrf,
});

/** Exchanges a token as the page does. Answers the headers of the session for every other request. */
export async function openSession(
  port: number,
  token: string,
): Promise<{ readonly answer: Answer; readonly headers: Record<string, string> }> {
  const answer = await ask(port, { method: 'POST', path: '/api/session', headers: pageHeaders(port), body: { token } });
  const [cookie = ''] = answer.headers['set-cookie'] ?? [];
  const { csrf = '' } = answer.body as { csrf?: string };
  return { answer, headers: { ...pageHeaders(port, csrf), cookie: cookie.split(';', 1)[0] ?? '' } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
