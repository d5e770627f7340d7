import { rolloutIdOf } from '../../domain/request/identity.ts';
import type { Counts, Head, HeadEntry, Rollout, Tombstone } from '../../domain/rollout/rollout.ts';
import type { Timing } from '../../domain/rollout/step.ts';

export const now = Date.parse('2026-11-23T12:00:00Z');
export const seconds = (count: number): number => count * 1_000;
export const minutes = (count: number): number => count * 60_000;

export const timing: Timing = {
  firstDelay: seconds(15),
  longestDelay: minutes(15),
  slack: minutes(2),
  unanswered: { iot: minutes(20), iotmanagedintegrations: minutes(20) },
};

/** A freshly claimed rollout of thermostat 2.0.0 on the channel `beta`, at IoT Core; `changes` on top. */
export function aRollout(changes: Partial<Rollout> = {}): Rollout {
  const identity = {
    product: changes.product ?? 'thermostat',
    version: changes.version ?? '2.0.0',
    revision: changes.revision ?? 1,
    channel: changes.channel ?? 'beta',
  };
  return {
    ...identity,
    rolloutId: rolloutIdOf(identity),
    releaseDigest: 'd1'.repeat(32),
    service: 'iot',
    request: { targets: ['arn:aws:iot:us-east-1:000000000000:thinggroup/beta'] },
    requestDigest: 'e2'.repeat(32),
    whenSuperseded: 'cancel',
    downgrade: false,
    continuous: false,
    correlationId: 'build-8812',
    messageId: 'm-1',
    bodySha256: 'b0'.repeat(32),
    claimedAt: now - seconds(10),
    state: 'CLAIMED',
    attempt: 0,
    open: 0,
    aws: {},
    no: 0,
    tries: 0,
    outbox: [],
    also: [],
    history: [{ at: now - seconds(10), to: 'CLAIMED', why: 'accepted', who: 'releases m-1' }],
    at: now - seconds(10),
    rev: 1,
    due: now + minutes(2),
    ...changes,
  };
}

export const onMi = { service: 'iotmanagedintegrations', whenSuperseded: 'delete' } as const;

/** One send without an answer, this many milliseconds ago. */
export function sentAgo(milliseconds: number) {
  return { attempt: 1, open: 1, openFrom: now - milliseconds, openTo: now - milliseconds, prev: { open: 0 } } as const;
}

/** The rollout of another version on the same channel: its id and its entry in the head. */
export function rivalOf(version: string, entry: Omit<HeadEntry, 'version' | 'revision'>, channel = 'beta') {
  const { rolloutId } = aRollout({ version, channel });
  return { rolloutId, entry: { version, revision: 1, ...entry } };
}

/** A head with these entries. */
export function aHead(...entries: readonly { readonly rolloutId: string; readonly entry: HeadEntry }[]): Head {
  const seq = Math.max(0, ...entries.map(({ entry }) => entry.seq));
  return { rev: entries.length, seq, entries: Object.fromEntries(entries.map(({ rolloutId, entry }) => [rolloutId, entry])) };
}

/** The own entry of a rollout in the head of its channel. */
export function ownEntry(row: Rollout, entry: Omit<HeadEntry, 'version' | 'revision'>) {
  return { rolloutId: row.rolloutId, entry: { version: row.version, revision: row.revision, ...entry } };
}

export function aTombstone(changes: Partial<Tombstone> = {}): Tombstone {
  return { version: '2.0.0', force: false, at: now - seconds(5), ...changes };
}

export function someCounts(changes: Partial<Counts> = {}): Counts {
  return { queued: 0, inProgress: 0, succeeded: 0, failed: 0, rejected: 0, timedOut: 0, removed: 0, canceled: 0, ...changes };
}
