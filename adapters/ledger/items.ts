import { FORMAT_VERSION, refuseNewerFormat } from '../../domain/rollout/format-version.ts';
import { type Key, keyAttributes } from './keys.ts';
import { type Item, numberAttribute } from './table.ts';

/** An item to write: its key, the version of its format, and these attributes. */
export function itemOf(key: Key, attributes: Item): Item {
  return { ...keyAttributes(key), formatVersion: numberAttribute(FORMAT_VERSION), ...attributes };
}

/** The JSON text in an attribute of an item. Throws if the item has a newer format, or no such attribute. */
export function jsonOf(item: Item, attribute: string): unknown {
  const name = `the ledger item ${item['pk']?.S} ${item['sk']?.S}`;
  refuseNewerFormat(Number(item['formatVersion']?.N), name);
  const text = item[attribute]?.S;
  if (text === undefined) throw new Error(`${name} has no attribute ${attribute}`);
  return JSON.parse(text);
}
