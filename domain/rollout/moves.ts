import { controlPlanes } from '../request/control-planes.ts';
import { createdOutcome, failedOutcome, supersededOutcome, withdrawnOutcome } from './outcome.ts';
import type { Counts, FailureCode } from './outcome-schema.ts';
import { noUnansweredCreates, type RecordedWithdrawal, type Rollout, type UnansweredCreates } from './rollout.ts';
import { type Change, nothingSeen, type Rival, type Seen, type Step, type View } from './step.ts';

/** Changes the state, and forgets what the loop has seen under the old one. */
export function toState(view: View, state: Rollout['state'], why: string, change: Change = {}): Step {
  const left: Change = {
    ...(view.row.throttledSince !== undefined && { throttledSince: null }),
    ...(isUncertain(view.row) && state === 'WITHDRAWING' && { code: null, message: null }),
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
  const change: Change = { state: 'CREATING', attempt, restsWithoutNews, unansweredCreates };
  return { do: 'write', change, why, seen: { rivals: view.seen.rivals, wrote: true, intent: true } };
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

export function toFailed(view: View, code: FailureCode, message: string, errorInfo?: Rollout['errorInfo'], more: Change = {}): Step {
  return toState(view, 'FAILED', `${code}: ${message}`, {
    ...more,
    code,
    message,
    ...(errorInfo && { errorInfo }),
    outbox: [...view.row.outbox, failedOutcome(view.row, code, message, view.now, errorInfo)],
  });
}

export function wroteKeeping(view: View): Seen {
  return { ...view.seen, wrote: true };
}

export function isUncertain(row: Rollout): boolean {
  return row.code === 'UNCERTAIN';
}
