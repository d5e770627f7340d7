import { canonicalJson } from './canonical.ts';

/** An item of DynamoDB has at most 400 KB (Amazon DynamoDB quotas). The rest is for the names of attributes. */
const ITEM_BYTES_MAX = 390 * 1024;

/** Whether one item of the ledger can keep this value. */
export function fitsItem(value: unknown): boolean {
  return bytesInItem(value) <= ITEM_BYTES_MAX;
}

/** How many bytes a value takes in an item of the ledger, as JSON in UTF-8. */
export function bytesInItem(value: unknown): number {
  return Buffer.byteLength(canonicalJson(value));
}

/** How many bytes of these must be left out, so that one item can keep the rest. At most 0 if it can keep all. */
export function bytesTooMany(bytes: number): number {
  return bytes - ITEM_BYTES_MAX;
}
