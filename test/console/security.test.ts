import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { causeOf, knownExceptions } from '../../adapters/aws-errors.ts';
import { consoleApp, type Routes } from '../../console/server/app.ts';
import type { Context } from '../../console/server/context.ts';
import { type Listening, listenOnLoopback } from '../../console/server/listen.ts';
import { allRoutes } from '../../console/server/serve.ts';
import { makeKeys } from '../../console/server/session.ts';
import { openStage } from '../../operator/stage/stage.ts';
import { UsageError } from '../../scripts/command.ts';
import { type Asked, ask, openSession, outcome, pageHeaders } from './visitor.ts';

const SECRET = 'AKIAPLANTEDSECRET';

/** What the route `/api/fails` throws next. */
let toThrow: Error;
/** What the terminal got. */
const reported: string[] = [];
/** How often an action was carried out. */
let carriedOut = 0;

const planted: Routes = () =>
  new Hono()
    .get('/reads', (c) => c.json({ read: true }))
    .all('/fails/*', () => {
      throw toThrow;
    })
    .post('/actions/hold', async (c) => {
      carriedOut += 1;
      return c.json(await c.req.json());
    })
    .delete('/local/faults', (c) => c.json({ cleared: true }))
    .post('/rejected', (c) => c.json({ rejected: [] }))
    .post('/rejected/body', (c) => c.json({ body: '' }));

const context = (isReadOnly: boolean): Context => ({
  stage: openStage({ stage: 'local', endpoint: 'http://127.0.0.1:9' }),
  isReadOnly,
  configuration: () => Promise.reject(new UsageError('there is no file')),
  now: () => 0,
});

function appAt(port: number, { isReadOnly = false, routes = [planted] as readonly Routes[], keys = makeKeys() } = {}) {
  const session = async () => ({
    version: '1.0.0',
    stage: 'local',
    isLocal: true,
    isReadOnly,
    channelsFile: 'channels.yml',
    ota: 'npm run ota --',
    refreshMilliseconds: 2_000,
  });
  const assets = { get: (path: string) => (path.includes('.') ? undefined : { body: '<!doctype html>', type: 'text/html' }) };
  return { app: consoleApp(context(isReadOnly), { keys, port, assets, session, routes, report: (line) => reported.push(line) }), keys };
}

const consoles: Listening[] = [];
async function startApp(isReadOnly = false) {
  const listening = await listenOnLoopback(0);
  consoles.push(listening);
  const { app, keys } = appAt(listening.port, { isReadOnly });
  listening.answer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  return { port: listening.port, keys };
}

let port = 0;
let session: Record<string, string>;
beforeAll(async () => {
  const started = await startApp();
  port = started.port;
  ({ headers: session } = await openSession(port, started.keys.token));
});
afterAll(() => Promise.all(consoles.map(({ close }) => close())));

const hold = { method: 'POST', path: '/api/actions/hold', body: { product: 'lock' } } as const;
/** Sends a request of the page, with other headers for some of its own. */
const send = async (asked: Asked, headers: Asked['headers'] = {}) =>
  outcome(await ask(port, { ...asked, headers: { ...session, ...headers } }));

