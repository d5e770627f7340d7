import type { Rejection } from '../release/rejection.ts';
import { controlPlanes } from '../request/control-planes.ts';
import { meetsAbortCriteria } from './abort-criteria.ts';
import { causeCanPass } from './create-failed.ts';
import {
  isUncertain,
  toCreated,
  toCreating,
  toFailed,
  toState,
  toSuperseded,
  toSuperseding,
  toWithdrawn,
  undoIntent,
  wroteKeeping,
} from './moves.ts';
import type { Sighting } from './observation.ts';
import { enterChannel, identityOf, newerRival, pruned } from './order.ts';
import { completedOutcome, progressedOutcome, siblingConflictOutcome } from './outcome.ts';
import {
  type Counts,
  type FailureCode,
  isFinal,
  noUnansweredCreates,
  type RecordedWithdrawal,
  type Rollout,
  withdrawalOf,
} from './rollout.ts';
import type { Change, Rival, Seen, Step, View } from './step.ts';
import { delayOf } from './timing.ts';

const ATTEMPTS = 3;

/** Outcomes that may wait in a row before the oldest counts make room: some 30 KB of the 400 that an item has. */
const OUTBOX_MAX = 40;

/**
 * THE table of a rollout's life: given its row, its channel's head, the withdrawals of its version, what was
 * just observed and the time, the one next step. Total: every state and every observation has an answer.
 * Read top-down, first match wins. Drawn in docs/explanation/life-of-a-rollout.md.
 */
export function nextStep(view: View): Step {
  const { row, seen } = view;
  if (row.siblings.length === 0) return decide(view);
  if (!seen.siblings) return { do: 'putSiblings', rows: row.siblings };
  return withoutSiblings(view, seen.siblings.conflicts, decide(view));
}

function decide(view: View): Step {
  const { row, seen } = view;
  if (seen.resting) return rest(view);
  const withdrawal = withdrawalOf(row, view.withdrawals);
  if (withdrawal) {
    const isStopped = row.state === 'CLAIMED' || row.state === 'COMPLETED' || row.state === 'SUPERSEDED';
    if (isStopped) return toWithdrawn(view, withdrawal, row.counts);
    if (row.state === 'CREATING' || row.state === 'CREATED' || row.state === 'SUPERSEDING' || isUncertain(row)) {
      return toState(view, 'WITHDRAWING', 'the release was withdrawn');
    }
  }
  switch (row.state) {
    case 'CLAIMED':
      return inClaimed(view);
    case 'CREATING':
      return inCreating(view);
    case 'CREATED':
      return inCreated(view);
    case 'SUPERSEDING':
    case 'WITHDRAWING':
      return inStopping(view, withdrawal);
    case 'COMPLETED':
    case 'SUPERSEDED':
    case 'WITHDRAWN':
    case 'FAILED':
      return inFinal(view);
  }
}

function inClaimed(view: View): Step {
  const { row, head } = view;
  if (isExpired(view)) return toFailed(view, 'EXPIRED', 'notAfter passed before the first create');
  if (!head.entries[row.rolloutId]) return enterChannel(view);
  const rival = newerRival(view, () => true);
  if (rival) return rival.step ?? giveWayBeforeCreation(view, rival.entry);
  return toCreating(view, 1, 'nothing newer on its channel');
}

/** Nothing was ever sent: an existing newer one ends this rollout, a pending newer one makes it wait. */
function giveWayBeforeCreation(view: View, rival: Rival): Step {
  if (rival.created || rival.done) return toSuperseded(view, rival, 'a newer release is on the channel');
  return rest(view);
}

