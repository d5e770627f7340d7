import type { ProductOverview } from '../../api.ts';
import { isLiveOrWaits } from './state-look.ts';

type Filter = {
  /** A part of the names of products, in whatever case. */
  readonly text: string;
  /** Only channels on which something is live or waits. */
  readonly isLiveOnly: boolean;
};

/** The products that fit a filter, with the channels that do. A product that is not narrowed stays the same object. */
export function filterProducts(products: readonly ProductOverview[], { text, isLiveOnly }: Filter): readonly ProductOverview[] {
  const wanted = text.trim().toLowerCase();
  const named = products.filter(({ product }) => product.toLowerCase().includes(wanted));
  return isLiveOnly ? named.flatMap(narrow) : named;
}

function narrow(product: ProductOverview): readonly ProductOverview[] {
  const channels = product.channels.filter(({ rollouts }) => rollouts.some(({ state }) => isLiveOrWaits(state)));
  if (channels.length === 0) return [];
  return [channels.length === product.channels.length ? product : { ...product, channels }];
}
