import { controlPlanes } from '../request/control-planes.ts';
import { meetsAbortCriteria } from './abort-criteria.ts';
import { noDevices, sameCounts } from './counts.ts';
import { causeCanPass } from './create-failed.ts';
import { gateOf } from './gate-of.ts';
import {
  isUncertain,
  roomForOne,
  toClaimed,
  toCreated,
  toCreating,
  toFailed,
  toShut,
  toState,
  toSuperseded,
  toSuperseding,
  toWithdrawn,
  undoIntent,
  waitFor,
  wroteKeeping,
} from './moves.ts';
import type { Sighting } from './observation.ts';
import { enterAgain, enterChannel, exists, giveWayOnArrival, identityOf, newerRival, pruned } from './order.ts';
import { completedOutcome, progressedOutcome } from './outcome.ts';
import type { Counts, FailureCode } from './outcome-schema.ts';
import { isOpenForLong, keptBy } from './outlook-of.ts';
import { type Reason, reasonsNow } from './reasons-now.ts';
import { isFinal, isThrottled, mayHaveReachedAws, noUnansweredCreates, type RecordedWithdrawal, withdrawalOf } from './rollout.ts';
import type { Change, Seen, Step, View } from './step.ts';
import { followUpDelayOf } from './timing.ts';

const ATTEMPTS = 3;

/**
 * THE table of a rollout's life. It answers the next step from the row, the head of the channel, the withdrawals and
 * approvals of the version, the holds of the product, what was just observed, and the time. It is total: every state and
 * every observation has an answer.
 * Read it from the top: the first match decides. docs/explanation/life-of-a-rollout.md draws it.
 */
export function nextStep(view: View): Step {
  const { row, seen } = view;
  if (row.siblings.length === 0) return decide(view);
  if (!seen.siblingsPut) return { do: 'putSiblings', rows: row.siblings };
  return withoutSiblings(decide(view));
}

