import type { IncomingHttpHeaders } from 'node:http';
import { DNS_SUFFIXES } from './partition.ts';

/** Names that nobody but their owner can serve, and every name that ends in one of them. */
const RESERVED = ['localhost', 'internal', ...DNS_SUFFIXES];

/**
 * Why a request is refused that a web page may have sent; `undefined` for all others. The endpoint checks no credentials,
 * so a page that the developer reads must not reach it. Browsers mark what a page sends with its origin. A name that was
 * pointed at 127.0.0.1 after the page had loaded (DNS rebinding) is still in the Host header. Nobody can serve a page under
 * a loopback address, a name without a dot, or one of the reserved names.
 */
export function refusalOfWebPage(headers: IncomingHttpHeaders): string | undefined {
  const site = headers['sec-fetch-site'];
  if (headers.origin !== undefined || site === 'cross-site' || site === 'same-site') {
    return 'The embedded AWS does not answer web pages, and this request has an origin.';
  }
  const host = headers.host ?? '';
  const name = host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
  const isAddress = /^(\d+(\.\d+){3}|\[[\da-f:.%]+\])$/.test(name);
  const isReserved = RESERVED.some((end) => name === end || name.endsWith(`.${end}`));
  if (isAddress || !name.includes('.') || isReserved) return undefined;
  return `The embedded AWS does not answer to the name ${name}, because a web page could have pointed it here. Use 127.0.0.1, localhost or a name without a dot.`;
}
