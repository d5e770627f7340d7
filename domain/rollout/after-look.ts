import { controlPlanes } from '../request/control-planes.ts';
import { meetsAbortCriteria } from './abort-criteria.ts';
import { noDevices, sameCounts } from './counts.ts';
import { roomForOne, toFailed, toState, wroteKeeping } from './moves.ts';
import type { Sighting } from './observation.ts';
import { completedOutcome, progressedOutcome } from './outcome.ts';
import type { Counts, FailureCode } from './outcome-schema.ts';
import { rest } from './resting.ts';
import type { Step, View } from './step.ts';
import { nothingOnItsWay } from './time-limits.ts';

/** The step of a CREATED rollout after a look at its job or task: what became of it decides. */
export function afterLookAtJob(view: View, sighting: Extract<Sighting, { kind: 'exists' }>): Step {
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

/** The step of a CREATED rollout that AWS has nothing of: GONE once no create can take effect any more. */
export function afterDeletion(view: View): Step {
  return nothingOnItsWay(view) ? toFailed(view, 'GONE', 'the job or task was deleted outside') : rest(view);
}

function wasAborted(sighting: { readonly reasonCode?: string; readonly comment?: string }): boolean {
  return /abort/i.test([sighting.reasonCode, sighting.comment].join());
}