describe('the address', () => {
  it('opens the console once, and a second browser gets the remedy', async () => {
    const { port: at, keys } = await startApp();
    const first = await openSession(at, keys.token);
    expect(first.answer.body).toMatchObject({ stage: 'local', csrf: keys.csrf });
    const second = await openSession(at, keys.token);
    expect(second.answer).toMatchObject({
      status: 401,
      body: { error: { code: 'UNAUTHORIZED', message: expect.stringContaining('ota -- console') } },
    });
    expect(second.answer.headers['set-cookie']).toBeUndefined();
    expect((await ask(at, { path: '/api/session' })).body).toEqual(second.answer.body);
    expect(outcome(await ask(at, { path: '/api/reads', headers: first.headers }))).toBe(200);
  });

  it('may be opened again by the browser that has the session', async () => {
    const { port: at, keys } = await startApp();
    const { headers } = await openSession(at, keys.token);
    const again = await ask(at, {
      method: 'POST',
      path: '/api/session',
      headers: { ...pageHeaders(at), cookie: headers['cookie'] },
      body: { token: keys.token },
    });
    expect(again).toMatchObject({ status: 200, body: { csrf: keys.csrf } });
  });

  it('stays good after a wrong token', async () => {
    const { port: at, keys } = await startApp();
    for (const token of ['', 'x', `${keys.token}x`, keys.token.slice(1), keys.csrf, undefined, 7, [keys.token]])
      expect(outcome((await openSession(at, token as string)).answer)).toBe('UNAUTHORIZED');
    expect((await openSession(at, keys.token)).answer.status).toBe(200);
  });

  it('gives a cookie that no script and no other site gets, with the port in its name', async () => {
    const { port: at, keys } = await startApp();
    const { answer } = await openSession(at, keys.token);
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(new RegExp(`^ota-console-${at}=[\\w-]{43}; Path=/api; HttpOnly; SameSite=Strict$`)),
    ]);
    expect(answer.text).not.toContain(keys.token);
  });

  it('needs no exchange after a reload, because the browser has the cookie', async () => {
    const answer = await ask(port, { path: '/api/session', headers: { cookie: session['cookie'] } });
    expect(answer).toMatchObject({ status: 200, body: { csrf: expect.any(String) } });
  });
});

describe('a session', () => {
  it.each([
    ['no cookie', undefined],
    ['an empty cookie', ''],
    ['a made-up cookie', 'made-up'],
    ['the cookie of a console on another port', 'other'],
  ])('is refused with %s', async (_name, kind) => {
    const secret = session['cookie']?.split('=')[1];
    const cookie = { '': `ota-console-${port}=`, 'made-up': `ota-console-${port}=${'x'.repeat(43)}`, other: `ota-console-1=${secret}` }[
      kind ?? 'none'
    ];
    expect(await send({ path: '/api/reads' }, { cookie })).toBe('UNAUTHORIZED');
  });

  it('is refused before the token was exchanged, even with an empty secret', async () => {
    const { port: at } = await startApp();
    expect(outcome(await ask(at, { path: '/api/reads', headers: { cookie: `ota-console-${at}=` } }))).toBe('UNAUTHORIZED');
  });
});

describe('the name of the server', () => {
  it.each(['127.0.0.1', 'localhost', '[::1]'])('may be %s', async (host) => {
    expect(await send({ path: '/api/reads' }, { host: `${host}:${port}`, origin: undefined })).toBe(200);
    expect(await send(hold, { host: `${host}:${port}`, origin: `http://${host}:${port}` })).toBe(200);
  });

  it.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1',
    'localhost:1',
    '127.0.0.1.evil.example:PORT',
    'user@127.0.0.1:PORT',
    '0.0.0.0:PORT',
    '[::]:PORT',
    'localhost.:PORT',
  ])('may not be %s, for the page too', async (name) => {
    const host = name.replace('PORT', String(port));
    for (const path of ['/', '/api/reads', '/icon.svg'])
      expect([400, 'FORBIDDEN']).toContain(await send({ path }, { host, origin: undefined }));
  });

  it('may not be another one in the request line', async () => {
    expect([400, 'FORBIDDEN']).toContain(await send({ path: 'http://evil.example/api/reads' }, { origin: undefined }));
  });
});

