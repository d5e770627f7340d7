import { createdOutcome, failedOutcome, supersededOutcome, withdrawnOutcome } from './outcome.ts';
import type { Counts, FailureCode, Rollout, Tombstone } from './rollout.ts';
import { type Change, nothingSeen, type Rival, type Seen, type Step, type View } from './step.ts';

/** A change of state: what was seen under the old state is forgotten. */
export function moveTo(view: View, state: Rollout['state'], why: string, change: Change = {}): Step {
  const left: Change = isUncertain(view.row) && state === 'WITHDRAWING' ? { code: null, message: null } : {};
  return {
    do: 'write',
    change: { ...left, ...change, state, tries: 0 },
    why,
    seen: { ...nothingSeen, wrote: true, ...(state === 'CREATED' && { justCreated: true as const }) },
  };
}

export function intend(view: View, attempt: number, why: string): Step {
  const { row, now } = view;
  const { open, openFrom, openTo } = row;
  const prev = { open, ...(openFrom !== undefined && { openFrom }), ...(openTo !== undefined && { openTo }) };
  const rested = row.state === 'CREATING' ? row.tries : 0;
  const change: Change = { state: 'CREATING', attempt, tries: rested, prev, open: open + 1, openFrom: openFrom ?? now, openTo: now };
  return { do: 'write', change, why, seen: { rivals: view.seen.rivals, wrote: true, intent: true } };
}

export function undoIntent(row: Rollout): { open: number; openFrom: number | null; openTo: number | null; prev: null } {
  const prev = row.prev ?? { open: Math.max(0, row.open - 1) };
  return { open: prev.open, openFrom: prev.openFrom ?? null, openTo: prev.openTo ?? null, prev: null };
}

export function becomeCreated(view: View, aws: Rollout['aws'], adopted: boolean): Step {
  const { row, now } = view;
  const closed: Change = row.service === 'iotmanagedintegrations' ? { open: 0, openFrom: null, openTo: null, prev: null } : { prev: null };
  const outcome = createdOutcome({ ...row, aws }, adopted, now);
  return moveTo(view, 'CREATED', adopted ? 'found at AWS, ours and equal' : 'AWS confirmed the creation', {
    ...closed,
    aws,
    outbox: [...row.outbox, outcome],
  });
}

export function giveWay(view: View, rival: Rival): Step {
  const by = { rolloutId: rival.rolloutId, version: rival.version, revision: rival.revision };
  return moveTo(view, 'SUPERSEDING', `gives way to ${by.rolloutId}`, { by });
}

export function superseded(view: View, by: { rolloutId: string; version: string; revision: number }, why: string, counts?: Counts): Step {
  const { row, now } = view;
  const winner = { rolloutId: by.rolloutId, version: by.version, revision: by.revision };
  return moveTo(view, 'SUPERSEDED', why, {
    by: winner,
    ...(counts && { counts }),
    outbox: [...row.outbox, supersededOutcome(row, winner, counts, now)],
  });
}

export function withdrawn(view: View, tombstone: Tombstone | undefined, counts: Counts | undefined): Step {
  return moveTo(view, 'WITHDRAWN', 'nothing of it is live', {
    ...(counts && { counts }),
    outbox: [...view.row.outbox, withdrawnOutcome(view.row, tombstone, counts, view.now)],
  });
}

export function fail(view: View, code: FailureCode, message: string, errorInfo?: Rollout['errorInfo'], more: Change = {}): Step {
  return moveTo(view, 'FAILED', `${code}: ${message}`, {
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