function inCreating(view: View): Step {
  const { row, seen, now, timing } = view;
  if (seen.intent) return { do: 'send' };
  const reply = seen.reply;
  switch (reply?.kind) {
    case 'accepted':
    case 'unknown':
      return rest(view);
    case 'created':
      return toCreated(view, { ...row.aws, ...reply.aws }, false);
    case 'refused': {
      const undone = undoIntent(row);
      if (!reply.retryable && (undone.count === 0 || isSettled(undone.lastSentAt, view))) {
        return toFailed(view, 'AWS_REFUSED', reply.message, { code: reply.code, message: reply.message }, { unansweredCreates: undone });
      }
      const change = { unansweredCreates: undone, restsWithoutNews: row.restsWithoutNews + 1 };
      return { do: 'write', change, why: `AWS said no: ${reply.code}`, seen: { ...wroteKeeping(view), resting: true } };
    }
  }
  if (row.whenSuperseded !== 'keep') {
    const rival = newerRival(view, (entry) => entry.created === true || entry.done === true);
    if (rival) return rival.step ?? toSuperseding(view, rival.entry);
  }
  if (row.unansweredCreates.count === 0) return createStep(view, 'every send was answered no');
  const sighting = seen.sighting;
  if (!sighting) return { do: 'look', at: 'creation' };
  switch (sighting.kind) {
    case 'notFound':
      if (reply?.kind === 'alreadyExists') return rest(view);
      if (controlPlanes[row.operation].isCreatedOncePerId) return createStep(view, 'AWS knows no such update');
      return (row.unansweredCreates.lastSentAt ?? 0) + timing.createMayStillLand[row.operation] < now
        ? toFailed(view, 'UNCERTAIN', 'a create was never answered and no task with our tags was found: it may be live; a person must look')
        : rest(view);
    case 'foreign':
      return toFailed(view, 'NOT_ADOPTABLE', 'AWS has something else under the id of this rollout');
    case 'pending':
      return rest(view);
    case 'createFailed':
      return afterCreateFailed(view, sighting);
    case 'exists': {
      // An answered CreateOtaTask brings the task's id: one that had to be searched for was never answered.
      const adopted = reply?.kind === 'alreadyExists' || !controlPlanes[row.operation].isCreatedOncePerId;
      return toCreated(view, { ...row.aws, ...sighting.aws }, adopted);
    }
  }
}

function createStep(view: View, why: string): Step {
  const { row } = view;
  if (isExpired(view)) {
    return nothingOnItsWay(view) ? toFailed(view, 'EXPIRED', 'notAfter passed before the create was repeated') : rest(view);
  }
  const rival = newerRival(view, () => true);
  if (rival) {
    if (rival.step) return rival.step;
    return rival.entry.created || rival.entry.done ? toSuperseding(view, rival.entry) : rest(view);
  }
  return toCreating(view, row.attempt, why);
}

function afterCreateFailed(view: View, sighting: Extract<Sighting, { kind: 'createFailed' }>): Step {
  const { row, seen } = view;
  if (sighting.job === 'live' && !seen.stopSent) {
    return {
      do: 'cancelAtAws',
      order: { force: false, reasonCode: 'CREATE_FAILED', comment: 'the OTA update failed to be created and left this job' },
      seen: { ...seen, stopSent: true },
    };
  }
  if (sighting.job === 'live' || sighting.job === 'ending') return rest(view);
  if (causeCanPass(sighting.errorInfo) && row.attempt < ATTEMPTS && !isExpired(view)) {
    const change: Change = {
      attempt: row.attempt + 1,
      unansweredCreates: noUnansweredCreates,
      restsWithoutNews: row.attempt,
      aws: {},
      errorInfo: sighting.errorInfo,
    };
    const why = `CREATE_FAILED: ${sighting.errorInfo.code ?? 'no code'}, the cause can pass`;
    return { do: 'write', change, why, seen: { rivals: seen.rivals, wrote: true, resting: true } };
  }
  return toFailed(view, 'CREATE_FAILED', sighting.errorInfo.message ?? 'AWS reported CREATE_FAILED without a reason', sighting.errorInfo);
}

function inCreated(view: View): Step {
  const { row, head, seen } = view;
  if (row.whenSuperseded !== 'keep') {
    const rival = newerRival(view, (entry) => entry.created === true || entry.done === true);
    if (rival) return rival.step ?? toSuperseding(view, rival.entry);
  }
  const own = head.entries[row.rolloutId];
  if (own && !own.created) {
    const older = Object.entries(head.entries).filter(([, entry]) => entry.sequence < own.sequence && !entry.done);
    const entries = { ...head.entries, [row.rolloutId]: { ...own, created: true as const } };
    const after = { ...seen, toWake: older.map(([rolloutId]) => rolloutId) };
    if (older.length > 0) return { do: 'writeHead', head: { ...head, entries }, why: 'this rollout exists', seen: after };
  }
  if (seen.toWake && seen.toWake.length > 0) {
    const rollouts = seen.toWake.flatMap((rolloutId) => {
      const entry = head.entries[rolloutId];
      return entry ? [{ rolloutId, ...identityOf(row, entry) }] : [];
    });
    return { do: 'wake', rollouts };
  }
  if (seen.justCreated) return rest(view);
  const sighting = seen.sighting;
  if (!sighting) return { do: 'look', at: 'job' };
  switch (sighting.kind) {
    case 'notFound':
      return afterDeletion(view);
    case 'exists':
      return afterLookAtJob(view, sighting);
    case 'pending':
      return rest(view);
    case 'foreign':
      return toFailed(view, 'NOT_ADOPTABLE', 'AWS has something else under the id of this rollout');
    case 'createFailed':
      return toFailed(
        view,
        'CREATE_FAILED',
        sighting.errorInfo.message ?? 'AWS reported CREATE_FAILED without a reason',
        sighting.errorInfo,
      );
  }
}

