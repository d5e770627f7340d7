import { createAgenda } from '../agenda.ts';
import type { Clock } from '../services/service.ts';
import type { ExecutionStatus } from './executions.ts';
import type { Fleet } from './fleet.ts';
import { isNotified, isOpen, isOver, type Job, metAbortCriterion, retriesAfter } from './job.ts';
import { createRate } from './rate.ts';

/** What AWS does not document and a run needs to know. */
export type RunSettings = {
  /** Things notified per minute where a rollout sets no rate. */
  readonly fallbackPerMinute: number;
  /** How long a cancellation takes; until then the job's status does not tell of it. */
  readonly cancelMilliseconds: number;
  /** `reasonCode` of a job that its own abort criteria cancelled. */
  readonly abortReasonCode: string;
};

export type RunWorld = {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly nameOf: (device: number) => string;
  /** The devices behind the job's targets now. */
  readonly members: () => Iterable<number>;
  readonly settings: RunSettings;
  /** Told what becomes of the job. */
  readonly tell: (operation: 'completed' | 'canceled' | 'cancellation_in_progress') => void;
};

export type Cancellation = { readonly force: boolean; readonly reasonCode?: string | undefined; readonly comment?: string | undefined };

/** One job under way: reaches out to things, plays the simulated ones, and takes what real ones report. */
export type Run = {
  readonly job: Job;
  /** Starts now, or when the schedule says so. */
  begin(): void;
  /** Takes in a device that joined a target of a continuous job; it is notified at once. */
  join(device: number): void;
  /** A device left the targets: what it has not begun is REMOVED. */
  leave(device: number): void;
  cancel(cancellation: Cancellation): void;
  cancelExecution(index: number, details?: Readonly<Record<string, string>>): void;
  /** A device's own word on its execution. */
  report(index: number, status: ExecutionStatus, details?: Readonly<Record<string, string>>): void;
  /** Gives devices that did not answer so far another chance; called when the fleet changed. */
  reconsider(): void;
  /** Ends everything, whatever the state. */
  stop(): void;
};

type Step = {
  readonly kind: 'BEGIN' | 'END' | 'ROLLOUT' | 'NOTIFY' | 'START' | 'FINISH' | 'TIMEOUT' | 'CANCEL';
  readonly index: number;
  readonly attempt: number;
};

