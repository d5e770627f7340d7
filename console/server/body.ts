import type { MiddlewareHandler } from 'hono';
import { findForbidden } from '../../domain/json/problem.ts';
import { nestingDepth } from '../../domain/json/text.ts';
import { isRead } from './guards.ts';
import { refuse } from './refusal.ts';

/** A release has at most 256 KiB, and as a text in JSON its quotes and line breaks take twice as much. */
const BODY_BYTES = 1_048_576;

/** What the page sends is flat. The settings of the fleet are the deepest. */
const DEPTH = 16;

/** Refuses a body that is too large, or that comes without its size, before it is read. Node reads no more than the size in the header. */
export const onlySmallBody: MiddlewareHandler = async (c, next) => {
  if (c.req.header('transfer-encoding') !== undefined) return refuse(c, 'INVALID', 'the request must have a content-length');
  if (Number(c.req.header('content-length') ?? 0) > BODY_BYTES) return refuse(c, 'TOO_LARGE', `a request has at most ${BODY_BYTES} bytes`);
  return next();
};

/**
 * Lets only requests through whose body is a JSON object of a limited depth, without names such as `__proto__`. So a route may call
 * `c.req.json()`. Reads have no body.
 */
export const onlyJson: MiddlewareHandler = async (c, next) => {
  if (isRead(c)) return next();
  const type = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') return refuse(c, 'INVALID', 'the request must have the content-type application/json');
  const text = await c.req.text();
  if (nestingDepth(text, DEPTH) > DEPTH) return refuse(c, 'INVALID', `the request has more than ${DEPTH} levels`);
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(c, 'INVALID', 'the request must be a JSON object');
  if (findForbidden(value) !== undefined) return refuse(c, 'INVALID', 'the request has a name or text that is not allowed');
  return next();
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
