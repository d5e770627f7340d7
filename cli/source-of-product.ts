import { readChannelsFile } from '../domain/channels/lines.ts';
import { UsageError } from '../scripts/command.ts';
import { channelsOf } from './channels-of-stage.ts';
import type { Stage } from './stage.ts';

/** Stands for an account id that the credentials do not contain. No AWS account has this id. */
const UNKNOWN_ACCOUNT = '000000000000';

/**
 * The first source that channels.yml allows for a product on this stage. Throws UsageError if the product is unknown, or if
 * the source contains the account id and the credentials do not.
 */
export async function sourceOfProduct(product: string, channelsFile: string | undefined, stage: Stage): Promise<string> {
  const { name, text } = channelsOf(stage.name, channelsFile);
  const accountId = await stage.account();
  const place = { accountId: accountId ?? UNKNOWN_ACCOUNT, region: await stage.region(), stage: stage.name };
  const read = readChannelsFile(text, place, 'warn');
  if (!read.ok) throw new UsageError(`${name} is invalid: run npm run ota -- check to see why`);
  const source = Object.hasOwn(read.channels.products, product) ? read.channels.products[product]?.sources[0] : undefined;
  if (source === undefined)
    throw new UsageError(`${name} has no product ${JSON.stringify(product)}: correct the product, or pass --channels FILE`);
  if (accountId === undefined && source.includes(UNKNOWN_ACCOUNT))
    throw new UsageError(
      `the source of ${product} in ${name} contains the account id, and your credentials do not: publish a whole event with its source`,
    );
  return source;
}