/** A run over `job`, quiet until `begin`. One pending call of the clock serves the whole run. */
export function createRun(job: Job, world: RunWorld): Run {
  const { clock, fleet, settings } = world;
  const { executions, spec } = job;
  const agenda = createAgenda<Step>();
  const rate = createRate(spec.rollout, settings.fallbackPerMinute);
  /** Notified, but offline or left to a real device. */
  const waiting = new Set<number>();
  let wakeAt = Number.POSITIVE_INFINITY;
  let cancelWake: (() => void) | undefined;
  let nextRolloutAt = 0;
  let rolloutStopped = false;
  let cancellation: Cancellation | undefined;

  const arm = () => {
    const due = agenda.nextDue();
    if (due === undefined || due >= wakeAt) return;
    cancelWake?.();
    wakeAt = due;
    cancelWake = clock.after(due - clock.now(), wake);
  };
  const wake = () => {
    wakeAt = Number.POSITIVE_INFINITY;
    cancelWake?.();
    cancelWake = undefined;
    const now = clock.now();
    for (let next = agenda.take(now); next !== undefined; next = agenda.take(now)) act(next.item, next.due);
    arm();
  };
  const add = (due: number, kind: Step['kind'], index = -1) => {
    agenda.add(due, { kind, index, attempt: index < 0 ? 0 : executions.attemptOf(index) });
  };
  const opening = (at: number) => Math.max(at, spec.schedule?.nextOpening?.(at) ?? at);
  const reachesOut = () => job.status === 'IN_PROGRESS' && !job.cancelling && !rolloutStopped;

  const start = (at: number) => {
    job.status = 'IN_PROGRESS';
    job.lastUpdatedAt = at;
    for (const device of world.members()) executions.add(device, at);
    job.initialSize = executions.size();
    nextRolloutAt = at;
    if (spec.schedule?.endAt !== undefined) add(spec.schedule.endAt, 'END');
    add(at, 'ROLLOUT');
    complete(at);
  };

  const rollOut = (at: number) => {
    if (!reachesOut()) return;
    const open = opening(at);
    if (open > at) {
      nextRolloutAt = open;
      add(open, 'ROLLOUT');
      return;
    }
    while (job.notified < job.initialSize && executions.statusOf(job.notified) !== 'QUEUED') job.notified++;
    if (job.notified >= job.initialSize) return;
    const index = job.notified++;
    rate.notified();
    reach(index, at);
    nextRolloutAt = Math.max(nextRolloutAt, at - 1) + rate.gapMilliseconds();
    add(Math.ceil(nextRolloutAt), 'ROLLOUT');
  };

  /** Notifies a thing for the first time, which may make an abort criterion's minimum full. */
  const reach = (index: number, at: number) => {
    job.thingsNotified++;
    notify(index, at);
    abortIfMet(at);
  };
  const notify = (index: number, at: number) => {
    const plan = planOf(index);
    if (plan.outcome === 'OFFLINE' || plan.outcome === 'DEVICE') waiting.add(index);
    else add(at + plan.startsAfter, 'START', index);
  };
  const planOf = (index: number) => fleet.plan(world.nameOf(executions.deviceOf(index)), spec.id, executions.attemptOf(index));

  const startDevice = (index: number, at: number) => {
    const plan = planOf(index);
    if (plan.outcome === 'OFFLINE' || plan.outcome === 'DEVICE') {
      waiting.add(index);
      return;
    }
    if (plan.outcome === 'REJECTED') {
      finish(index, 'REJECTED', at);
      return;
    }
    const timesOutAt = enterProgress(index, at);
    const finishesAt = plan.outcome === 'TIMED_OUT' ? Number.POSITIVE_INFINITY : at + plan.updatesFor;
    if (finishesAt < timesOutAt) add(finishesAt, 'FINISH', index);
    else if (timesOutAt < Number.POSITIVE_INFINITY) add(timesOutAt, 'TIMEOUT', index);
  };
  /** Answers when the job's timeout ends the execution. */
  const enterProgress = (index: number, at: number, details?: Readonly<Record<string, string>>): number => {
    executions.move(index, 'IN_PROGRESS', at, details);
    job.lastUpdatedAt = at;
    const minutes = spec.inProgressTimeoutMinutes;
    return minutes === undefined ? Number.POSITIVE_INFINITY : at + minutes * 60_000;
  };

  const finish = (index: number, status: ExecutionStatus, at: number, details?: Readonly<Record<string, string>>) => {
    executions.move(index, status, at, details);
    job.lastUpdatedAt = at;
    waiting.delete(index);
    if (reachesOut() && executions.attemptOf(index) < retriesAfter(spec, status)) {
      executions.retry(index, at);
      notify(index, opening(at));
      return;
    }
    if (status === 'SUCCEEDED') rate.succeeded();
    abortIfMet(at);
    complete(at);
  };
  const abortIfMet = (at: number) => {
    if (!reachesOut() || metAbortCriterion(job) === undefined) return;
    cancel({ force: false, reasonCode: settings.abortReasonCode, comment: 'Abort criteria of the job were met' }, at);
  };

  const complete = (at: number) => {
    const done = executions.count('QUEUED') === 0 && executions.count('IN_PROGRESS') === 0;
    if (!done) return;
    if (job.status === 'IN_PROGRESS' && !job.cancelling && (!spec.continuous || rolloutStopped)) {
      job.status = 'COMPLETED';
      job.completedAt = at;
      job.lastUpdatedAt = at;
      world.tell('completed');
    }
    if (isOver(job)) agenda.clear();
  };

  const cancel = (given: Cancellation, at: number) => {
    cancellation = given;
    job.cancelling = true;
    world.tell('cancellation_in_progress');
    if (settings.cancelMilliseconds > 0) add(at + settings.cancelMilliseconds, 'CANCEL');
    else settleCancel(at);
  };
  const settleCancel = (at: number) => {
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
    world.tell('canceled');
    complete(at);
  };
  const endRollout = (at: number) => {
    if (!reachesOut()) return;
    const behavior = spec.schedule?.endBehavior ?? 'STOP_ROLLOUT';
    if (behavior !== 'STOP_ROLLOUT') {
      cancel({ force: behavior === 'FORCE_CANCEL' }, at);
      return;
    }
    rolloutStopped = true;
    for (let index = 0; index < executions.size(); index++) {
      if (executions.statusOf(index) === 'QUEUED' && !isNotified(job, index)) executions.move(index, 'CANCELED', at);
    }
    complete(at);
  };

  const act = (step: Step, at: number) => {
    const { kind, index } = step;
    if (kind === 'BEGIN') start(at);
    else if (kind === 'ROLLOUT') rollOut(at);
    else if (kind === 'END') endRollout(at);
    else if (kind === 'CANCEL') settleCancel(at);
    else if (executions.attemptOf(index) === step.attempt) actOnDevice(kind, index, at);
  };
  const actOnDevice = (kind: Step['kind'], index: number, at: number) => {
    const status = executions.statusOf(index);
    if (kind === 'NOTIFY' && status === 'QUEUED') reach(index, at);
    else if (kind === 'START' && status === 'QUEUED') startDevice(index, at);
    else if (kind === 'TIMEOUT' && status === 'IN_PROGRESS') finish(index, 'TIMED_OUT', at);
    else if (kind === 'FINISH' && status === 'IN_PROGRESS') finishDevice(index, at);
  };
  const finishDevice = (index: number, at: number) => {
    if (!fleet.isReal(world.nameOf(executions.deviceOf(index)))) {
      finish(index, planOf(index).outcome === 'FAILED' ? 'FAILED' : 'SUCCEEDED', at);
      return;
    }
    const minutes = spec.inProgressTimeoutMinutes;
    if (minutes !== undefined) add((executions.get(index).startedAt ?? at) + minutes * 60_000, 'TIMEOUT', index);
  };

  return {
    job,
    begin() {
      const now = clock.now();
      const startAt = spec.schedule?.startAt ?? now;
      job.status = startAt > now ? 'SCHEDULED' : 'IN_PROGRESS';
      add(Math.max(startAt, now), 'BEGIN');
      wake();
    },
    join(device) {
      if (!spec.continuous || !reachesOut() || executions.find(device) >= 0) return;
      const now = clock.now();
      const index = executions.add(device, now);
      add(opening(now), 'NOTIFY', index);
      wake();
    },
    leave(device) {
      const index = executions.find(device);
      if (index < 0 || executions.statusOf(index) !== 'QUEUED') return;
      executions.move(index, 'REMOVED', clock.now());
      complete(clock.now());
    },
    cancel(given) {
      cancel(given, clock.now());
      arm();
    },
    cancelExecution(index, details) {
      if (!isOpen(executions.statusOf(index))) return;
      executions.move(index, 'CANCELED', clock.now(), details);
      job.lastUpdatedAt = clock.now();
      complete(clock.now());
    },
    report(index, status, details) {
      const now = clock.now();
      if (status === 'IN_PROGRESS') {
        const begins = executions.statusOf(index) === 'QUEUED';
        const timesOutAt = enterProgress(index, now, details);
        if (begins && timesOutAt < Number.POSITIVE_INFINITY) add(timesOutAt, 'TIMEOUT', index);
      } else if (isOpen(status)) {
        executions.move(index, status, now, details);
      } else {
        finish(index, status, now, details);
      }
      arm();
    },
    reconsider() {
      const now = clock.now();
      for (const index of [...waiting]) {
        waiting.delete(index);
        if (executions.statusOf(index) === 'QUEUED') notify(index, now);
      }
      arm();
    },
    stop() {
      agenda.clear();
      waiting.clear();
      cancelWake?.();
      rolloutStopped = true;
    },
  };
}
