import type { Upstream } from '../../domain/rollout/gate-of.ts';
import type { Head, Identity, Rollout } from '../../domain/rollout/rollout.ts';
import { headOf } from './heads.ts';
import { headKey, type Key, rowKey } from './keys.ts';
import { readItems } from './read-items.ts';
import { rowOf } from './rows.ts';
import type { Item, Table } from './table.ts';

/** At most this many later rollouts of each channel are read. One that may have reached devices is enough to judge. */
const NEWER_MAX = 10;

/** The channels before the channel of a rollout. */
export function upstreams(table: Table) {
  return {
    /**
     * The rollouts of the same release on other channels, each with the head of its channel, with one call. The rollouts that entered a
     * channel later take a second call, if there are any.
     */
    upstreams(identity: Identity, channels: readonly string[]): Promise<Readonly<Record<string, Upstream>>> {
      return upstreamsFrom((keys) => readItems(table, keys), identity, channels);
    },
  };
}

/** The same by a function that reads the items of these keys, in any order. */
export async function upstreamsFrom(
  read: (keys: readonly Key[]) => Promise<readonly Item[]>,
  identity: Identity,
  channels: readonly string[],
): Promise<Readonly<Record<string, Upstream>>> {
  const items = await read(channels.flatMap((channel) => [rowKey({ ...identity, channel }), headKey(identity.product, channel)]));
  const found = (key: Key): Item | undefined => items.find((item) => item['pk']?.S === key.pk && item['sk']?.S === key.sk);
  const known = channels.map((channel) => {
    const item = found(rowKey({ ...identity, channel }));
    const row = item && rowOf(item);
    const head = headOf(found(headKey(identity.product, channel)));
    return { channel, row, head, later: row ? enteredLater(row, head, identity.product) : [] };
  });
  const later = known.flatMap((one) => one.later.map(rowKey));
  const newer = (later.length === 0 ? [] : await read(later)).map(rowOf);
  return Object.fromEntries(
    known.map(({ channel, row, head, later: wanted }) => [
      channel,
      { row, head, newer: wanted.flatMap(({ rolloutId }) => newer.filter((one) => one.rolloutId === rolloutId)) },
    ]),
  );
}

/** The rollouts that entered the channel after this one, the last first. */
function enteredLater(row: Rollout, head: Head, product: string): (Identity & { readonly rolloutId: string })[] {
  const own = row.sequence ?? head.entries[row.rolloutId]?.sequence ?? 0;
  return Object.entries(head.entries)
    .filter(([, { sequence }]) => sequence > own)
    .sort(([, a], [, b]) => b.sequence - a.sequence)
    .slice(0, NEWER_MAX)
    .map(([rolloutId, { version, revision }]) => ({ rolloutId, product, version, revision, channel: row.channel }));
}
