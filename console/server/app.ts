import { Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Session } from '../api.ts';
import type { Assets } from './assets.ts';
import { onlyJson, onlySmallBody } from './body.ts';
import type { Context } from './context.ts';
import { failure, type Report } from './failure.ts';
import { cookieOf, headers, NOT_OPENED, onlyHosts, onlyLooks, onlySameOrigin, onlySession, originsOf, SPENT } from './guards.ts';
import { refuse } from './refusal.ts';
import type { Keys } from './session.ts';

/** A group of routes below `/api`. Each file in `routes/` makes one. */
export type Routes = (context: Context) => Hono;

/** What the app is made of. `port` is where it listens: Host, Origin and the cookie have it. */
type Parts = {
  readonly keys: Keys;
  readonly port: number;
  readonly assets: Assets;
  readonly session: () => Promise<Omit<Session, 'csrf'>>;
  readonly routes: readonly Routes[];
  /** Gets what went wrong, for the terminal. */
  readonly report: Report;
};

/** The whole server: the page, the session, and the routes of the API. Every guard stands before the first route. */
export function consoleApp(context: Context, { keys, port, assets, session, routes, report }: Parts): Hono {
  const origins = originsOf(port);
  const app = new Hono();
  app.use(headers, onlyHosts(origins));
  app.onError((error, c) => failure(c, error, { endpoint: context.stage.endpoint, report }));
  app.notFound((c) => refuse(c, 'NOT_FOUND', `there is no ${c.req.method} ${c.req.path}`));
  app.use('/api/*', async (c, next) => {
    c.header('cache-control', 'no-store');
    return next();
  });
  app.use('/api/*', onlySameOrigin(origins), onlySmallBody, onlyJson);
  app.post('/api/session', async (c) => {
    const { token } = (await c.req.json()) as { token?: unknown };
    const answer = { ...(await session()), csrf: keys.csrf } satisfies Session;
    // The same browser may open the address again.
    if (keys.isOpen(getCookie(c, cookieOf(port)))) return c.json(answer);
    const secret = typeof token === 'string' ? keys.open(token) : undefined;
    if (secret === undefined) return refuse(c, 'UNAUTHORIZED', keys.isSpent() ? SPENT : NOT_OPENED);
    // Not Secure: a browser may drop a Secure cookie of HTTP, and on loopback no packet leaves the machine.
    setCookie(c, cookieOf(port), secret, { httpOnly: true, sameSite: 'Strict', path: '/api' });
    return c.json(answer);
  });
  app.use('/api/*', onlySession(keys, port));
  if (context.isReadOnly) app.use('/api/*', onlyLooks);
  app.get('/api/session', async (c) => c.json({ ...(await session()), csrf: keys.csrf } satisfies Session));
  for (const make of routes) app.route('/api', make(context));
  app.all('/api/*', (c) => c.notFound());
  app.get('*', (c) => {
    const asset = assets.get(c.req.path);
    if (asset === undefined) return c.notFound();
    return c.body(asset.body, 200, { 'content-type': asset.type, 'cache-control': 'no-cache' });
  });
  return app;
}