function decide(view: View): Step {
  const { row, seen } = view;
  if (seen.resting) return rest(view);
  const withdrawal = withdrawalOf(row, view.withdrawals);
  if (withdrawal) {
    const isStopped = row.state === 'WAITING' || row.state === 'CLAIMED' || row.state === 'COMPLETED' || row.state === 'SUPERSEDED';
    if (isStopped) return toWithdrawn(view, withdrawal, row.counts);
    if (row.state === 'CREATING' || row.state === 'CREATED' || row.state === 'SUPERSEDING' || isUncertain(row)) {
      return toState(view, 'WITHDRAWING', 'the release was withdrawn', { withdrawnBy: withdrawal });
    }
  }
  switch (row.state) {
    case 'WAITING':
      return inWaiting(view);
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

/** Nothing was sent, and the rollout is not in the order of its channel. So it is in nobody's way. */
function inWaiting(view: View): Step {
  const { seen } = view;
  if (isExpired(view)) return toFailed(view, 'EXPIRED', `${whyExpired(view)} before the gate opened`);
  const refused = giveWayOnArrival(view);
  if (refused) return refused;
  const unread = channelsBefore(view);
  if (unread) return unread;
  const verdict = gateOf(gateFacts(view));
  switch (verdict.kind) {
    case 'open':
      return toClaimed(view, verdict.opened);
    case 'shut':
      return toShut(view, verdict.message, verdict.upstream);
    case 'superseded':
      return toSuperseded(view, verdict.by, 'a newer release took the channel before this one');
    case 'wait': {
      const look = verdict.look === undefined ? undefined : seen.upstreams?.[verdict.look]?.row;
      if (look) return { do: 'lookUpstream', channel: look.channel, row: look };
      return waitFor(view, verdict.reasons, verdict.upstreams, verdict.lookAt) ?? restUntil(view, verdict.lookAt);
    }
  }
}

/** Reads the rollouts on the channels before, unless this loop has read them. */
function channelsBefore({ row, seen }: View): Step | undefined {
  const channels = (row.gate?.after ?? []).map(({ channel }) => channel);
  return channels.length === 0 || seen.upstreams ? undefined : { do: 'readUpstreams', channels };
}

function gateFacts({ row, seen, approvals, holds, now, timing }: View): Parameters<typeof gateOf>[0] {
  return { rollout: row, upstreams: seen.upstreams ?? {}, looks: seen.looks ?? {}, approvals, holds, now, soakMinute: timing.soakMinute };
}

function inClaimed(view: View): Step {
  const { row, head } = view;
  if (isExpired(view)) return toFailed(view, 'EXPIRED', `${whyExpired(view)} before the first create`);
  if (!head.entries[row.rolloutId]) return giveWayOnArrival(view) ?? holdBack(view) ?? enterChannel(view);
  const rival = newerRival(view, () => true);
  if (rival?.step) return rival.step;
  if (rival && exists(rival.entry)) return toSuperseded(view, rival.entry, 'a newer release is on the channel');
  // A newer release that is pending may still fail, so this one waits for it.
  return holdBack(view) ?? (rival ? rest(view) : toCreating(view, 1, 'no newer release is on the channel'));
}

/** The step of a rollout that something other than AWS keeps from being created now. `undefined` if nothing does. */
function holdBack(view: View, known: Change = {}): Step | undefined {
  const { row, seen, now, timing } = view;
  const unread = isOpenForLong(row, now, timing.openForLong) ? channelsBefore(view) : undefined;
  if (unread) return unread;
  const kept = keptBy(row, gateFacts(view), timing.openForLong);
  if (kept?.kind === 'shut') return nothingOnItsWay(view) ? toShut(view, kept.message, kept.upstream) : rest(view);
  if (kept) {
    const lookAt = firstOf(kept.reasons);
    return waitFor(view, kept.reasons, {}, lookAt, known) ?? restUntil(view, lookAt);
  }
  if (!row.waits) return undefined;
  return { do: 'write', change: { waits: null, waitedUntil: now }, why: 'nothing keeps it any more', seen: { ...seen, wrote: true } };
}

function inCreating(view: View): Step {
  const { row, seen, now, timing } = view;
  if (seen.intent) return seen.holdsReadAgain ? sendUnlessHeld(view) : { do: 'readHolds' };
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
      const throttledSince = isThrottled({ ...row, unansweredCreates: undone }) ? (row.throttledSince ?? now) : now;
      const change: Change = {
        unansweredCreates: undone,
        restsWithoutNews: row.restsWithoutNews + 1,
        ...(reply.retryable && { throttledSince }),
      };
      return { do: 'write', change, why: `AWS refused the create: ${reply.code}`, seen: { ...wroteKeeping(view), resting: true } };
    }
  }
  if (row.whenSuperseded !== 'keep') {
    const rival = newerRival(view, exists);
    if (rival) return rival.step ?? toSuperseding(view, rival.entry);
  }
  if (row.unansweredCreates.count === 0) return createStep(view, 'every create was refused');
  const sighting = seen.sighting;
  if (!sighting) return { do: 'look', at: 'creation' };
  switch (sighting.kind) {
    case 'notFound':
      if (reply?.kind === 'alreadyExists') return rest(view);
      if (controlPlanes[row.operation].isCreatedOncePerId) return createStep(view, 'AWS has no such update or job', nothingExists(view));
      return (row.unansweredCreates.lastSentAt ?? 0) + timing.createMayStillLand[row.operation] < now
        ? toFailed(
            view,
            'UNCERTAIN',
            'a create was never answered, and no task has the tags of this service: it may still run, check it by hand',
          )
        : rest(view);
    case 'foreign':
      return toFailed(view, 'NOT_ADOPTABLE', 'AWS has something else under the id of this rollout');
    case 'pending':
      return rest(view);
    case 'createFailed':
      return afterCreateFailed(view, sighting);
    case 'exists': {
      if (sighting.untagged) {
        const message = 'AWS has a job under the id of this rollout, without the tags of this service';
        return nothingOnItsWay(view) ? toFailed(view, 'NOT_ADOPTABLE', message) : rest(view);
      }
      // The answer to CreateOtaTask holds the id of the task. A task that had to be searched for was never answered.
      const adopted = reply?.kind === 'alreadyExists' || !controlPlanes[row.operation].isCreatedOncePerId;
      return toCreated(view, { ...row.aws, ...sighting.aws }, adopted);
    }
  }
}

