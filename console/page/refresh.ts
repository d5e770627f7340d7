const listeners = new Set<() => void>();

/** Calls `listener` whenever something was changed and the views must be read again. Returns what ends that. */
export function onRefresh(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Lets every view read again at once, because a person has changed something. */
export function refreshAll(): void {
  for (const listener of [...listeners]) listener();
}
