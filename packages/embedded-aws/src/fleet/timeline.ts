import { createAgenda } from '../agenda.ts';
import type { Clock } from '../services/service.ts';

/** What is to happen at which time of a clock. One pending call of the clock serves all of it. */
export type Timeline<T> = {
  /** Plans `item`; `arm` or `run` must follow. */
  add(due: number, item: T): void;
  /** Sees to it that the clock calls when the next item is due. */
  arm(): void;
  /** Handles everything that is due now, in order, each item with its own time; then arms. */
  run(): void;
  clear(): void;
  /** Clears it and takes the pending call of the clock back. */
  stop(): void;
};

/** An empty timeline; `handle` gets each item when it is due. It may add further items. */
export function createTimeline<T>(clock: Clock, handle: (item: T, due: number) => void): Timeline<T> {
  const agenda = createAgenda<T>();
  let wakeAt = Number.POSITIVE_INFINITY;
  let cancelWake: (() => void) | undefined;

  function arm(): void {
    const due = agenda.nextDue();
    if (due === undefined || due >= wakeAt) return;
    cancelWake?.();
    wakeAt = due;
    cancelWake = clock.after(due - clock.now(), run);
  }

  function run(): void {
    wakeAt = Number.POSITIVE_INFINITY;
    cancelWake?.();
    cancelWake = undefined;
    const now = clock.now();
    for (let next = agenda.take(now); next !== undefined; next = agenda.take(now)) handle(next.item, next.due);
    arm();
  }

  return {
    add: agenda.add,
    arm,
    run,
    clear: agenda.clear,
    stop() {
      agenda.clear();
      cancelWake?.();
    },
  };
}