function afterLookAtJob(view: View, sighting: Extract<Sighting, { kind: 'exists' }>): Step {
  const { row, now } = view;
  const counts = sighting.counts ?? row.counts ?? noDevices;
  switch (sighting.job) {
    case 'completed':
      // Its schedule can end a continuous task; what no newer release or person ended stays Created.
      if (row.continuous) return devicesMoved(view, sighting.counts);
      return toState(view, 'COMPLETED', 'every device has ended', {
        counts,
        outbox: [...row.outbox, completedOutcome(row, counts, now)],
      });
    case 'canceled': {
      const aborted = controlPlanes[row.operation].isCanceledByAwsOnly || wasAborted(sighting) || meetsAbortCriteria(row.request, counts);
      const [code, message]: [FailureCode, string] = aborted
        ? ['ABORTED', 'AWS canceled the rollout: too many devices failed, or its schedule ended']
        : ['CANCELED_OUTSIDE', 'a person or another program canceled the job'];
      return toFailed({ ...view, row: { ...row, counts } }, code, message, undefined, { counts });
    }
    case 'gone':
      return afterDeletion(view);
    case 'live':
    case 'ending':
      return devicesMoved(view, sighting.counts);
  }
}

function devicesMoved(view: View, counts: Counts | undefined): Step {
  const { row, now } = view;
  if (counts === undefined || sameCounts(counts, row.counts)) return rest(view);
  return {
    do: 'write',
    change: { counts, outbox: [...roomForOne(row.outbox), progressedOutcome(row, counts, now)], restsWithoutNews: 0 },
    why: 'devices moved',
    seen: { ...wroteKeeping(view), resting: true },
  };
}

/**
 * While the bus refuses for hours, the outcomes that wait must not outgrow the row, which then could never be written
 * again: the oldest counts make room, since the newer ones hold all that they said. Nothing else is ever dropped.
 */
function roomForOne(outbox: Rollout['outbox']): Rollout['outbox'] {
  const oldest = outbox.findIndex(({ detailType }) => detailType === 'OTA Rollout Progressed');
  return outbox.length < OUTBOX_MAX || oldest < 0 ? outbox : outbox.toSpliced(oldest, 1);
}

function afterDeletion(view: View): Step {
  return nothingOnItsWay(view) ? toFailed(view, 'GONE', 'the job or task was deleted outside') : rest(view);
}

/** SUPERSEDING and WITHDRAWING: whatever is or may come alive is stopped, and only what was seen to have ended counts. */
function inStopping(view: View, withdrawal: RecordedWithdrawal | undefined): Step {
  const { row, seen } = view;
  const sighting = seen.sighting;
  if (!sighting) return { do: 'look', at: 'both' };
  switch (sighting.kind) {
    case 'notFound':
      return nothingOnItsWay(view) ? toStopped(view, withdrawal, row.counts) : rest(view);
    case 'pending':
      return rest(view);
    case 'foreign':
      return toStopped(view, withdrawal, row.counts);
    case 'createFailed':
      if (sighting.job === 'live') return seen.stopSent ? rest(view) : cancelAtAws(view, withdrawal);
      return sighting.job === 'ending' ? rest(view) : toStopped(view, withdrawal, row.counts);
    case 'exists':
      if (sighting.job === 'live') return seen.stopSent ? rest(view) : cancelAtAws(view, withdrawal);
      if (!seen.stopSent && forceReachesMore(withdrawal, sighting)) return cancelAtAws({ ...view, seen: unlooked(seen) }, withdrawal);
      if (sighting.job === 'ending') return rest(view);
      return toStopped(view, withdrawal, sighting.counts ?? row.counts);
  }
}

/** What was seen without the sighting, so that the job is looked at anew: where AWS did not take the force, what was seen stands. */
function unlooked({ sighting: _old, ...seen }: Seen): Seen {
  return seen;
}

/** A cancel without force, whoever sent it, leaves devices in progress; a withdrawal that says force wants them stopped too. */
function forceReachesMore(withdrawal: RecordedWithdrawal | undefined, { forced, counts }: Extract<Sighting, { kind: 'exists' }>): boolean {
  return withdrawal?.force === true && forced === false && (counts?.inProgress ?? 0) > 0;
}

