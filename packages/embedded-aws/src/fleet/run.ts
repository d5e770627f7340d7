import type { ExecutionStatus } from './executions.ts';
import { isOpen, type Job } from './job.ts';
import { createRate } from './rate.ts';
import { enterProgress, finish, finishDevice, notify, notifyFirst, startDevice } from './run-devices.ts';
import { cancel, completeIfDone, endRollout, settleCancellation } from './run-ending.ts';
import { type Cancellation, opening, plan, type RunState, type RunWorld, reachesOut, type Step } from './run-state.ts';
import { createTimeline } from './timeline.ts';

/** One job under way: notifies things, plays the simulated ones, and takes what real ones report. */
export type Run = {
  readonly job: Job;
  /** Starts now, or at the start of the schedule. */
  begin(): void;
  /** Takes in a device that joined a target of a continuous job; it is notified at once. */
  join(device: number): void;
  /** A device left the targets. Its execution is REMOVED if it has not started. */
  leave(device: number): void;
  cancel(cancellation: Cancellation): void;
  cancelExecution(index: number, details?: Readonly<Record<string, string>>): void;
  /** A real device reports on its execution. */
  report(index: number, status: ExecutionStatus, details?: Readonly<Record<string, string>>): void;
  /** Notifies again the devices that have not answered so far; called when the fleet has changed. */
  reconsider(): void;
  /** Ends everything, whatever the state. */
  stop(): void;
};

/** A run over `job`. Nothing happens until `begin`. */
export function createRun(job: Job, world: RunWorld): Run {
  const { clock } = world;
  const { executions, spec } = job;
  const timeline = createTimeline<Step>(clock, (step, due) => carryOut(state, step, due));
  const state: RunState = {
    job,
    world,
    rate: createRate(spec.rollout, world.settings.fallbackPerMinute),
    timeline,
    waiting: new Set(),
    nextRolloutAt: 0,
    rolloutStopped: false,
    cancellation: undefined,
  };

  return {
    job,
    begin() {
      const now = clock.now();
      const startAt = spec.schedule?.startAt ?? now;
      job.status = startAt > now ? 'SCHEDULED' : 'IN_PROGRESS';
      plan(state, Math.max(startAt, now), 'BEGIN');
      timeline.run();
    },
    join(device) {
      if (!spec.continuous || !reachesOut(state) || executions.find(device) >= 0) return;
      const now = clock.now();
      const index = executions.add(device, now);
      plan(state, opening(state, now), 'NOTIFY', index);
      timeline.run();
    },
    leave(device) {
      const index = executions.find(device);
      if (index < 0 || executions.statusOf(index) !== 'QUEUED') return;
      executions.move(index, 'REMOVED', clock.now());
      completeIfDone(state, clock.now());
    },
    cancel(cancellation) {
      cancel(state, cancellation, clock.now());
      timeline.arm();
    },
    cancelExecution(index, details) {
      if (!isOpen(executions.statusOf(index))) return;
      executions.move(index, 'CANCELED', clock.now(), details);
      job.lastUpdatedAt = clock.now();
      completeIfDone(state, clock.now());
    },
    report(index, status, details) {
      const now = clock.now();
      if (status === 'IN_PROGRESS') {
        const begins = executions.statusOf(index) === 'QUEUED';
        const timesOutAt = enterProgress(state, index, now, details);
        if (begins && timesOutAt < Number.POSITIVE_INFINITY) plan(state, timesOutAt, 'TIMEOUT', index);
      } else if (isOpen(status)) {
        executions.move(index, status, now, details);
      } else {
        finish(state, index, status, now, details);
      }
      timeline.arm();
    },
    reconsider() {
      const now = clock.now();
      for (const index of [...state.waiting]) {
        state.waiting.delete(index);
        if (executions.statusOf(index) === 'QUEUED') notify(state, index, now);
      }
      timeline.arm();
    },
    stop() {
      timeline.stop();
      state.waiting.clear();
      state.rolloutStopped = true;
    },
  };
}

function carryOut(state: RunState, step: Step, at: number): void {
  const { kind, index } = step;
  if (kind === 'BEGIN') start(state, at);
  else if (kind === 'ROLLOUT') rollOut(state, at);
  else if (kind === 'END') endRollout(state, at);
  else if (kind === 'CANCEL') settleCancellation(state, at);
  else if (state.job.executions.attemptOf(index) === step.attempt) carryOutOnDevice(state, kind, index, at);
}

function carryOutOnDevice(state: RunState, kind: Step['kind'], index: number, at: number): void {
  const status = state.job.executions.statusOf(index);
  if (kind === 'NOTIFY' && status === 'QUEUED') notifyFirst(state, index, at);
  else if (kind === 'START' && status === 'QUEUED') startDevice(state, index, at);
  else if (kind === 'TIMEOUT' && status === 'IN_PROGRESS') finish(state, index, 'TIMED_OUT', at);
  else if (kind === 'FINISH' && status === 'IN_PROGRESS') finishDevice(state, index, at);
}

function start(state: RunState, at: number): void {
  const { job, world } = state;
  job.status = 'IN_PROGRESS';
  job.lastUpdatedAt = at;
  for (const device of world.members()) job.executions.add(device, at);
  job.initialSize = job.executions.size();
  state.nextRolloutAt = at;
  const endAt = job.spec.schedule?.endAt;
  if (endAt !== undefined) plan(state, endAt, 'END');
  plan(state, at, 'ROLLOUT');
  completeIfDone(state, at);
}

/** Notifies the next thing and plans the turn of the one after it, by the rate and the maintenance windows. */
function rollOut(state: RunState, at: number): void {
  if (!reachesOut(state)) return;
  const { job, rate } = state;
  const open = opening(state, at);
  if (open > at) {
    state.nextRolloutAt = open;
    plan(state, open, 'ROLLOUT');
    return;
  }
  while (job.notified < job.initialSize && job.executions.statusOf(job.notified) !== 'QUEUED') job.notified++;
  if (job.notified >= job.initialSize) return;
  const index = job.notified++;
  rate.notified();
  notifyFirst(state, index, at);
  state.nextRolloutAt = Math.max(state.nextRolloutAt, at - 1) + rate.gapMilliseconds();
  plan(state, Math.ceil(state.nextRolloutAt), 'ROLLOUT');
}
