import { isNotified, isOver, metAbortCriterion } from './job.ts';
import { type Cancellation, isLive, plan, type RunState, releaseSlot } from './run-state.ts';

/** Completes the job if all its executions have ended and no more can come. */
export function completeIfDone(state: RunState, at: number): void {
  const { job, world, timeline } = state;
  const { executions, spec } = job;
  if (executions.count('QUEUED') > 0 || executions.count('IN_PROGRESS') > 0) return;
  const hasBegun = job.status === 'IN_PROGRESS' || (job.status === 'SCHEDULED' && (job.begun || state.rolloutStopped));
  if (hasBegun && !job.cancelling && (!spec.continuous || state.rolloutStopped)) {
    releaseSlot(state);
    job.status = 'COMPLETED';
    job.completedAt = at;
    job.lastUpdatedAt = at;
    world.report('completed');
  }
  if (isOver(job)) timeline.clear();
}

/** Begins to cancel the job, and ends it at once if cancellations take no time. */
export function cancel(state: RunState, cancellation: Cancellation, at: number): void {
  const { job, world } = state;
  state.cancellation = cancellation;
  job.cancelling = true;
  job.comment = cancellation.comment ?? job.comment;
  releaseSlot(state);
  world.report('cancellation_in_progress');
  const { cancelMilliseconds } = world.settings;
  if (cancelMilliseconds > 0) plan(state, at + cancelMilliseconds, 'CANCEL');
  else settleCancellation(state, at);
}

/** Makes the job CANCELED, and with it what is QUEUED, or in progress if the cancellation is forced. */
export function settleCancellation(state: RunState, at: number): void {
  const { job, world, cancellation } = state;
  const { executions } = job;
  job.cancelling = false;
  job.status = 'CANCELED';
  job.reasonCode = cancellation?.reasonCode ?? job.reasonCode;
  job.comment = cancellation?.comment ?? job.comment;
  job.forceCanceled = cancellation?.force === true;
  job.completedAt ??= at;
  job.lastUpdatedAt = at;
  for (let index = 0; index < executions.size(); index++) {
    const status = executions.statusOf(index);
    if (status === 'QUEUED' || (status === 'IN_PROGRESS' && job.forceCanceled)) executions.move(index, 'CANCELED', at);
  }
  world.report('canceled');
  completeIfDone(state, at);
}

/** Cancels the job if it meets one of its abort criteria. */
export function abortIfMet(state: RunState, at: number): void {
  const { abortBase, abortReasonCode: reasonCode, abortComment: comment } = state.world.settings;
  if (!isLive(state) || metAbortCriterion(state.job, abortBase) === undefined) return;
  cancel(state, { force: false, reasonCode, comment }, at);
}

/** Carries out the end behavior of the schedule: cancels the job, or only what was not notified yet. */
export function endRollout(state: RunState, at: number): void {
  if (!isLive(state)) return;
  const { job } = state;
  const behavior = job.spec.schedule?.endBehavior ?? 'STOP_ROLLOUT';
  if (behavior !== 'STOP_ROLLOUT') {
    cancel(state, { force: behavior === 'FORCE_CANCEL' }, at);
    return;
  }
  state.rolloutStopped = true;
  releaseSlot(state);
  // What was notified may still end, so it is not hidden any longer.
  if (job.begun) job.status = 'IN_PROGRESS';
  for (let index = 0; index < job.executions.size(); index++) {
    if (job.executions.statusOf(index) === 'QUEUED' && !isNotified(job, index)) job.executions.move(index, 'CANCELED', at);
  }
  completeIfDone(state, at);
}
