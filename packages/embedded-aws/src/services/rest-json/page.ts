import type { Failure } from './rest-json.ts';

export type Page<T> = { readonly items: readonly T[]; readonly nextToken: string | undefined };

/**
 * Up to `size` of `items` that come after `token`. `place` must grow along the list, so that items that are added or
 * deleted between two pages do not shift the rest. Returns `undefined` for a token that was not made here.
 */
export function takePage<T>(items: Iterable<T>, place: (item: T) => number, size: number, token: string | undefined): Page<T> | undefined {
  const after = token === undefined ? Number.NEGATIVE_INFINITY : readToken(token);
  if (after === undefined) return undefined;
  const taken: T[] = [];
  for (const item of items) {
    if (place(item) <= after) continue;
    if (taken.length === size) {
      const last = taken.at(-1);
      return { items: taken, nextToken: last === undefined ? undefined : writeToken(place(last)) };
    }
    taken.push(item);
  }
  return { items: taken, nextToken: undefined };
}

/** The answer to a token that was not made here. */
export function badToken(exception: string): Failure {
  return { exception, message: 'The nextToken is not valid' };
}

function writeToken(place: number): string {
  return Buffer.from(`page:${place}`).toString('base64url');
}

function readToken(token: string): number | undefined {
  const found = /^page:(-?\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
  return found ? Number(found[1]) : undefined;
}
