import { compareReleases } from '../release/version.ts';
import { toSuperseded } from './moves.ts';
import type { Head, HeadEntry, Identity, Rollout } from './rollout.ts';
import type { Rival, Step, View } from './step.ts';

const DONE_ENTRIES_KEPT = 50;

/**
 * Enters a rollout into the order of its channel. {@link giveWayOnArrival} must have found no step before. What it found to have left
 * its place is dropped from the order.
 */
export function enterChannel(view: View): Step {
  return appendTo(view.head, new Set(blockersOf(view).map(({ rolloutId }) => rolloutId)), view);
}

/**
 * The step of a rollout that is not in the order of its channel, if one that is not older may hold its place there: its row must be
 * read, or it refuses this rollout. `undefined` if the rollout may enter. A channel that allows downgrades refuses none.
 */
export function giveWayOnArrival(view: View): Step | undefined {
  const { row, seen } = view;
  for (const entry of blockersOf(view)) {
    const rivalCounts = seen.rivals[entry.rolloutId];
    if (rivalCounts === undefined) return readRival(row, entry.rolloutId, entry);
    if (rivalCounts) return toSuperseded(view, entry, 'a release that is not older was accepted first');
  }
  return undefined;
}

function blockersOf({ row, head }: View): Rival[] {
  return row.downgrade ? [] : newestFirst(rivalsOf(head).filter((entry) => compareReleases(entry, row) >= 0));
}

/**
 * For a rollout that entered its channel before, but whose entry is not in the head that was read. A batch read is no snapshot:
 * usually the head is older than the row, so this write fails and the loop reads both again. If the entry is really missing, such as
 * after a restore of the ledger, the rollout enters as the newest.
 */
export function enterAgain(view: View): Step {
  return appendTo(view.head, new Set(), view);
}

function appendTo(head: Head, without: ReadonlySet<string>, { row, seen }: View): Step {
  const others = Object.fromEntries(Object.entries(head.entries).filter(([rolloutId]) => !without.has(rolloutId)));
  const left = Object.entries(head.entries).filter(([rolloutId]) => without.has(rolloutId) && seen.goneRivals?.includes(rolloutId));
  const taken = Math.max(head.taken, ...left.map(([, entry]) => entry.sequence));
  const sequence = head.lastSequence + 1;
  const entry: HeadEntry = { sequence, version: row.version, revision: row.revision };
  const entries = { ...others, [row.rolloutId]: entry };
  const entered = { itemRevision: head.itemRevision, lastSequence: sequence, taken, entries };
  return { do: 'writeHead', head: entered, why: 'enter the channel', seen };
}

/**
 * The rival that entered last after this rollout, if it is `relevant` and still holds its place. Rollouts that exist at AWS
 * come before pending ones. `step` reads the row of a rival that was not read yet.
 */
export function newerRival(view: View, relevant: (entry: HeadEntry) => boolean): { entry: Rival; step?: Step } | undefined {
  const { row, head, seen } = view;
  const own = head.entries[row.rolloutId];
  if (!own) return undefined;
  const [first] = newestFirst(
    rivalsOf(head).filter((entry) => entry.sequence > own.sequence && relevant(entry) && seen.rivals[entry.rolloutId] !== false),
  );
  if (!first) return undefined;
  return seen.rivals[first.rolloutId] === undefined ? { entry: first, step: readRival(row, first.rolloutId, first) } : { entry: first };
}

function rivalsOf(head: Head): Rival[] {
  return Object.entries(head.entries).map(([rolloutId, entry]) => ({ rolloutId, ...entry }));
}

/** From the last that entered to the first, those that exist at AWS before pending ones. */
function newestFirst(rivals: readonly Rival[]): Rival[] {
  return rivals.toSorted((a, b) => Number(exists(b)) - Number(exists(a)) || b.sequence - a.sequence);
}

/** Whether AWS has, or had, what an entry stands for. */
export const exists = (entry: HeadEntry): boolean => entry.created === true || entry.done === true;

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
