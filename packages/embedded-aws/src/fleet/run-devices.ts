import type { ExecutionStatus } from './executions.ts';
import { retriesAfter } from './job.ts';
import type { Details } from './reports.ts';
import { abortIfMet, completeIfDone } from './run-ending.ts';
import { devicePlanOf, isLive, plan, type RunState, reachesOut } from './run-state.ts';

/** Notifies a thing for the first time, which may reach the minimum of an abort criterion. */
export function notifyFirst(state: RunState, index: number, at: number): void {
  state.job.thingsNotified++;
  notify(state, index, at);
  abortIfMet(state, at);
}

/** Notifies a thing: a simulated one starts later, any other is waited for. */
export function notify(state: RunState, index: number, at: number): void {
  const { outcome, startsAfter } = devicePlanOf(state, index);
  if (outcome === 'OFFLINE' || outcome === 'DEVICE') state.waiting.add(index);
  else plan(state, at + startsAfter, 'START', index);
}

/** A simulated device starts on its execution. Between two maintenance windows it does not see it. */
export function startDevice(state: RunState, index: number, at: number): void {
  if (state.job.status === 'SCHEDULED') {
    state.held.set(index, 'START');
    return;
  }
  const { outcome, updatesFor, report } = devicePlanOf(state, index);
  if (outcome === 'OFFLINE' || outcome === 'DEVICE') {
    state.waiting.add(index);
    return;
  }
  if (outcome === 'REJECTED') {
    finish(state, index, 'REJECTED', at, report);
    return;
  }
  const timesOutAt = enterProgress(state, index, at, outcome === 'TIMED_OUT' ? report : undefined);
  const finishesAt = outcome === 'TIMED_OUT' ? Number.POSITIVE_INFINITY : at + updatesFor;
  if (finishesAt < timesOutAt) plan(state, finishesAt, 'FINISH', index);
  else if (timesOutAt < Number.POSITIVE_INFINITY) plan(state, timesOutAt, 'TIMEOUT', index);
}

/** Makes an execution IN_PROGRESS and returns when the job's timeout ends it; Infinity without a timeout. */
export function enterProgress({ job }: RunState, index: number, at: number, details?: Details): number {
  job.executions.move(index, 'IN_PROGRESS', at, details);
  job.lastUpdatedAt = at;
  const minutes = job.spec.inProgressTimeoutMinutes;
  return minutes === undefined ? Number.POSITIVE_INFINITY : at + minutes * 60_000;
}

/** A simulated device ends its execution. If a real one has taken over since, only the job's timeout ends it. */
export function finishDevice(state: RunState, index: number, at: number): void {
  const { job, world } = state;
  if (!world.fleet.isReal(world.nameOf(job.executions.deviceOf(index)))) {
    const { outcome, report } = devicePlanOf(state, index);
    if (outcome === 'FAILED') finish(state, index, 'FAILED', at, report);
    else finish(state, index, 'SUCCEEDED', at);
    return;
  }
  const minutes = job.spec.inProgressTimeoutMinutes;
  if (minutes !== undefined) plan(state, (job.executions.get(index).startedAt ?? at) + minutes * 60_000, 'TIMEOUT', index);
}

/** Ends an execution, or queues it again if the job retries this status. */
export function finish(state: RunState, index: number, status: ExecutionStatus, at: number, details?: Details): void {
  const { job, rate, waiting, world } = state;
  const { executions } = job;
  const retries = isLive(state) && executions.attemptOf(index) < retriesAfter(job.spec, status);
  if (!retries || world.settings.eventsOfRetried === 'each') executions.move(index, status, at, details);
  job.lastUpdatedAt = at;
  waiting.delete(index);
  if (retries) {
    executions.retry(index, at);
    if (reachesOut(state)) notify(state, index, at);
    else state.held.set(index, 'START');
    return;
  }
  if (status === 'SUCCEEDED') rate.succeeded();
  abortIfMet(state, at);
  completeIfDone(state, at);
}
