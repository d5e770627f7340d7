import { type Agenda, createAgenda } from './agenda.ts';
import type { Clock } from './services/service.ts';

type Task = { readonly work: () => void; cancelled: boolean };

/** A clock that runs with real time, `factor` times as fast. */
export type RealClock = Clock & {
  factor(): number;
  /** Changes how many times faster than real time the clock runs. Pending work moves with it. Throws if it is not above 0. */
  setFactor(factor: number): void;
  /** Drops all pending work. */
  stop(): void;
};

/** A clock that stands still until `advance` moves it. */
export type ManualClock = Clock & {
  /** Moves the clock and runs the work that becomes due on the way, in order, each at its own time. */
  advance(milliseconds: number): void;
  /** How many pieces of work are pending. */
  pending(): number;
};

/** Node's timers hold 31 bits. A longer wait takes several timers. */
const LONGEST_TIMER_MILLISECONDS = 2 ** 31 - 1;

/**
 * A clock that starts at the present time and runs `factor` times as fast (60: a minute passes in a second). One native
 * timer serves all pending work, and it does not keep the process alive.
 */
export function createRealClock(options: { readonly factor?: number } = {}): RealClock {
  const agenda = createAgenda<Task>();
  let factor = checkedFactor(options.factor ?? 1);
  let anchor = Date.now();
  let anchorMonotonic = performance.now();
  let timer: NodeJS.Timeout | undefined;

  const now = () => anchor + (performance.now() - anchorMonotonic) * factor;
  const arm = () => {
    clearTimeout(timer);
    const due = agenda.nextDue();
    if (due === undefined) return;
    const wait = Math.min(Math.max(Math.ceil((due - now()) / factor), 0), LONGEST_TIMER_MILLISECONDS);
    timer = setTimeout(run, wait);
    timer.unref();
  };
  const run = () => {
    try {
      runDue(agenda, now());
    } finally {
      arm();
    }
  };

  return {
    now: () => Math.floor(now()),
    wall: () => Date.now(),
    after(milliseconds, work) {
      const due = now() + Math.max(milliseconds, 0);
      const next = agenda.nextDue();
      const cancel = addTask(agenda, due, work);
      if (next === undefined || due < next) arm();
      return cancel;
    },
    factor: () => factor,
    setFactor(wanted) {
      const checked = checkedFactor(wanted);
      anchor = now();
      anchorMonotonic = performance.now();
      factor = checked;
      arm();
    },
    stop() {
      agenda.clear();
      clearTimeout(timer);
    },
  };
}

/** A clock at `start` (epoch milliseconds) that only `advance` moves. */
export function createManualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  const agenda = createAgenda<Task>();
  let time = start;
  return {
    now: () => time,
    after: (milliseconds, work) => addTask(agenda, time + Math.max(milliseconds, 0), work),
    advance(milliseconds) {
      const end = time + milliseconds;
      for (let next = agenda.take(end); next !== undefined; next = agenda.take(end)) {
        time = Math.max(time, next.due);
        if (!next.item.cancelled) next.item.work();
      }
      time = end;
    },
    pending: () => agenda.size(),
  };
}

function addTask(agenda: Agenda<Task>, due: number, work: () => void): () => void {
  const task: Task = { work, cancelled: false };
  agenda.add(due, task);
  return () => {
    task.cancelled = true;
  };
}

function runDue(agenda: Agenda<Task>, now: number): void {
  for (let next = agenda.take(now); next !== undefined; next = agenda.take(now)) {
    if (!next.item.cancelled) next.item.work();
  }
}

function checkedFactor(factor: number): number {
  if (!Number.isFinite(factor) || factor <= 0) throw new RangeError(`a clock's factor must be above 0, got ${factor}`);
  return factor;
}
