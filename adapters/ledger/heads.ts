import { emptyHead, type Head } from '../../domain/rollout/rollout.ts';
import { itemOf, jsonOf } from './items.ts';
import { headKey } from './keys.ts';
import { type Item, jsonAttribute, numberAttribute, putIf, type Table } from './table.ts';

/** The heads of the channels. */
export function heads(table: Table) {
  return {
    /**
     * Writes a changed head. Its `itemRevision` is still the revision that was read, and 0 if there was none. Returns `false` if
     * somebody else was faster.
     */
    async writeHead(product: string, channel: string, head: Head): Promise<boolean> {
      const item = itemOf(headKey(product, channel), {
        ...jsonAttribute('head', { lastSequence: head.lastSequence, taken: head.taken, entries: head.entries }),
        itemRevision: numberAttribute(head.itemRevision + 1),
      });
      return (await putIf(table, item, head.itemRevision === 0 ? undefined : head.itemRevision)).done;
    },
  };
}

/** The head that an item holds, or an empty one if there is no item. */
export function headOf(item: Item | undefined): Head {
  if (!item) return emptyHead;
  return { ...(jsonOf(item, 'head') as Omit<Head, 'itemRevision'>), itemRevision: Number(item['itemRevision']?.N) };
}
