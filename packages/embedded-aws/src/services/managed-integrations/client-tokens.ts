import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../service.ts';

/** What is known of a ClientToken: nothing, or the answer it got, with the same parameters or with other ones. */
export type Recollection<T> = { readonly kind: 'new' } | { readonly kind: 'same' | 'other'; readonly answer: T };

export type ClientTokens<T> = {
  recall(token: string | undefined, parameters: object): Recollection<T>;
  remember(token: string | undefined, parameters: object, answer: T): void;
};

/** No tokens yet. A token is forgotten `lifetimeMilliseconds` after its first use. */
export function createClientTokens<T>(clock: Clock, lifetimeMilliseconds: number): ClientTokens<T> {
  const seen = new Map<string, { readonly parameters: object; readonly answer: T; readonly until: number }>();
  return {
    recall(token, parameters) {
      const found = token === undefined ? undefined : seen.get(token);
      if (found === undefined || clock.now() >= found.until) return { kind: 'new' };
      return { kind: isDeepStrictEqual(found.parameters, parameters) ? 'same' : 'other', answer: found.answer };
    },
    remember(token, parameters, answer) {
      if (token !== undefined) seen.set(token, { parameters, answer, until: clock.now() + lifetimeMilliseconds });
    },
  };
}