/** Nothing was sent for this intent yet. If a hold came meanwhile, or the allowed minutes are over, nothing will be. */
function sendUnlessHeld(view: View): Step {
  const { row } = view;
  const reasons = reasonsNow(row, view, row.opened?.skipped ?? []);
  if (reasons.length === 0) return { do: 'send' };
  const { intent: _undone, holdsReadAgain: _read, ...seen } = view.seen;
  return waitFor({ ...view, seen }, reasons, {}, firstOf(reasons), { unansweredCreates: undoIntent(row) }) ?? rest(view);
}

/** What is known of a rollout that AWS has nothing of: once no create can take effect any more, nothing was ever sent. */
function nothingExists(view: View): Change {
  return nothingOnItsWay(view) ? { unansweredCreates: noUnansweredCreates } : {};
}

/** `known` is written if something keeps the rollout back. */
function createStep(view: View, why: string, known: Change = {}): Step {
  const { row } = view;
  if (isExpired(view)) {
    const message = `${whyExpired(view)} before the create was repeated`;
    return nothingOnItsWay(view) ? toFailed(view, 'EXPIRED', message) : rest(view);
  }
  if (!view.head.entries[row.rolloutId]) return enterAgain(view);
  const rival = newerRival(view, () => true);
  if (rival?.step) return rival.step;
  if (rival && exists(rival.entry)) return toSuperseding(view, rival.entry);
  return holdBack(view, known) ?? (rival ? rest(view) : toCreating(view, row.attempt, why));
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
    const why = `CREATE_FAILED: ${sighting.errorInfo.code ?? 'no code'}; the cause can pass`;
    return { do: 'write', change, why, seen: { rivals: seen.rivals, wrote: true, resting: true } };
  }
  return toFailed(view, 'CREATE_FAILED', sighting.errorInfo.message ?? 'AWS reported CREATE_FAILED without a reason', sighting.errorInfo);
}

function inCreated(view: View): Step {
  const { row, head, seen } = view;
  if (row.whenSuperseded !== 'keep') {
    const rival = newerRival(view, exists);
    if (rival) return rival.step ?? toSuperseding(view, rival.entry);
  }
  const own = head.entries[row.rolloutId];
  if (own && !own.created) {
    const older = Object.entries(head.entries).filter(([, entry]) => entry.sequence < own.sequence && !entry.done);
    const entries = { ...head.entries, [row.rolloutId]: { ...own, created: true as const } };
    const after = { ...seen, toWake: older.map(([rolloutId]) => rolloutId) };
    const taken = Math.max(head.taken, own.sequence);
    if (older.length > 0) return { do: 'writeHead', head: { ...head, taken, entries }, why: 'this rollout exists', seen: after };
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
      if (row.continuous && !controlPlanes[row.operation].isCompletedByItsSchedule) return devicesMoved(view, sighting);
      return toState(view, 'COMPLETED', 'every device has ended', {
        counts,
        outbox: [...row.outbox, completedOutcome(row, counts, now)],
      });
    case 'canceled':
      return afterCancelOutside(view, sighting, counts);
    case 'gone':
      return afterDeletion(view);
    case 'live':
    case 'ending':
      return devicesMoved(view, sighting);
  }
}

/** This service did not ask for the cancel. */
function afterCancelOutside(view: View, sighting: Extract<Sighting, { kind: 'exists' }>, counts: Counts): Step {
  const { row, now } = view;
  const { isCanceledByAwsOnly, startsOnSchedule, abortCriteria } = controlPlanes[row.operation];
  const isAborted = isCanceledByAwsOnly || wasAborted(sighting);
  if (!isAborted && wasEndedBySchedule(view, sighting)) {
    // The end of a schedule without force leaves devices in progress, which may still succeed.
    if (counts.inProgress > 0 && sighting.forced !== true) return devicesMoved(view, sighting);
    return toState(view, 'COMPLETED', 'its schedule has ended', { counts, outbox: [...row.outbox, completedOutcome(row, counts, now)] });
  }
  const failed = (code: FailureCode, message: string) =>
    toFailed({ ...view, row: { ...row, counts } }, code, message, undefined, { counts });
  if (isAborted || meetsAbortCriteria(abortCriteria(row.request), counts))
    return failed('ABORTED', isCanceledByAwsOnly ? abortedTask : abortedJob);
  return failed('CANCELED_OUTSIDE', startsOnSchedule(row.request) ? canceledOnSchedule : canceledJob);
}

