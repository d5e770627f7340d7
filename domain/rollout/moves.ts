import type { WaitReason } from '../gate/gate.ts';
import { canonicalJson } from '../json/canonical.ts';
import { controlPlanes } from '../request/control-planes.ts';
import type { ShutBy } from './gate-of.ts';
import { createdOutcome, failedOutcome, promotedOutcome, supersededOutcome, waitingOutcome, withdrawnOutcome } from './outcome.ts';
import type { Counts, FailureCode } from './outcome-schema.ts';
import type { Reason } from './reasons-now.ts';
import { noUnansweredCreates, type Opened, type RecordedWithdrawal, type Rollout, type UnansweredCreates, type Waits } from './rollout.ts';
import { type Change, nothingSeen, type Rival, type Seen, type Step, type View } from './step.ts';

/** Changes the state, and forgets what the loop has seen under the old one. */
export function toState(view: View, state: Rollout['state'], why: string, change: Change = {}): Step {
  const left: Change = {
    ...(view.row.throttledSince !== undefined && { throttledSince: null }),
    ...(view.row.waits !== undefined && { waits: null }),
    ...(isUncertain(view.row) && { code: null, message: null }),
  };
  return {
    do: 'write',
    change: { ...left, ...change, state, restsWithoutNews: 0 },
    why,
    seen: { ...nothingSeen, wrote: true, ...(state === 'CREATED' && { justCreated: true as const }) },
  };
}

export function toCreating(view: View, attempt: number, why: string): Step {
  const { row, now } = view;
  const { beforeLast: _undone, ...beforeLast } = row.unansweredCreates;
  const restsWithoutNews = row.state === 'CREATING' ? row.restsWithoutNews : 0;
  const unansweredCreates = { count: beforeLast.count + 1, firstSentAt: beforeLast.firstSentAt ?? now, lastSentAt: now, beforeLast };
  const sequence = view.head.entries[row.rolloutId]?.sequence;
  const change: Change = { state: 'CREATING', attempt, restsWithoutNews, unansweredCreates, ...(sequence !== undefined && { sequence }) };
  return { do: 'write', change, why, seen: { rivals: view.seen.rivals, wrote: true, intent: true } };
}

/** The gate has opened: the evidence is written once, with the step. */
export function toClaimed(view: View, opened: Opened): Step {
  const { row, now } = view;
  return toState(view, 'CLAIMED', 'the gate has opened', { opened, outbox: [...row.outbox, promotedOutcome(row, opened, now)] });
}

/**
 * Waits for something other than AWS. It writes the reasons if they or what was seen of the channels before have changed, and reports them
 * if the set of reasons has. `undefined` if nothing has changed: then the rollout rests, stays due, and the next sweep comes back to it.
 * `lookAt` (epoch ms) is the next instant at which time alone can change the reasons.
 */
export function waitFor(
  view: View,
  reasons: readonly Reason[],
  upstreams: Waits['upstreams'],
  lookAt?: number,
  change: Change = {},
): Step | undefined {
  const { row, now, timing } = view;
  const codes = [...new Set(reasons.map(({ reason }) => reason))].sort();
  const since = Object.fromEntries(codes.map((code) => [code, row.waits?.since[code] ?? now]));
  const told = row.waits?.told ?? [];
  const isTold = isNews(codes, told);
  const waits: Waits = { since, told: isTold ? codes : told, upstreams };
  const resting: Seen = { ...wroteKeeping(view), ...(lookAt !== undefined && { lookAgainAt: lookAt }), resting: true };
  if (Object.keys(change).length === 0 && canonicalJson(waits) === canonicalJson(row.waits ?? null)) return undefined;
  return {
    do: 'write',
    change: {
      ...change,
      waits,
      // Before the next sweep, which comes a little less than an interval after the look that the last one caused.
      dueAt: Math.min(lookAt ?? Number.POSITIVE_INFINITY, now + timing.sweepInterval - timing.sweepSlack),
      ...(isTold && { outbox: [...roomForOne(row.outbox), waitingOutcome(row, reasons, now)] }),
    },
    why: `waits: ${codes.join(', ')}`,
    seen: resting,
  };
}

