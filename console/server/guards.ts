import type { MiddlewareHandler, Context as Request } from 'hono';
import { getCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';
import { ota } from '../../scripts/installation.ts';
import { csrfHeader } from '../api.ts';
import { refuse } from './refusal.ts';
import type { Keys } from './session.ts';

/** Whether a request may change nothing. HTTP calls these methods safe. */
export const isRead = (c: Request): boolean => c.req.method === 'GET' || c.req.method === 'HEAD';

/**
 * The headers of every answer. Scripts and styles come from the server's own files only, and a text never becomes a script or
 * HTML. There is no Strict-Transport-Security: it would hold for every other server on localhost.
 */
export const headers: MiddlewareHandler = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
    requireTrustedTypesFor: ["'script'"],
    trustedTypes: ["'none'"],
  },
  strictTransportSecurity: false,
  xFrameOptions: 'DENY',
  // With no-referrer some browsers send the Origin null, even to the server that the page is from.
  referrerPolicy: 'same-origin',
});

/** The origins of a console. A browser leaves out the port 80. */
export function originsOf(port: number): readonly string[] {
  return ['127.0.0.1', 'localhost', '[::1]'].map((host) => new URL(`http://${host}:${port}`).origin);
}

/** Refuses every request that names another host: a site that lets its own name point to 127.0.0.1 (DNS rebinding). */
export function onlyHosts(origins: readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    // A request line may name another host than the header.
    const named = [`http://${c.req.header('host')}`, new URL(c.req.url).origin];
    if (named.every((origin) => origins.includes(origin)) && named[0] === named[1]) return next();
    return refuse(c, 'FORBIDDEN', `the request names another host: open ${origins[0]}`);
  };
}

/**
 * Refuses what another site asks the browser to send. A read may come without these headers, such as when a person types the
 * address. Everything else must name the console's own origin and have the type JSON, which a form cannot send.
 */
export function onlySameOrigin(origins: readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    const [site, origin] = [c.req.header('sec-fetch-site'), c.req.header('origin')];
    const isOwn = origin !== undefined && origins.includes(origin) && origin === `http://${c.req.header('host')}`;
    const isSameSite = site === undefined || site === 'same-origin' || (site === 'none' && isRead(c));
    if (!isSameSite || (origin === undefined ? !isRead(c) : !isOwn))
      return refuse(c, 'FORBIDDEN', 'the request is not from the page of the console: reload the page');
    return next();
  };
}

/** The name of the cookie. Cookies ignore the port, so two consoles on one host need two names. */
export const cookieOf = (port: number): string => `ota-console-${port}`;

/** Refuses requests without the cookie of the session, and those without the CSRF header unless they only read. */
export function onlySession(keys: Keys, port: number): MiddlewareHandler {
  return async (c, next) => {
    if (!keys.isOpen(getCookie(c, cookieOf(port)))) return refuse(c, 'UNAUTHORIZED', keys.isSpent() ? SPENT : NOT_OPENED);
    if (!isRead(c) && !keys.isCsrf(c.req.header(csrfHeader)))
      return refuse(c, 'FORBIDDEN', 'the request is not from the page of the console: reload the page');
    return next();
  };
}

/** For a second browser, and for one that was closed. Another console is the remedy, because the local service must not stop for it. */
export const SPENT = `this address was opened before, and it opens one browser: type ${ota} console, with the same --stage, for another address`;

export const NOT_OPENED = 'open the whole address that the command printed: it ends with #token= and a long word';

/** What a console that is read-only still takes besides reads: the session, and rejected messages, which are only looked at. */
const looks: ReadonlySet<string> = new Set(['/api/session', '/api/rejected', '/api/rejected/body']);

/** Refuses every action, those of routes that are yet to come included. */
export const onlyLooks: MiddlewareHandler = async (c, next) => {
  if (isRead(c) || (c.req.method === 'POST' && looks.has(c.req.path))) return next();
  return refuse(c, 'FORBIDDEN', 'this console is read-only: start it without --read-only to change something');
};