const abortedJob = 'AWS canceled the job: more devices failed than its abort criteria permit';
/** AWS does not say why it canceled a task. */
const abortedTask = 'AWS canceled the task: too many devices failed, or its schedule ended';
const canceledJob = 'a person or another program canceled the job';
/** AWS does not say which of them it was. */
const canceledOnSchedule =
  'somebody canceled the job, or AWS did because the account was at its limit of concurrent jobs at the start: publish a higher revision';

/** Whether AWS canceled the job because its schedule ended. AWS does not say so, but only that happens at the end or after it. */
function wasEndedBySchedule({ row, now }: View, { canceledAt }: Extract<Sighting, { kind: 'exists' }>): boolean {
  return row.endAt !== undefined && controlPlanes[row.operation].isCanceledAtItsEnd(row.request) && (canceledAt ?? now) >= row.endAt;
}

function devicesMoved(view: View, { counts, drift = [] }: Extract<Sighting, { kind: 'exists' }>): Step {
  const { row, now } = view;
  const haveMoved = counts !== undefined && !sameCounts(counts, row.counts);
  const hasDrifted = drift.join() !== (row.drift ?? []).join();
  if (!haveMoved && !hasDrifted) return rest(view);
  return {
    do: 'write',
    change: {
      ...(hasDrifted && { drift: drift.length > 0 ? drift : null }),
      ...(haveMoved && { counts, outbox: [...roomForOne(row.outbox), progressedOutcome(row, counts, now)], restsWithoutNews: 0 }),
    },
    why: haveMoved ? 'devices moved' : 'somebody changed the job at AWS',
    seen: { ...wroteKeeping(view), resting: true },
  };
}

function afterDeletion(view: View): Step {
  return nothingOnItsWay(view) ? toFailed(view, 'GONE', 'the job or task was deleted outside') : rest(view);
}

/** SUPERSEDING and WITHDRAWING: stops whatever runs or may still start. Only what was seen to have ended counts as ended. */
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

/** What the loop has seen, without the sighting. So it looks at the job again after a cancel with force. */
function unlooked({ sighting: _old, ...seen }: Seen): Seen {
  return seen;
}

/** A cancel without force leaves devices in progress, whoever sent it. A withdrawal with force must stop them too. */
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
    ? toSuperseded(view, row.supersededBy, 'nothing can start any more', counts)
    : toWithdrawn(view, withdrawal, counts);
}

/** Final: first the head, then the outcomes, then `dueAt` is removed. */
function inFinal(view: View): Step {
  const { row, head, seen } = view;
  const own = head.entries[row.rolloutId];
  const taken = own && mayHaveReachedAws(row) ? Math.max(head.taken, own.sequence) : head.taken;
  if (own && (row.state === 'WITHDRAWN' || row.state === 'FAILED')) {
    const entries = Object.fromEntries(Object.entries(head.entries).filter(([rolloutId]) => rolloutId !== row.rolloutId));
    return { do: 'writeHead', head: { ...head, taken, entries }, why: 'it gives up its place', seen: seen };
  }
  if (own && !own.done) {
    const entries = pruned({ ...head.entries, [row.rolloutId]: { ...own, done: true as const } });
    return { do: 'writeHead', head: { ...head, taken, entries }, why: 'it has ended', seen: seen };
  }
  if (row.outbox.length > 0 && seen.unpublished) return comeBack(view);
  if (row.outbox.length > 0 && !seen.published) return { do: 'publish' };
  if (row.dueAt !== undefined)
    return { do: 'write', change: { outbox: [], dueAt: null }, why: 'published; nothing is left', seen: wroteKeeping(view) };
  return { do: 'done' };
}

/** Waits. Outcomes are published first. The sweep looks after a CREATED rollout, the others get a follow-up while delays are short. */
function rest(view: View): Step {
  const { row, seen } = view;
  if (isFinal(row.state)) return inFinal(view);
  if (row.outbox.length > 0 && !seen.unpublished) {
    if (!seen.published) return { do: 'publish' };
    const change: Change = { outbox: [], ...(row.waits && row.dueAt !== undefined && { dueAt: row.dueAt }) };
    return { do: 'write', change, why: 'published', seen: { ...wroteKeeping(view), resting: true } };
  }
  // What waits for people or for a time stays due, so that the next sweep looks again. A time that comes earlier needs a follow-up: an
  // allowed time may be over before the sweep comes.
  if (row.waits) {
    const delay = (seen.lookAgainAt ?? Number.POSITIVE_INFINITY) - view.now;
    if (delay < view.timing.sweepInterval) return { do: 'rest', delay: Math.max(0, delay) };
    return seen.wrote ? { do: 'done' } : behindTheOthers(view);
  }
  if (view.afterJobEvent && !seen.wrote) return afterJobEvent(view);
  // The row stays due. So the next sweep looks again, and a throttled look or a silent bus does not lengthen the delay.
  if (row.state === 'CREATED' && (!seen.sighting || seen.unpublished)) return { do: 'done' };
  return comeBack(view);
}