/** Whether a set of reasons is reported: if it has changed, but not if a hold or the time of day alone comes and goes beside others. */
function isNews(codes: readonly WaitReason[], told: readonly WaitReason[]): boolean {
  const changed = [...codes.filter((code) => !told.includes(code)), ...told.filter((code) => !codes.includes(code))];
  if (changed.length === 0) return false;
  const comesAndGoes = (code: WaitReason) => code === 'HELD' || code === 'CLOSED';
  return !changed.every(comesAndGoes) || codes.every(comesAndGoes);
}

/** Outcomes that may wait in a row before the oldest of these are dropped, and their length as JSON. An item has 400 KB. */
const OUTBOX_MAX = 40;
const OUTBOX_LENGTH_MAX = 40_000;
const replaceable: readonly string[] = ['OTA Rollout Progressed', 'OTA Rollout Waiting'];

/**
 * The bus may refuse for hours. If the waiting outcomes outgrew the row, it could never be written again. So the oldest counts or
 * reasons to wait are dropped, because newer ones hold all that they said. Nothing else is ever dropped.
 */
export function roomForOne(outbox: Rollout['outbox']): Rollout['outbox'] {
  const oldest = outbox.findIndex(({ detailType }) => replaceable.includes(detailType));
  const hasRoom = outbox.length < OUTBOX_MAX && JSON.stringify(outbox).length < OUTBOX_LENGTH_MAX;
  return hasRoom || oldest < 0 ? outbox : roomForOne(outbox.toSpliced(oldest, 1));
}

export function undoIntent({ unansweredCreates }: Rollout): UnansweredCreates {
  return unansweredCreates.beforeLast ?? { count: Math.max(0, unansweredCreates.count - 1) };
}

export function toCreated(view: View, aws: Rollout['aws'], adopted: boolean): Step {
  const { row, now } = view;
  const { beforeLast: _answered, ...stillUnanswered } = row.unansweredCreates;
  const outcome = createdOutcome({ ...row, aws }, adopted, now);
  return toState(view, 'CREATED', adopted ? 'AWS already had it, with the same request' : 'AWS confirmed the creation', {
    unansweredCreates: controlPlanes[row.operation].isCreatedOncePerId ? stillUnanswered : noUnansweredCreates,
    aws,
    outbox: [...row.outbox, outcome],
  });
}

export function toSuperseding(view: View, rival: Rival): Step {
  const supersededBy = { rolloutId: rival.rolloutId, version: rival.version, revision: rival.revision };
  return toState(view, 'SUPERSEDING', `gives way to ${supersededBy.rolloutId}`, { supersededBy });
}

export function toSuperseded(view: View, by: { rolloutId: string; version: string; revision: number }, why: string, counts?: Counts): Step {
  const { row, now } = view;
  const winner = { rolloutId: by.rolloutId, version: by.version, revision: by.revision };
  return toState(view, 'SUPERSEDED', why, {
    supersededBy: winner,
    ...(counts && { counts }),
    outbox: [...row.outbox, supersededOutcome(row, winner, counts, now)],
  });
}

export function toWithdrawn(view: View, withdrawal: RecordedWithdrawal | undefined, counts: Counts | undefined): Step {
  const { row } = view;
  return toState(view, 'WITHDRAWN', 'nothing can start any more', {
    ...(counts && { counts }),
    ...(row.withdrawnBy === undefined && withdrawal && { withdrawnBy: withdrawal }),
    outbox: [...row.outbox, withdrawnOutcome(row, withdrawal, counts, view.now)],
  });
}

/** FAILED with GATE_SHUT. The outcome has `upstream`, the rollout that has shut the gate. */
export function toShut(view: View, message: string, upstream: ShutBy): Step {
  const outcome = failedOutcome(view.row, 'GATE_SHUT', message, view.now, undefined, upstream);
  return toFailed(view, 'GATE_SHUT', message, undefined, { outbox: [...view.row.outbox, outcome] });
}

export function toFailed(view: View, code: FailureCode, message: string, errorInfo?: Rollout['errorInfo'], more: Change = {}): Step {
  return toState(view, 'FAILED', `${code}: ${message}`, {
    code,
    message,
    ...(errorInfo && { errorInfo }),
    outbox: [...view.row.outbox, failedOutcome(view.row, code, message, view.now, errorInfo)],
    ...more,
  });
}

export function wroteKeeping(view: View): Seen {
  return { ...view.seen, wrote: true };
}

export function isUncertain(row: Rollout): boolean {
  return row.code === 'UNCERTAIN';
}
