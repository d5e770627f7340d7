import { csrfHeader, type Failure, type FailureCode, type Session } from '../api.ts';

/** The server refused a request or could not answer it. */
export class RequestError extends Error {
  readonly code: FailureCode;
  readonly retryAfterMilliseconds: number | undefined;

  constructor({ code, message, retryAfterMilliseconds }: Failure['error']) {
    super(message);
    this.code = code;
    this.retryAfterMilliseconds = retryAfterMilliseconds;
  }
}

let csrf = '';

/** The token of the address, or null if it has none. */
export function tokenOfAddress(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get('token');
}

/** Opens the console: with the token of the address, which it removes from there, or with the cookie of before. */
export async function openSession(): Promise<Session> {
  const token = tokenOfAddress();
  if (token !== null) history.replaceState(null, '', location.pathname + location.search);
  const session = token === null ? await get<Session>('/api/session') : await send<Session>('POST', '/api/session', { token });
  csrf = session.csrf;
  return session;
}

/** Reads. Throws RequestError. */
export function get<T>(path: string): Promise<T> {
  return request<T>(path, { method: 'GET' });
}

/** Changes something, or reads what only a person may ask for. Throws RequestError. */
export function send<T>(method: 'POST' | 'DELETE', path: string, body: unknown = {}): Promise<T> {
  return request<T>(path, { method, headers: { 'content-type': 'application/json', [csrfHeader]: csrf }, body: JSON.stringify(body) });
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(path, { ...init, cache: 'no-store' }).catch(() => {
    throw new RequestError({
      code: 'UNREACHABLE',
      message: 'the console no longer answers: look whether its command still runs. After a new start, open the address that it prints',
    });
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body === undefined)
    throw new RequestError({
      code: 'UNREACHABLE',
      message: 'what answers at this address is not the console: is the command still running?',
    });
  if (response.ok) return body as T;
  const failure = (body as Partial<Failure> | undefined)?.error;
  throw new RequestError(failure ?? { code: 'FAILED', message: `the console answered ${response.status}` });
}