describe('a request that may change something', () => {
  it('is carried out if it is from the page', async () => {
    const before = carriedOut;
    expect((await ask(port, { ...hold, headers: session })).body).toEqual(hold.body);
    expect(carriedOut).toBe(before + 1);
  });

  it.each<[string, Asked['headers'], string]>([
    ['no Origin', { origin: undefined }, 'FORBIDDEN'],
    ['the Origin null', { origin: 'null' }, 'FORBIDDEN'],
    ['the Origin of another site', { origin: 'https://evil.example' }, 'FORBIDDEN'],
    ['the Origin of another port', { origin: 'http://127.0.0.1:4566' }, 'FORBIDDEN'],
    ['the Origin under another name of the server', { origin: 'http://localhost:PORT' }, 'FORBIDDEN'],
    ['the Origin of HTTPS', { origin: 'https://127.0.0.1:PORT' }, 'FORBIDDEN'],
    ['Sec-Fetch-Site cross-site', { 'sec-fetch-site': 'cross-site' }, 'FORBIDDEN'],
    ['Sec-Fetch-Site same-site', { 'sec-fetch-site': 'same-site' }, 'FORBIDDEN'],
    ['Sec-Fetch-Site none', { 'sec-fetch-site': 'none' }, 'FORBIDDEN'],
    ['no CSRF header', { 'x-ota-csrf': undefined }, 'FORBIDDEN'],
    ['an empty CSRF header', { 'x-ota-csrf': '' }, 'FORBIDDEN'],
    ['another CSRF header', { 'x-ota-csrf': 'x'.repeat(43) }, 'FORBIDDEN'],
    ['no content-type', { 'content-type': undefined }, 'INVALID'],
    ['the content-type of a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'INVALID'],
    ['the content-type text/plain', { 'content-type': 'text/plain; x=application/json' }, 'INVALID'],
  ])('is refused with %s', async (_name, headers, code) => {
    const before = carriedOut;
    const named = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, value?.replace('PORT', String(port))]));
    expect(await send(hold, named)).toBe(code);
    expect(await send({ method: 'DELETE', path: '/api/local/faults', body: {} }, named)).toBe(code);
    expect(carriedOut).toBe(before);
  });

  it.each<[string, string, string]>([
    ['is too large', JSON.stringify({ text: 'x'.repeat(1_048_576) }), 'TOO_LARGE'],
    ['is too deep', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'INVALID'],
    ['is not JSON', '{"a":', 'INVALID'],
    ['is no object', '[]', 'INVALID'],
    ['is nothing', '', 'INVALID'],
    ['names __proto__', '{"__proto__": {"isReadOnly": false}}', 'INVALID'],
  ])('is refused if its body %s', async (_name, body, code) => {
    expect(await send({ ...hold, body })).toBe(code);
  });

  it('is refused if nobody knows the size of its body', async () => {
    expect(await send(hold, { 'transfer-encoding': 'chunked' })).toBe('INVALID');
  });

  it('may have a body as large as a release', async () => {
    expect(await send({ ...hold, body: { text: '"'.repeat(262_144) } })).toBe(200);
  });

  it('may have a charset in its content-type', async () => {
    expect(await send(hold, { 'content-type': 'application/json; charset=utf-8' })).toBe(200);
  });
});

describe('a read', () => {
  it('is refused if another site asks the browser for it', async () => {
    for (const site of ['cross-site', 'same-site'])
      expect(await send({ path: '/api/reads' }, { 'sec-fetch-site': site, origin: undefined })).toBe('FORBIDDEN');
    expect(await send({ path: '/api/reads' }, { origin: 'https://evil.example' })).toBe('FORBIDDEN');
    expect(await send({ path: '/api/reads' }, { origin: undefined, 'sec-fetch-site': 'none' })).toBe(200);
  });

  it('is answered to no other site: there is no CORS header', async () => {
    const answer = await ask(port, {
      method: 'OPTIONS',
      path: '/api/reads',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'GET' },
    });
    expect(outcome(answer)).toBe('FORBIDDEN');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('every answer', () => {
  it('forbids inline scripts and styles, other sources, frames and HTML from text', async () => {
    for (const path of ['/', '/api/reads', '/api/none', '/none.js']) {
      const { headers } = await ask(port, { path });
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
      );
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'same-origin' });
      expect(headers['strict-transport-security']).toBeUndefined();
    }
  });

  it('of the API is kept nowhere, and a file of the page is asked for again', async () => {
    for (const path of ['/api/reads', '/api/none'])
      expect((await ask(port, { path, headers: session })).headers['cache-control']).toBe('no-store');
    expect((await ask(port, { path: '/' })).headers['cache-control']).toBe('no-cache');
  });

  it('to a route that does not exist is a failure', async () => {
    expect(await send({ path: '/api/none' })).toBe('NOT_FOUND');
    expect(await send({ path: '/none.js' })).toBe('NOT_FOUND');
    expect(await send({ method: 'POST', path: '/', body: {} })).toBe('NOT_FOUND');
  });
});

