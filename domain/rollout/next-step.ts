import { controlPlanes } from '../request/control-planes.ts';
import { afterDeletion, afterLookAtJob } from './after-look.ts';
import { causeCanPass } from './create-failed.ts';
import { gateOf } from './gate-of.ts';
import {
  isUncertain,
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
import { enterAgain, enterChannel, exists, giveWayOnArrival, identityOf, newerRival } from './order.ts';
import type { Counts } from './outcome-schema.ts';
import { isOpenForLong, keptBy } from './outlook-of.ts';
import { reasonsNow } from './reasons-now.ts';
import { firstOf, inFinal, rest, restUntil } from './resting.ts';
import { isThrottled, noUnansweredCreates, type RecordedWithdrawal, withdrawalOf } from './rollout.ts';
import type { Change, Seen, Step, View } from './step.ts';
import { isExpired, isSettled, nothingOnItsWay, whyExpired } from './time-limits.ts';

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
      // AWS may show a job later than its update, and who cannot see it cannot stop it.
      if (sighting.job === 'gone' && !nothingOnItsWay(view)) return rest(view);
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

/** The write after the claim of the siblings drops them from the row. */
function withoutSiblings(step: Step): Step {
  return step.do === 'write' ? { ...step, change: { ...step.change, siblings: [] } } : step;
}
