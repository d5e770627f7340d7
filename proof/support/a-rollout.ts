import type { Approval } from '../../domain/gate/approvals.ts';
import type { Gate, UpstreamRule } from '../../domain/gate/gate.ts';
import type { Hold, Holds } from '../../domain/gate/holds.ts';
import { rolloutIdOf } from '../../domain/request/identity.ts';
import { FORMAT_VERSION } from '../../domain/rollout/format-version.ts';
import type { Counts } from '../../domain/rollout/outcome-schema.ts';
import type { Head, HeadEntry, RecordedWithdrawal, Rollout } from '../../domain/rollout/rollout.ts';
import type { Timing } from '../../domain/rollout/timing.ts';

const STAGE = 'local';
export const now = Date.parse('2026-11-23T12:00:00Z');
export const seconds = (count: number): number => count * 1_000;
export const minutes = (count: number): number => count * 60_000;

export const timing: Timing = {
  firstDelay: seconds(15),
  longestDelay: minutes(15),
  firstWatchDelay: minutes(5),
  longestWatchDelay: minutes(60),
  sweepInterval: minutes(5),
  soakMinute: minutes(1),
  openForLong: minutes(10),
  sweepSlack: minutes(2),
  createMayStillLand: { CreateOTAUpdate: minutes(20), CreateJob: minutes(20), CreateOtaTask: minutes(20) },
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
    formatVersion: FORMAT_VERSION,
    ...identity,
    rolloutId: rolloutIdOf(identity, STAGE),
    releaseDigest: 'd1'.repeat(32),
    operation: 'CreateOTAUpdate',
    request: { targets: ['arn:aws:iot:us-east-1:000000000000:thinggroup/beta'] },
    requestDigest: 'e2'.repeat(32),
    whenSuperseded: 'cancel',
    downgrade: false,
    continuous: false,
    correlationId: 'build-8812',
    messageId: 'm-1',
    bodySha256: 'b0'.repeat(32),
    publishedBy: { account: '000000000000', source: 'com.acme.ci' },
    claimedAt: now - seconds(10),
    state: 'CLAIMED',
    attempt: 0,
    unansweredCreates: { count: 0 },
    aws: {},
    followUpNumber: 0,
    restsWithoutNews: 0,
    outbox: [],
    siblings: [],
    history: [{ at: now - seconds(10), to: 'CLAIMED', why: 'accepted', who: 'releases m-1' }],
    writtenAt: now - seconds(10),
    itemRevision: 1,
    dueAt: now + minutes(2),
    ...changes,
  };
}

export const onMi = { operation: 'CreateOtaTask', whenSuperseded: 'delete' } as const;

/** Of a job of its own. `request` comes on top of a job for the group `beta`. */
export function onJobs(request: Readonly<Record<string, unknown>> = {}) {
  const targets = ['arn:aws:iot:us-east-1:000000000000:thinggroup/beta'];
  return { operation: 'CreateJob', request: { targets, document: '{}', ...request } } as const;
}

/** One send without an answer, this many milliseconds ago. */
export function sentAgo(milliseconds: number) {
  return {
    attempt: 1,
    unansweredCreates: { count: 1, firstSentAt: now - milliseconds, lastSentAt: now - milliseconds, beforeLast: { count: 0 } },
  } as const;
}

/** The rollout of another version on the same channel: its id and its entry in the head. */
export function rivalOf(version: string, entry: Omit<HeadEntry, 'version' | 'revision'>, channel = 'beta') {
  const { rolloutId } = aRollout({ version, channel });
  return { rolloutId, entry: { version, revision: 1, ...entry } };
}

/** A head with these entries. */
export function aHead(...entries: readonly { readonly rolloutId: string; readonly entry: HeadEntry }[]): Head {
  const lastSequence = Math.max(0, ...entries.map(({ entry }) => entry.sequence));
  return {
    itemRevision: entries.length,
    lastSequence,
    taken: 0,
    entries: Object.fromEntries(entries.map(({ rolloutId, entry }) => [rolloutId, entry])),
  };
}

/** The own entry of a rollout in the head of its channel. */
export function ownEntry(row: Rollout, entry: Omit<HeadEntry, 'version' | 'revision'>) {
  return { rolloutId: row.rolloutId, entry: { version: row.version, revision: row.revision, ...entry } };
}

export function aRecordedWithdrawal(changes: Partial<RecordedWithdrawal> = {}): RecordedWithdrawal {
  return { version: '2.0.0', force: false, account: '000000000000', source: 'com.acme.ci', at: now - seconds(5), ...changes };
}

const board = { account: '000000000000', source: 'com.acme.board' };

/** An approval of thermostat 2.0.0 on `stable` by the release board, accepted now. */
export function anApproval(changes: Partial<Approval> = {}): Approval {
  return {
    version: '2.0.0',
    revision: 1,
    channels: ['stable'],
    releaseDigest: 'd1'.repeat(32),
    by: board,
    eventId: 'e-1',
    at: now,
    ...changes,
  };
}

/** Holds of a product that nobody has ended. */
export function held(...holds: readonly Partial<Hold>[]): Holds {
  return { held: holds.map((one, index) => ({ holdId: `h-${index + 1}`, reason: 'holidays', by: board, at: now, ...one })), ended: [] };
}

/** A rule about the channel before, with the defaults of channels.yml. */
export function aRule(changes: Partial<UpstreamRule> = {}): UpstreamRule {
  return { channel: 'beta', minSucceededPercentage: 90, maxFailedPercentage: 5, minNumberOfExecutedThings: 1, soakMinutes: 0, ...changes };
}

/** A rollout of thermostat 2.0.0 on `stable` that waits at this gate. */
export function aWaiting(gate: Gate = { after: [aRule()] }, changes: Partial<Rollout> = {}): Rollout {
  return aRollout({ channel: 'stable', state: 'WAITING', gate, ...changes });
}

export function someCounts(changes: Partial<Counts> = {}): Counts {
  return { queued: 0, inProgress: 0, succeeded: 0, failed: 0, rejected: 0, timedOut: 0, removed: 0, canceled: 0, ...changes };
}
