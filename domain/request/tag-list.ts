import type { Release } from '../release/release.ts';

export type Tag = { readonly Key: string; readonly Value?: string };

/** Tags as IoT Core and IoT Jobs take them: a list in order of the keys. Tags of the channel win. `undefined` if there are none. */
export function mergeTags(ofRelease: Release['tags'], ofChannel: readonly Tag[] | undefined): readonly Tag[] | undefined {
  const merged = new Map<string, Tag>();
  for (const [Key, Value] of Object.entries(ofRelease ?? {})) merged.set(Key, { Key, Value });
  for (const tag of ofChannel ?? []) merged.set(tag.Key, tag);
  const keys = [...merged.keys()].sort();
  return keys.length > 0 ? keys.flatMap((key) => merged.get(key) ?? []) : undefined;
}
