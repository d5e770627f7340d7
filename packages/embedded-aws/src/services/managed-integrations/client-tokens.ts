import canonicalize from 'canonicalize';
import type { Clock } from '../service.ts';

/** What is known of a ClientToken: nothing, the answer it got with the same parameters, or that they were others. */
export type Recollection<T> = { readonly kind: 'new' } | { readonly kind: 'same' | 'other'; readonly answer: T };

export type ClientTokens<T> = {
  recall(token: string | undefined, parameters: object): Recollection<T>;
  remember(token: string | undefined, parameters: object, answer: T): void;
};

/** No tokens yet; each is forgotten so many milliseconds after its first use. */
export function createClientTokens<T>(clock: Clock, lifetimeMilliseconds: number): ClientTokens<T> {
  const seen = new Map<string, { readonly print: string; readonly answer: T; readonly until: number }>();
  const printOf = (parameters: object) => canonicalize(parameters) ?? '';
  return {
    recall(token, parameters) {
      const found = token === undefined ? undefined : seen.get(token);
      if (found === undefined || clock.now() >= found.until) return { kind: 'new' };
      return { kind: found.print === printOf(parameters) ? 'same' : 'other', answer: found.answer };
    },
    remember(token, parameters, answer) {
      if (token !== undefined) seen.set(token, { print: printOf(parameters), answer, until: clock.now() + lifetimeMilliseconds });
    },
  };
}