describe('a console that is read-only', () => {
  it('reads and looks at rejected messages, and does nothing else', async () => {
    const { port: at, keys } = await startApp(true);
    const { headers } = await openSession(at, keys.token);
    const before = carriedOut;
    const outcomeOf = async (method: string, path: string) =>
      outcome(await ask(at, { method, path, headers, ...(method !== 'GET' && { body: {} }) }));
    expect(await outcomeOf('GET', '/api/reads')).toBe(200);
    expect(await outcomeOf('POST', '/api/rejected')).toBe(200);
    expect(await outcomeOf('POST', '/api/rejected/body')).toBe(200);
    expect(await outcomeOf('POST', '/api/actions/hold')).toBe('FORBIDDEN');
    expect(await outcomeOf('POST', '/api/any/other')).toBe('FORBIDDEN');
    expect(await outcomeOf('DELETE', '/api/rejected')).toBe('FORBIDDEN');
    expect(await outcomeOf('DELETE', '/api/local/faults')).toBe('FORBIDDEN');
    expect(carriedOut).toBe(before);
  });
});

/** Every route of the console by method and path, with a value for each parameter. Middleware has the method ALL. */
const routed = appAt(4567, { routes: allRoutes })
  .app.routes.filter(({ method }) => method !== 'ALL')
  .map(({ method, path }) => [method, path.replace(/:[^/]+/g, 'x').replace('*', 'x')] as const);
const ofApi = [...new Map([...routed, ['PUT', '/api/overview'] as const].map((route) => [route.join(' '), route])).values()].filter(
  ([, path]) => path.startsWith('/api'),
);

describe.each(ofApi)('the route %s %s', (method, path) => {
  const isRead = method === 'GET';
  /** The outcome on a console of its own, whose token was exchanged. */
  async function outcomeAt(given: Readonly<Record<string, string | undefined>>, isReadOnly = false) {
    const { app, keys } = appAt(4567, { routes: allRoutes, isReadOnly });
    const secret = keys.open(keys.token);
    const all = { host: '127.0.0.1:4567', ...pageHeaders(4567, keys.csrf), cookie: `ota-console-4567=${secret}`, ...given };
    const headers = Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined);
    const answer = await app.request(`http://127.0.0.1:4567${path}`, { method, headers, ...(!isRead && { body: '{}' }) });
    return ((await answer.clone().json()) as { error?: { code: string } }).error?.code ?? answer.status;
  }

  it('is not there without a session, or for another host', async () => {
    expect(await outcomeAt({ cookie: undefined })).toBe('UNAUTHORIZED');
    expect(await outcomeAt({ host: 'evil.example' })).toBe('FORBIDDEN');
  });

  it.skipIf(isRead)('demands the Origin of the page, JSON, and the CSRF header', async () => {
    expect(await outcomeAt({ origin: undefined })).toBe('FORBIDDEN');
    expect(await outcomeAt({ origin: 'https://evil.example' })).toBe('FORBIDDEN');
    expect(await outcomeAt({ 'content-type': 'text/plain' })).toBe('INVALID');
    if (path !== '/api/session') expect(await outcomeAt({ 'x-ota-csrf': undefined })).toBe('FORBIDDEN');
  });

  it.skipIf(isRead || /^\/api\/(?:session|rejected)/.test(path))('is refused if the console is read-only', async () => {
    expect(await outcomeAt({}, true)).toBe('FORBIDDEN');
  });
});

