import { compareReleases } from '../release/version.ts';
import { toSuperseded } from './moves.ts';
import type { Head, HeadEntry, Identity, Rollout } from './rollout.ts';
import type { Rival, Step, View } from './step.ts';

const DONE_ENTRIES_KEPT = 50;

/** The order of a channel is decided here, once: an entry that counts and is not older refuses. */
export function enterChannel(view: View): Step {
  const { row, head, seen } = view;
  const blockers = row.downgrade ? [] : newestFirst(head).filter((entry) => compareReleases(entry, row) >= 0);
  for (const entry of blockers) {
    const rivalCounts = seen.rivals[entry.rolloutId];
    if (rivalCounts === undefined) return readRival(row, entry.rolloutId, entry);
    if (rivalCounts) return toSuperseded(view, entry, 'a release that is not older was there first');
  }
  const dead = new Set(blockers.map(({ rolloutId }) => rolloutId));
  const living = Object.fromEntries(Object.entries(head.entries).filter(([rolloutId]) => !dead.has(rolloutId)));
  const entry: HeadEntry = { sequence: head.lastSequence + 1, version: row.version, revision: row.revision };
  const next: Head = {
    itemRevision: head.itemRevision,
    lastSequence: head.lastSequence + 1,
    entries: { ...living, [row.rolloutId]: entry },
  };
  return { do: 'writeHead', head: next, why: 'enter the channel', seen: seen };
}

/**
 * The entry with the highest `sequence` above the own one that satisfies `relevant` and whose row counts; existing
 * ones before pending ones. Where a row was not read yet, the step that reads it.
 */
export function newerRival(view: View, relevant: (entry: HeadEntry) => boolean): { entry: Rival; step?: Step } | undefined {
  const { row, head, seen } = view;
  const own = head.entries[row.rolloutId];
  if (!own) return undefined;
  const first = newestFirst(head).find(
    (entry) => entry.sequence > own.sequence && relevant(entry) && seen.rivals[entry.rolloutId] !== false,
  );
  if (!first) return undefined;
  return seen.rivals[first.rolloutId] === undefined ? { entry: first, step: readRival(row, first.rolloutId, first) } : { entry: first };
}

/** The entries by `sequence` from the highest down, existing ones before pending ones: the first that counts holds the channel. */
function newestFirst(head: Head): Rival[] {
  return Object.entries(head.entries)
    .map(([rolloutId, entry]) => ({ rolloutId, ...entry }))
    .sort((a, b) => Number(exists(b)) - Number(exists(a)) || b.sequence - a.sequence);
}

const exists = (entry: HeadEntry): boolean => entry.created === true || entry.done === true;

function readRival(row: Rollout, rolloutId: string, entry: HeadEntry): Step {
  return { do: 'readRival', rolloutId, identity: identityOf(row, entry) };
}

export function identityOf(row: Identity, entry: HeadEntry): Identity {
  return { product: row.product, version: entry.version, revision: entry.revision, channel: row.channel };
}

export function pruned(entries: Head['entries']): Head['entries'] {
  const done = Object.entries(entries)
    .filter(([, entry]) => entry.done)
    .sort(([, a], [, b]) => b.sequence - a.sequence)
    .slice(DONE_ENTRIES_KEPT)
    .map(([rolloutId]) => rolloutId);
  const dropped = new Set(done);
  return Object.fromEntries(Object.entries(entries).filter(([rolloutId]) => !dropped.has(rolloutId)));
}
