import { UsageError } from '../../scripts/command.ts';
import { unknownName } from '../words/unknown-name.ts';
import { type Configuration, UNKNOWN_ACCOUNT } from './configuration.ts';

/**
 * The first source that channels.yml allows for a product. Throws UsageError if the product is unknown, or if the source
 * contains the account id and nobody knows it.
 */
export function sourceOfProduct(product: string, configuration: Configuration): string {
  return knownSource(product, productOf(product, configuration).sources[0] ?? '', configuration);
}

/**
 * The source of a steering event: the one that a person gave, or else the first of its approvers, or else its first source.
 * Throws as {@link sourceOfProduct} does. Also throws UsageError for a given source that no product lists. The rule of the bus would not
 * deliver its event, so nobody would answer. The service itself rejects a source that only another product lists.
 */
export function steeringSourceOf(product: string, given: string | undefined, configuration: Configuration): string {
  const { approvers = [], sources } = productOf(product, configuration);
  if (given !== undefined && !mayArrive(given, configuration)) {
    const { name } = configuration;
    const words = unknownName(given, [...approvers, ...sources], `${product} has`);
    throw new UsageError(
      `no product of ${name} lists the source ${words}; the bus delivers no event of it; use --channels for another file`,
    );
  }
  return given ?? knownSource(product, approvers[0] ?? sources[0] ?? '', configuration);
}

/**
 * The same without channels.yml, if there is none. Then the source must be given, and the service alone judges it. Throws UsageError if
 * it is not.
 */
export function sourceOf(product: string, given: string | undefined, configuration: Configuration | undefined): string {
  if (configuration !== undefined) return steeringSourceOf(product, given, configuration);
  if (given === undefined) throw new UsageError('a source is required where there is no channels.yml: pass --source, or --channels FILE');
  return given;
}

/** A product of channels.yml. Throws UsageError with the names that exist. */
export function productOf(product: string, { name, channels }: Configuration) {
  const found = Object.hasOwn(channels.products, product) ? channels.products[product] : undefined;
  if (found !== undefined) return found;
  throw new UsageError(`${name} has no product ${unknownName(product, Object.keys(channels.products))}; use --channels for another file`);
}

/**
 * Throws UsageError, with the names that exist, for the first of these channels that channels.yml does not have. Without channels.yml, the
 * service alone judges them.
 */
export function requireChannels(product: string, channels: readonly string[], configuration: Configuration | undefined): void {
  if (configuration === undefined) return;
  const known = Object.keys(productOf(product, configuration).channels);
  const unknown = channels.find((channel) => !known.includes(channel));
  if (unknown === undefined) return;
  const words = unknownName(unknown, known, `${product} has`);
  throw new UsageError(`${configuration.name} has no channel ${words}; use --channels for another file`);
}

/** Whether the rule of the bus delivers events of a source. True if nobody can know, because a source contains the account id. */
function mayArrive(source: string, { channels, isAccountKnown }: Configuration): boolean {
  const listed = Object.values(channels.products).flatMap(({ sources, approvers = [] }) => [...sources, ...approvers]);
  return listed.includes(source) || (!isAccountKnown && listed.some((one) => one.includes(UNKNOWN_ACCOUNT)));
}

function knownSource(product: string, source: string, { name, isAccountKnown }: Configuration): string {
  if (isAccountKnown || !source.includes(UNKNOWN_ACCOUNT)) return source;
  throw new UsageError(
    `the source of ${product} in ${name} contains the account id, and your credentials do not: publish a whole event with its source`,
  );
}