/** An error as the SDK throws it, with a secret in its text and beside it. */
const anError = (name: string, more: object = {}) =>
  Object.assign(new Error(`${name}: ${SECRET}`), { name, request: 'DynamoDB Query', $response: { body: SECRET }, ...more });

describe('an error', () => {
  it.each<[string, Error]>([
    ['a throttle', anError('ThrottlingException')],
    ['a fault of AWS', anError('InternalServerError', { $metadata: { httpStatusCode: 500 } })],
  ])('of an action has the advice to try again, because the page repeats only reads: %s', async (_name, error) => {
    toThrow = error;
    const answer = await ask(port, { method: 'POST', path: '/api/fails', headers: session, body: {} });
    expect(answer.text).toContain('try it again');
    expect((await failing(error)).text).toContain('the page asks again');
  });

  it('shows no endless path in the terminal', async () => {
    toThrow = anError('ValidationException', { $metadata: { httpStatusCode: 400 } });
    reported.length = 0;
    await ask(port, { path: `/api/fails/${'x'.repeat(5_000)}`, headers: session });
    expect(reported).toEqual([expect.stringMatching(/^GET \/api\/fails\/x{100,300}…: DynamoDB Query \(ValidationException\)$/)]);
  });

  async function failing(error: Error) {
    toThrow = error;
    reported.length = 0;
    return ask(port, { path: '/api/fails', headers: session });
  }

  it.each<[string, Error, string, number]>([
    ['wrong input', new UsageError('there is no product lokc'), 'INVALID', 400],
    ['a throttle', anError('ThrottlingException'), 'THROTTLED', 429],
    ['a fault of AWS', anError('InternalServerError', { $metadata: { httpStatusCode: 500 } }), 'UNREACHABLE', 503],
    ['an answer that is late', anError('TimeoutError'), 'UNREACHABLE', 503],
    ['a connection that ends', anError('Error', { code: 'ECONNRESET' }), 'UNREACHABLE', 503],
    ['no credentials', anError('CredentialsProviderError'), 'UNREACHABLE', 503],
    ['old credentials', anError('ExpiredTokenException', { $metadata: { httpStatusCode: 400 } }), 'UNREACHABLE', 503],
    ['a signature that AWS repeats', anError('SignatureDoesNotMatch'), 'UNREACHABLE', 503],
    ['a permission that is missing', anError('AccessDeniedException', { $metadata: { httpStatusCode: 400 } }), 'FAILED', 500],
    ['anything else', anError('ValidationException', { $metadata: { httpStatusCode: 400 } }), 'FAILED', 500],
    ['a secret in the name', anError(`x ${SECRET}`), 'FAILED', 500],
    ['a secret as the request', anError('Error', { request: `Authorization: ${SECRET}` }), 'FAILED', 500],
    ['a defect', new TypeError(`cannot read ${SECRET}`), 'FAILED', 500],
  ])('is answered without its text: %s', async (_name, error, code, status) => {
    const answer = await failing(error);
    expect(answer).toMatchObject({ status, body: { error: { code, message: expect.stringMatching(/^[^\n]{10,200}$/) } } });
    expect(JSON.stringify([answer.text, answer.headers, reported])).not.toContain(SECRET);
  });

  it('names the remedy if nothing listens at the endpoint of the local service', async () => {
    const answer = await failing(Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' }));
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'UNREACHABLE', message: expect.stringContaining('npm start') } } });
  });

  it('goes to the terminal by its name, and only if nobody expected it', async () => {
    await failing(anError('ValidationException'));
    expect(reported).toEqual(['GET /api/fails: DynamoDB Query (ValidationException)']);
    await failing(new UsageError('there is no product lokc'));
    expect(reported).toEqual([]);
  });

  it.each(knownExceptions.filter((name) => causeOf(anError(name)) === 'throttled'))('says when to ask again: %s', async (name) => {
    expect((await failing(anError(name))).body).toMatchObject({ error: { code: 'THROTTLED', retryAfterMilliseconds: expect.any(Number) } });
  });
});