function cancelAtAws(view: View, withdrawal: RecordedWithdrawal | undefined): Step {
  const { row } = view;
  const seen: Seen = { ...view.seen, stopSent: true };
  if (row.state === 'SUPERSEDING') {
    const comment = `superseded by ${row.supersededBy?.version ?? 'a newer release'}${row.supersededBy ? ` revision ${row.supersededBy.revision}` : ''}`;
    return { do: 'cancelAtAws', order: { force: false, reasonCode: 'SUPERSEDED', comment }, seen };
  }
  const order = {
    force: withdrawal?.force ?? false,
    reasonCode: withdrawal?.reasonCode ?? 'WITHDRAWN',
    comment: withdrawal?.comment ?? 'the release was withdrawn',
  };
  return { do: 'cancelAtAws', order, seen };
}

function toStopped(view: View, withdrawal: RecordedWithdrawal | undefined, counts: Counts | undefined): Step {
  const { row } = view;
  return row.state === 'SUPERSEDING' && row.supersededBy
    ? toSuperseded(view, row.supersededBy, 'nothing of it is live', counts)
    : toWithdrawn(view, withdrawal, counts);
}

/** Final: the head first, then the outcomes, then nothing is due any more. */
function inFinal(view: View): Step {
  const { row, head, seen } = view;
  const own = head.entries[row.rolloutId];
  if (own && (row.state === 'WITHDRAWN' || row.state === 'FAILED')) {
    const entries = Object.fromEntries(Object.entries(head.entries).filter(([rolloutId]) => rolloutId !== row.rolloutId));
    return { do: 'writeHead', head: { ...head, entries }, why: 'it does not count any more', seen: seen };
  }
  if (own && !own.done) {
    const entries = pruned({ ...head.entries, [row.rolloutId]: { ...own, done: true as const } });
    return { do: 'writeHead', head: { ...head, entries }, why: 'it has ended', seen: seen };
  }
  if (row.outbox.length > 0 && seen.unpublished) return comeBack(view);
  if (row.outbox.length > 0 && !seen.published) return { do: 'publish' };
  if (row.dueAt !== undefined)
    return { do: 'write', change: { outbox: [], dueAt: null }, why: 'told, nothing left', seen: wroteKeeping(view) };
  return { do: 'done' };
}

/** Waiting: what has happened is told first; a CREATED rollout is left to the sweep, the others get a follow-up. */
function rest(view: View): Step {
  const { row, seen } = view;
  if (isFinal(row.state)) return inFinal(view);
  if (row.outbox.length > 0 && !seen.unpublished) {
    if (!seen.published) return { do: 'publish' };
    return { do: 'write', change: { outbox: [] }, why: 'told', seen: { ...wroteKeeping(view), resting: true } };
  }
  return row.state === 'CREATED' ? { do: 'done' } : comeBack(view);
}

function comeBack(view: View): Step {
  const { row, seen, timing } = view;
  if (seen.wrote) return { do: 'rest', delay: delayOf(row, timing) };
  return {
    do: 'write',
    change: { restsWithoutNews: row.restsWithoutNews + 1 },
    why: 'no news',
    seen: { ...wroteKeeping(view), resting: true },
  };
}

/** The write that follows the siblings' claim drops them from the row, and tells what their claim revealed. */
function withoutSiblings(view: View, conflicts: readonly Rejection[], step: Step): Step {
  if (step.do !== 'write') return step;
  const { row, now } = view;
  const told = conflicts.map((conflict) => siblingConflictOutcome(row, conflict, now));
  return { ...step, change: { ...step.change, siblings: [], outbox: [...(step.change.outbox ?? row.outbox), ...told] } };
}

function isExpired({ row, now }: View): boolean {
  return now > (row.notAfter ?? Number.POSITIVE_INFINITY);
}

/** No send of this rollout can take effect any more: none was left unanswered, or the last one too long ago. */
function nothingOnItsWay(view: View): boolean {
  const { lastSentAt } = view.row.unansweredCreates;
  return lastSentAt === undefined || isSettled(lastSentAt, view);
}

/** A send of that time has taken effect by now, or never will. */
function isSettled(sentAt: number | undefined, { row, now, timing }: View): boolean {
  return sentAt !== undefined && now > sentAt + timing.createMayStillLand[row.operation];
}

function wasAborted(sighting: { readonly reasonCode?: string; readonly comment?: string }): boolean {
  return /abort/i.test([sighting.reasonCode, sighting.comment].join());
}

const noDevices: Counts = { queued: 0, inProgress: 0, succeeded: 0, failed: 0, rejected: 0, timedOut: 0, removed: 0, canceled: 0 };

function sameCounts(a: Counts, b: Counts | undefined): boolean {
  return (Object.keys(noDevices) as (keyof Counts)[]).every((state) => a[state] === (b ?? noDevices)[state]);
}
