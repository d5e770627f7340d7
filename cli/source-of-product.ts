import { UsageError } from '../scripts/command.ts';
import { type Configuration, UNKNOWN_ACCOUNT } from './configuration.ts';
import { unknownName } from './unknown-name.ts';

/**
 * The first source that channels.yml allows for a product. Throws UsageError if the product is unknown, or if the source
 * contains the account id and nobody knows it.
 */
export function sourceOfProduct(product: string, { name, channels, isAccountKnown }: Configuration): string {
  const source = Object.hasOwn(channels.products, product) ? channels.products[product]?.sources[0] : undefined;
  if (source === undefined)
    throw new UsageError(`${name} has no product ${unknownName(product, Object.keys(channels.products))}; use --channels for another file`);
  if (!isAccountKnown && source.includes(UNKNOWN_ACCOUNT))
    throw new UsageError(
      `the source of ${product} in ${name} contains the account id, and your credentials do not: publish a whole event with its source`,
    );
  return source;
}
