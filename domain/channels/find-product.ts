import { accept, type Result, reject } from '../release/rejection.ts';
import type { Channels, Product } from './schema.ts';
import { namesInsteadOf } from './unknown-name.ts';

/**
 * The product that a release or withdrawal names. UNKNOWN_PRODUCT if channels.yml does not have it, SOURCE_NOT_ALLOWED if
 * the product does not list `source`. A message names only products that list `source`, so a stranger learns of none.
 */
export function findProduct(channels: Channels, product: string, source: string): Result<Product> {
  const found = Object.hasOwn(channels.products, product) ? channels.products[product] : undefined;
  if (!found) {
    const own = Object.entries(channels.products).flatMap(([name, { sources }]) => (sources.includes(source) ? [name] : []));
    const advice = namesInsteadOf(product, own, 'this source publishes') ?? 'check the spelling, or add the product and deploy';
    return reject('UNKNOWN_PRODUCT', 'product', `channels.yml has no product ${product}: ${advice}`);
  }
  return found.sources.includes(source)
    ? accept(found)
    : reject(
        'SOURCE_NOT_ALLOWED',
        'source',
        'the product does not list this source: publish from a listed source, or add this one and deploy',
      );
}
