import type { ExecutionStatus } from './executions.ts';
import { isOpen, type Job, type JobSpec } from './job.ts';
import { createRate } from './rate.ts';
import { enterProgress, finish, finishDevice, notify, notifyFirst, startDevice } from './run-devices.ts';
import { cancel, completeIfDone, endRollout, settleCancellation } from './run-ending.ts';
import {
  type Cancellation,
  isLive,
  plan,
  type RunState,
  type RunWorld,
  reachesOut,
  releaseSlot,
  type Step,
  takeSlot,
} from './run-state.ts';
import { createTimeline } from './timeline.ts';

/** One job under way: notifies things, plays the simulated ones, and takes what real ones report. */
export type Run = {
  readonly job: Job;
  /** Starts now, or at the start of the schedule, or when its first maintenance window opens. */
  begin(): void;
  /** Changes what may be changed of a job. What has been notified keeps its timeout. */
  update(changes: Partial<JobSpec>): void;
  /** Takes in a device that joined a target of a continuous job; it is notified at once. */
  join(device: number): void;
  /** A device left the targets. Its execution is REMOVED if it has not ended. */
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
  const { executions } = job;
  const timeline = createTimeline<Step>(clock, (step, due) => carryOut(state, step, due));
  const state: RunState = {
    job,
    world,
    rate: createRate(job.spec.rollout, world.settings.fallbackPerMinute),
    timeline,
    waiting: new Set(),
    held: new Map(),
    nextRolloutAt: 0,
    rolloutStopped: false,
    cancellation: undefined,
  };

  return {
    job,
    begin() {
      const now = clock.now();
      const { startAt = now, endAt, windows } = job.spec.schedule ?? {};
      const from = Math.max(startAt, now);
      const opensAt = windows?.nextOpening(from) ?? from;
      job.status = opensAt > now ? 'SCHEDULED' : 'IN_PROGRESS';
      if (endAt !== undefined) plan(state, endAt, 'END');
      planIfEver(state, opensAt, 'OPEN');
      timeline.run();
    },
    update(changes) {
      job.spec = { ...job.spec, ...changes };
      job.lastUpdatedAt = clock.now();
      if ('rollout' in changes) state.rate = createRate(job.spec.rollout, world.settings.fallbackPerMinute);
    },
    join(device) {
      if (!job.spec.continuous || !job.begun || !isLive(state)) return;
      const before = executions.find(device);
      if (before >= 0 && executions.statusOf(before) !== 'REMOVED') return;
      const now = clock.now();
      // An execution that was REMOVED stays. The new one has the next number and all its retries.
      const index = executions.add(device, now, before < 0 ? 1 : executions.get(before).number + 1);
      if (reachesOut(state)) plan(state, now, 'NOTIFY', index);
      else state.held.set(index, 'NOTIFY');
      timeline.run();
    },
    leave(device) {
      const index = executions.find(device);
      if (index < 0 || !isOpen(executions.statusOf(index))) return;
      executions.move(index, 'REMOVED', clock.now());
      state.waiting.delete(index);
      state.held.delete(index);
      completeIfDone(state, clock.now());
    },
    cancel(cancellation) {
      if (job.cancelling) {
        state.cancellation = { ...state.cancellation, ...cancellation, force: cancellation.force || state.cancellation?.force === true };
        return;
      }
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
      releaseSlot(state);
      state.waiting.clear();
      state.held.clear();
      state.rolloutStopped = true;
    },
  };
}

function carryOut(state: RunState, step: Step, at: number): void {
  const { kind, index } = step;
  if (kind === 'OPEN') open(state, at);
  else if (kind === 'CLOSE') close(state, at);
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

/** Starts the job, or goes on with it because a maintenance window opens. */
function open(state: RunState, at: number): void {
  const { job, world } = state;
  if (!isLive(state)) return;
  const { startAt, windows } = job.spec.schedule ?? {};
  const hasDevicesLeft = !job.begun || job.notified < job.initialSize;
  if ((startAt !== undefined || windows !== undefined) && hasDevicesLeft && !world.slots.hasRoom()) {
    // "A scheduled job whose startTime comes while the limit of concurrent jobs is reached is canceled" (developer guide, "Job limits").
    cancel(state, { force: false }, at);
    return;
  }
  job.status = 'IN_PROGRESS';
  job.lastUpdatedAt = at;
  if (!job.begun) start(state, at);
  if (windows !== undefined) planIfEver(state, windows.closing(at), 'CLOSE');
  const held = [...state.held];
  state.held.clear();
  for (const [index, kind] of held) plan(state, at, kind, index);
  state.nextRolloutAt = at;
  plan(state, at, 'ROLLOUT');
  if (job.executions.size() > 0) completeIfDone(state, at);
}

function start(state: RunState, at: number): void {
  const { job, world } = state;
  job.begun = true;
  for (const device of world.members()) job.executions.add(device, at);
  job.initialSize = job.executions.size();
  if (job.initialSize > 0 || job.spec.continuous) return;
  if (world.settings.emptySnapshot === 'COMPLETED') completeIfDone(state, at);
  else if (world.settings.emptySnapshot === 'CANCELED') cancel(state, { force: false }, at);
}

/** The maintenance window closes: nothing more is notified, and what is QUEUED is hidden from the devices. */
function close(state: RunState, at: number): void {
  if (!reachesOut(state)) return;
  const { job } = state;
  job.status = 'SCHEDULED';
  job.lastUpdatedAt = at;
  releaseSlot(state);
  planIfEver(state, job.spec.schedule?.windows?.nextOpening(at) ?? at, 'OPEN');
}

/** A window that never opens again has no step. */
function planIfEver(state: RunState, due: number, kind: Step['kind']): void {
  if (due < Number.POSITIVE_INFINITY) plan(state, due, kind);
}

/** Notifies the next thing and plans the turn of the one after it, by the rate and the limit of concurrent jobs. */
function rollOut(state: RunState, at: number): void {
  const { job, rate } = state;
  if (!reachesOut(state) || at < state.nextRolloutAt - 1) return;
  while (job.notified < job.initialSize && job.executions.statusOf(job.notified) !== 'QUEUED') job.notified++;
  if (job.notified < job.initialSize && takeSlot(state)) {
    const index = job.notified++;
    rate.notified();
    notifyFirst(state, index, at);
    state.nextRolloutAt = Math.max(state.nextRolloutAt, at - 1) + rate.gapMilliseconds();
    if (reachesOut(state)) plan(state, Math.ceil(state.nextRolloutAt), 'ROLLOUT');
  }
  if (job.notified >= job.initialSize) releaseSlot(state);
}