/** The sweep wakes first what has been due longest. So what stays due goes behind the others after an hour, or it would keep them waiting. */
function behindTheOthers({ row, seen, now, timing }: View): Step {
  if (row.dueAt === undefined || now <= row.dueAt + timing.longestWatchDelay) return { do: 'done' };
  return { do: 'write', change: { dueAt: now }, why: 'still waits', seen: { ...seen, wrote: true, resting: true } };
}

/**
 * A job event that brought no news. It may be forged, so it neither lengthens a delay nor replaces a follow-up. Or it may be true, and AWS
 * showed an older state. So the sweep looks soon, because nobody repeats the event. If the look got no turn or no answer, it comes before
 * all others, because the rollout is then due since its claim.
 */
function afterJobEvent(view: View): Step {
  const { row, seen, now, timing } = view;
  const soon = seen.sighting ? now + timing.firstWatchDelay : row.claimedAt;
  if (row.state !== 'CREATED' || (row.dueAt ?? 0) <= soon) return { do: 'done' };
  return { do: 'write', change: { dueAt: soon }, why: 'a job event without news', seen: { ...wroteKeeping(view), resting: true } };
}

/** Rests, with a look at this instant (epoch ms) if there is one. */
function restUntil(view: View, lookAt: number | undefined): Step {
  return rest(lookAt === undefined ? view : { ...view, seen: { ...view.seen, lookAgainAt: lookAt } });
}

/** The first instant at which one of these reasons ends on its own. */
function firstOf(reasons: readonly Reason[]): number | undefined {
  const instants = reasons.flatMap(({ until }) => until ?? []);
  return instants.length > 0 ? Math.min(...instants) : undefined;
}

function comeBack(view: View): Step {
  const { row, seen, timing } = view;
  if (seen.wrote) {
    const delay = followUpDelayOf(row, timing);
    return delay === undefined ? { do: 'done' } : { do: 'rest', delay };
  }
  return {
    do: 'write',
    change: { restsWithoutNews: row.restsWithoutNews + 1 },
    why: 'no news',
    seen: { ...wroteKeeping(view), resting: true },
  };
}

/** The write after the claim of the siblings drops them from the row. */
function withoutSiblings(step: Step): Step {
  return step.do === 'write' ? { ...step, change: { ...step.change, siblings: [] } } : step;
}

function isExpired(view: View): boolean {
  return whyExpired(view) !== undefined;
}

/** Why no create may be sent any more: a time that has passed or is too near. `undefined` if one may be sent. */
function whyExpired({ row, now }: View): string | undefined {
  if (now > (row.notAfter ?? Number.POSITIVE_INFINITY)) return 'notAfter passed';
  const { lastCreateBeforeEnd } = controlPlanes[row.operation];
  if (now <= (row.endAt ?? Number.POSITIVE_INFINITY) - lastCreateBeforeEnd) return undefined;
  return lastCreateBeforeEnd === 0 ? 'endAt passed' : `endAt was less than ${lastCreateBeforeEnd / 60_000} minutes away`;
}

/** Whether no create can take effect any more: none is unanswered, or the last one is too old. */
function nothingOnItsWay(view: View): boolean {
  const { lastSentAt } = view.row.unansweredCreates;
  return lastSentAt === undefined || isSettled(lastSentAt, view);
}

/** Whether a create of that time has taken effect by now or never will. */
function isSettled(sentAt: number | undefined, { row, now, timing }: View): boolean {
  return sentAt !== undefined && now > sentAt + timing.createMayStillLand[row.operation];
}

function wasAborted(sighting: { readonly reasonCode?: string; readonly comment?: string }): boolean {
  return /abort/i.test([sighting.reasonCode, sighting.comment].join());
}
