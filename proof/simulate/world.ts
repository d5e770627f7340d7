import { type Chance, chanceOf, drawer } from '../random.ts';
import { drained, enter, install, type Machine, turned } from './virtual-time.ts';

/** When the history begins: an ordinary Monday. */
export const EPOCH = Date.UTC(2026, 0, 5, 8);

/** A sandbox with its own clock, which runs while an event is carried out. A dead one gets no more events. */
export type Actor = { readonly name: string; readonly skew: number; alive: boolean };

/** A deviation that the world chose at one point. Its `key` stays the same if other deviations are left out. */
export type Deviation = { readonly key: string; readonly at: number };

export type World = {
  readonly seed: number;
  readonly chance: Chance;
  /** The true time in epoch ms. */
  readonly now: () => number;
  readonly actor: () => Actor | undefined;
  /** Calls back after some milliseconds, unless the given sandbox has died before. */
  readonly after: (milliseconds: number, what: () => void, actor?: Actor) => void;
  /** Whether this deviation happens here. It is drawn once for each possible kind at each point. */
  readonly deviates: (kind: string, label: string, share: number) => boolean;
  readonly deviations: Deviation[];
  /** How often each deviation was possible and how often it happened, by label. */
  readonly coverage: ReadonlyMap<string, { readonly possible: number; readonly happened: number }>;
  readonly calm: (calm: boolean) => void;
  readonly isCalm: () => boolean;
  /** Adds a line to the story. A line that takes time to make is given as a function, which is called only if the story is kept. */
  readonly log: (line: string | (() => string)) => void;
  readonly story: string[];
  /** Runs until the predicate holds (checked after every event), no event is left, or the true time passes `end`. */
  readonly run: (end: number, until?: () => boolean) => Promise<void>;
};

export type WorldOptions = {
  readonly seed: number;
  /** If given, only these deviations happen. */
  readonly only?: ReadonlySet<string>;
  /** Keeps the lines of the story. */
  readonly trace?: boolean;
  readonly onOutput?: (text: string) => void;
  /** Gets each deviation that is possible before the calm, even if it does not happen. */
  readonly onPossible?: (key: string) => void;
};

/** A kind of deviation at one label: how often it was asked for, was possible and happened. */
type Cell = {
  readonly name: string;
  count: number;
  possible: number;
  happened: number;
  readonly drawOf: (end: string) => number;
};

type Event = { readonly at: number; readonly tie: number; readonly what: () => void; readonly actor: Actor | undefined };

/** After this many events Node gets a turn to report unhandled rejections. A turn of its loop costs more than most events. */
const DRAINS_A_TURN = 16;

/** One thread, one clock, one heap of events. All microtasks of an event run before the next event. */
export function createWorld(options: WorldOptions): World {
  install();
  const { seed, only } = options;
  const chance = chanceOf(seed);
  const events: Event[] = [];
  const coverage = new Map<string, Cell>();
  const cells = new Map<string, Map<string, Cell>>();
  const deviations: Deviation[] = [];
  const story: string[] = [];
  let time = EPOCH;
  let current: Actor | undefined;
  let ties = 0;
  let isCalm = false;
  let drains = 0;

  // A request asks for a dozen kinds. To find each by both parts is faster than to make its name.
  const cellOf = (kind: string, label: string): Cell => {
    let ofKind = cells.get(kind);
    if (!ofKind) {
      ofKind = new Map();
      cells.set(kind, ofKind);
    }
    let cell = ofKind.get(label);
    if (!cell) {
      const name = `${kind} ${label}`;
      cell = coverage.get(name) ?? { name, count: 0, possible: 0, happened: 0, drawOf: drawer(seed, `${name} `) };
      ofKind.set(label, cell);
      coverage.set(name, cell);
    }
    return cell;
  };
  const after = (milliseconds: number, what: () => void, actor?: Actor): void => {
    ties += 1;
    push(events, { at: time + Math.max(0, Math.round(milliseconds)), tie: ties, what, actor });
  };
  const log: World['log'] = (line) => {
    if (options.trace) story.push(`${clock(time)} ${typeof line === 'string' ? line : line()}`);
  };
  const machine: Machine = {
    now: () => time + (current?.skew ?? 0),
    random: () => chance.number('Math.random', 0, 1),
    setTimeout: (callback, milliseconds) => {
      const timer = { virtual: true, cleared: false, unref: () => timer, ref: () => timer };
      after(
        milliseconds,
        () => {
          if (!timer.cleared) callback();
        },
        current,
      );
      return timer;
    },
    clearTimeout: (timer) => {
      (timer as { cleared: boolean }).cleared = true;
    },
    output: (text) => options.onOutput?.(text),
  };

  return {
    seed,
    chance,
    now: () => time,
    actor: () => current,
    after,
    deviates: (kind, label, share) => {
      if (share <= 0 && !options.onPossible) return false;
      const cell = cellOf(kind, label);
      cell.count += 1;
      if (isCalm && !only) return false;
      const keyOf = () => `${cell.name} ${cell.count}`;
      const happens = only ? only.has(keyOf()) : share > 0 && cell.drawOf(String(cell.count)) < share;
      if (!isCalm) {
        options.onPossible?.(keyOf());
        cell.possible += 1;
        if (happens) cell.happened += 1;
      }
      if (!happens) return false;
      const key = keyOf();
      deviations.push({ key, at: time });
      log(`! ${key}`);
      return true;
    },
    deviations,
    coverage,
    calm: (calm) => {
      isCalm = calm;
    },
    isCalm: () => isCalm,
    log,
    story,
    run: async (end, until) => {
      for (;;) {
        if (until?.()) return;
        const event = events[0];
        if (!event || event.at > end) {
          time = Math.max(time, end === Number.POSITIVE_INFINITY ? time : end);
          return;
        }
        pop(events);
        time = Math.max(time, event.at);
        if (event.actor && !event.actor.alive) continue;
        current = event.actor;
        enter(machine);
        try {
          event.what();
          if (event.actor) {
            drains += 1;
            await (drains % DRAINS_A_TURN === 0 ? turned() : drained());
          }
        } finally {
          current = undefined;
          enter(undefined);
        }
      }
    },
  };
}

function clock(at: number): string {
  const seconds = (at - EPOCH) / 1000;
  const pad = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${pad(seconds / 3600)}:${pad((seconds / 60) % 60)}:${(seconds % 60).toFixed(3).padStart(6, '0')}`;
}

const before = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.tie < b.tie);

function push(heap: Event[], event: Event): void {
  let index = heap.length;
  heap.push(event);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (!above || !before(event, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    const right = heap[2 * index + 2];
    const next = right && left && before(right, left) ? right : left;
    if (!next || !before(next, last)) break;
    heap[index] = next;
    index = next === right ? 2 * index + 2 : 2 * index + 1;
  }
  heap[index] = last;
}
