import { withoutBuild } from '../../domain/release/version.ts';
import type { Identity } from '../../domain/rollout/rollout.ts';
import type { Item } from './table.ts';

/** The primary key of an item. */
export type Key = { readonly pk: string; readonly sk: string };

/** The sort keys of all rollouts begin with this. */
export const ROLLOUTS = 'ROLLOUT#';

/** The sort keys of all accepted releases begin with this. */
export const ACCEPTED = 'ACCEPTED#';

/** The key of a rollout. */
export function rowKey({ product, version, revision, channel }: Identity): Key {
  return { pk: versionKey(product, version), sk: `${ROLLOUTS}${revision}#${channel}` };
}

/** The key of what a revision of a version stands for. */
export function acceptedKey({ product, version, revision }: Omit<Identity, 'channel'>): Key {
  return { pk: versionKey(product, version), sk: `${ACCEPTED}${revision}` };
}

/** The key of the withdrawals of a version. */
export function withdrawalsKey(product: string, version: string): Key {
  return { pk: versionKey(product, version), sk: 'WITHDRAWALS' };
}

/** The key of the approvals of a version. */
export function approvalsKey(product: string, version: string): Key {
  return { pk: versionKey(product, version), sk: 'APPROVALS' };
}

/** The key of the holds of a product. */
export function holdsKey(product: string): Key {
  return { pk: `PRODUCT#${product}`, sk: 'HOLDS' };
}

/** The key of the head of a channel. */
export function headKey(product: string, channel: string): Key {
  return { pk: `CHANNEL#${product}#${channel}`, sk: 'HEAD' };
}

/**
 * The partition of a version: its accepted releases, its rollouts, its withdrawals and its approvals. Versions that differ only in build
 * metadata share it.
 */
export function versionKey(product: string, version: string): string {
  return `RELEASE#${product}#${withoutBuild(version)}`;
}

/** A key as the attributes of an item. */
export const keyAttributes = ({ pk, sk }: Key): Item => ({ pk: { S: pk }, sk: { S: sk } });

/** The members that the key of a rollout has. The version has no build metadata. */
export function identityOf(item: Item): Identity {
  const [, product = '', version = ''] = (item['pk']?.S ?? '').split('#');
  const [, revision = '', channel = ''] = (item['sk']?.S ?? '').split('#');
  return { product, version, revision: Number(revision), channel };
}
