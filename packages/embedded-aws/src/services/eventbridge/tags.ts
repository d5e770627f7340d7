type Tag = { readonly Key: string; readonly Value: string };

/** The tags of buses and rules, by ARN. */
export type Tags = {
  /** Adds tags. A key that exists gets the new value. */
  add(arn: string, tags: readonly Tag[] | undefined): void;
  remove(arn: string, keys: readonly string[]): void;
  of(arn: string): Tag[];
  /** Drops the tags of a deleted resource, so that a new one under its name has no tags. */
  forget(arn: string): void;
};

/** Tags in memory. Whether an ARN exists is not checked. */
export function createTags(): Tags {
  const known = new Map<string, Map<string, string>>();
  return {
    add(arn, tags = []) {
      const own = known.get(arn) ?? new Map<string, string>();
      for (const { Key, Value } of tags) own.set(Key, Value);
      known.set(arn, own);
    },
    remove(arn, keys) {
      for (const key of keys) known.get(arn)?.delete(key);
    },
    of: (arn) => [...(known.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value })),
    forget: (arn) => known.delete(arn),
  };
}
