type Tag = { readonly Key: string; readonly Value: string };

/** The tags of buses and rules, by ARN. */
export type Tags = {
  /** Adds to what there is; a key that is there gets the new value. */
  add(arn: string, tags: readonly Tag[] | undefined): void;
  remove(arn: string, keys: readonly string[]): void;
  of(arn: string): Tag[];
  /** Of what is deleted: made again, it has none. */
  forget(arn: string): void;
};

/** Tags in memory; whether an ARN exists is not asked. */
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
