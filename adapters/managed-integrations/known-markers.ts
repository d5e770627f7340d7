import { markerKeys } from '../../domain/channels/reserved.ts';

/** The two tags by which the service recognises its tasks. */
export type Markers = { readonly rolloutId: string | undefined; readonly requestDigest: string | undefined };

/** About 4 MB. At 10 creates a second, the default of `createsPerSecond`, 20 minutes have fewer tasks than this. */
const REMEMBERED_MAX = 20_000;

/** AWS does not document when the tags of a new task become visible. It is an assumption that they do so within this time. */
const TAGS_VISIBLE_MILLISECONDS = 10 * 60_000;

/** The markers among the tags of a task. */
export function markersOf(tags: Readonly<Record<string, string>>): Markers {
  return { rolloutId: tags[markerKeys.rolloutId], requestDigest: tags[markerKeys.requestDigest] };
}

/**
 * The markers of the tasks that searches have read, by task id. Tags of a task are set when it is created, so no later search has
 * to read them again. Without this, each of many searches in an outage would read every task. Remembers at most `max` tasks and
 * forgets the oldest first. `now` is in epoch milliseconds.
 */
export function knownMarkers({ max = REMEMBERED_MAX, now = Date.now }: { readonly max?: number; readonly now?: () => number } = {}) {
  const known = new Map<string, Markers>();
  return {
    get: (taskId: string): Markers | undefined => known.get(taskId),

    /** Remembers a task, unless it is so new that its tags may not be visible yet. */
    remember: (taskId: string, tags: Readonly<Record<string, string>>, createdAt: Date | undefined): void => {
      const age = now() - (createdAt?.getTime() ?? now());
      if (Object.keys(tags).length === 0 && age < TAGS_VISIBLE_MILLISECONDS) return;
      known.set(taskId, markersOf(tags));
      if (known.size > max) for (const oldest of known.keys()) return void known.delete(oldest);
    },
  };
}

export type KnownMarkers = ReturnType<typeof knownMarkers>;
