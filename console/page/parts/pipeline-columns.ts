export type Staged = { readonly channel: string; readonly gate?: { readonly after?: readonly { readonly channel: string }[] } | undefined };

/**
 * Channels in columns: a channel stands one column behind the last of those that its gate names. Within a column they keep their order. A
 * name that no channel has, and one that leads back to its own channel, does not count.
 */
export function pipelineOf<C extends Staged>(channels: readonly C[]): readonly (readonly C[])[] {
  const known = new Map(channels.map((channel) => [channel.channel, channel]));
  const columns = new Map<string, number>();
  const columnOf = (name: string, path: readonly string[]): number => {
    const done = columns.get(name);
    if (done !== undefined) return done;
    const before = namesBefore(known.get(name)).filter((other) => known.has(other) && other !== name && !path.includes(other));
    const column = before.length === 0 ? 0 : 1 + Math.max(...before.map((other) => columnOf(other, [...path, name])));
    columns.set(name, column);
    return column;
  };
  const numbers = channels.map(({ channel }) => columnOf(channel, []));
  return [...new Set(numbers)].sort((a, b) => a - b).map((number) => channels.filter((_, index) => numbers[index] === number));
}

/** The channels that the gate of a channel names. */
export function namesBefore(channel: Staged | undefined): readonly string[] {
  return (channel?.gate?.after ?? []).map((rule) => rule.channel);
}
