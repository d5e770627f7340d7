import type { IncomingHttpHeaders } from 'node:http';

const RESERVED = /(^|\.)(localhost|internal|amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/;

/**
 * Why a request is refused that a web page may have sent, `undefined` for all others. The endpoint asks for no
 * credentials, so a page the developer happens to read must not reach it: browsers mark what a page sends with its
 * origin, and a name that was pointed at loopback after the page had loaded (DNS rebinding) still stands in Host. No
 * page can be served under an address of somebody's loopback, a name without a dot, or one of the reserved names.
 */
export function refusalOfWebPage(headers: IncomingHttpHeaders): string | undefined {
  const site = headers['sec-fetch-site'];
  if (headers.origin !== undefined || site === 'cross-site' || site === 'same-site') {
    return 'The embedded AWS answers no web pages: the request carries an origin.';
  }
  const host = headers.host ?? '';
  const name = host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
  const isAddress = /^(\d+(\.\d+){3}|\[[\da-f:.%]+\])$/.test(name);
  if (isAddress || !name.includes('.') || RESERVED.test(name)) return undefined;
  return `The embedded AWS does not answer to the name ${name}, which a web page could have pointed here: use 127.0.0.1, localhost or a name without a dot.`;
}
