import { accept, type Result, reject } from '../release/rejection.ts';
import type { Channels, Product } from './schema.ts';
import { namesInsteadOf } from './unknown-name.ts';

/** What a message wants to do with the releases of a product. */
export type Steering = 'approve' | 'hold' | 'resume' | 'withdraw';

/**
 * The product that a steering event is about, or why its source may not send it. UNKNOWN_PRODUCT if channels.yml does not have the product.
 *
 * - Approve: only the approvers of the product. A source that publishes it gets SELF_APPROVAL.
 * - Hold and withdraw: its sources and its approvers, because it is always safe to stop.
 * - Resume: its approvers, or its sources if it has no approvers.
 *
 * Any other source gets SOURCE_NOT_ALLOWED. A message names only products that list the source, so a stranger learns of none.
 */
export function findSteered(channels: Channels, name: string, source: string, what: Steering): Result<Product> {
  const product = Object.hasOwn(channels.products, name) ? channels.products[name] : undefined;
  if (!product) {
    const own = Object.entries(channels.products).flatMap(([known, one]) => (isListed(one, source) ? [known] : []));
    const advice = namesInsteadOf(name, own, 'this source is listed by') ?? 'check the spelling, or add the product and deploy';
    return reject('UNKNOWN_PRODUCT', 'product', `channels.yml has no product ${name}: ${advice}`);
  }
  const { sources } = product;
  const approvers = product.approvers ?? [];
  if (what === 'approve' && sources.includes(source)) return reject('SELF_APPROVAL', 'source', selfApproval);
  const mayDo = what === 'approve' || (what === 'resume' && approvers.length > 0) ? approvers : [...sources, ...approvers];
  if (mayDo.includes(source)) return accept(product);
  if (isListed(product, source)) {
    return reject('SOURCE_NOT_ALLOWED', 'source', 'only a source in approvers may end a hold of this product: resume from one of them');
  }
  const advice =
    what === 'approve'
      ? 'the product does not list this source in approvers: approve from a listed source, or add this one and deploy'
      : 'the product does not list this source: send the event from a listed source, or add this one and deploy';
  return reject('SOURCE_NOT_ALLOWED', 'source', advice);
}

/** Why a source that publishes may not approve. */
export const selfApproval = 'a source that publishes releases of the product may not approve them: approve from a source in approvers';

/** Rejects the first of these channels that the product does not have, as UNKNOWN_CHANNEL. */
export function rejectUnknownChannel(product: Product, names: readonly string[]): ReturnType<typeof reject> | undefined {
  const index = names.findIndex((name) => !Object.hasOwn(product.channels, name));
  const name = names[index];
  if (name === undefined) return undefined;
  const instead = namesInsteadOf(name, Object.keys(product.channels), 'it has');
  return reject('UNKNOWN_CHANNEL', `channels[${index}]`, `the product has no channel ${name}: ${instead}`, name);
}

function isListed({ sources, approvers = [] }: Product, source: string): boolean {
  return sources.includes(source) || approvers.includes(source);
}
