import { rejectionCodes } from '../../domain/release/rejection.ts';
import type { Flaw } from './flaw.ts';
import type { FuzzInput } from './generate.ts';
import { eventKinds } from './kinds.ts';
import type { Queue } from './queue.ts';
import type { Tried } from './try-input.ts';

/** An input that broke a promise. `minimised` breaks the same promise. */
export type Failure = {
  readonly index: number;
  readonly rule: string;
  readonly what: string;
  readonly base: string;
  readonly mutators: readonly string[];
  readonly queue: Queue;
  readonly body: string;
  readonly minimised: string;
};

/** What became of a part of the inputs, or of all inputs. */
export type Counts = {
  readonly inputs: number;
  /**
   * Of each kind of event, and of what is no event: how many inputs were made from one, how many were one when they had been changed, and how
   * many of those were accepted or led to a look.
   */
  readonly kinds: Readonly<Record<string, readonly [made: number, read: number, accepted: number]>>;
  /** How often each ending occurred. Instead of `rejected` it has the codes. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** How often each mutator was used, and how often the result was accepted. */
  readonly mutators: Readonly<Record<string, readonly [applied: number, accepted: number]>>;
  /** The first failure of each kind. */
  readonly failures: readonly Failure[];
  /** How often each rule was broken. */
  readonly broken: Readonly<Record<string, number>>;
  readonly slowest: { readonly milliseconds: number; readonly index: number };
  /** How many batches of ten were tried as well. */
  readonly batches: number;
};

/** Finds a smaller body that breaks the same rule. */
export type Minimise = (body: string, rule: string, queue: Queue) => Promise<string>;

/** Counts what becomes of inputs. */
export function newTally(minimise: Minimise) {
  const kinds: Record<string, readonly [number, number, number]> = {};
  const outcomes: Record<string, number> = {};
  const mutators: Record<string, readonly [number, number]> = {};
  const broken: Record<string, number> = {};
  const failures: Failure[] = [];
  let inputs = 0;
  let batches = 0;
  let slowest = { milliseconds: 0, index: -1 };

  async function fail(index: number, { body, base, queue, mutators: by }: FuzzInput, flaws: readonly Flaw[]): Promise<void> {
    for (const { rule, what } of flaws) {
      const isFirst = broken[rule] === undefined;
      broken[rule] = (broken[rule] ?? 0) + 1;
      if (isFirst) failures.push({ index, rule, what, base, mutators: by, queue, body, minimised: await minimise(body, rule, queue) });
    }
  }

  function addKind(kind: string, ...more: readonly [number, number, number]): void {
    kinds[kind] = sumOfKinds(kinds[kind], more);
  }

  return {
    add: async (index: number, input: FuzzInput, { kind, outcome, flaws, milliseconds }: Tried): Promise<void> => {
      inputs += 1;
      addKind(input.kind, 1, 0, 0);
      addKind(kind, 0, 1, Number(isAccepted(outcome)));
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      for (const name of input.mutators) {
        const [applied, accepted] = mutators[name] ?? [0, 0];
        mutators[name] = [applied + 1, accepted + Number(isAccepted(outcome))];
      }
      if (milliseconds > slowest.milliseconds) slowest = { milliseconds, index };
      await fail(index, input, flaws);
    },
    /** Adds a failure that shows only later, or only in several inputs together. */
    fail,
    addBatch: (): void => {
      batches += 1;
    },
    /** Milliseconds of the slowest so far. */
    slowest: (): number => slowest.milliseconds,
    counts: (): Counts => ({ inputs, kinds, outcomes, mutators, failures, broken, slowest, batches }),
  };
}

function sumOfKinds(
  [made, read, accepted]: readonly [number, number, number] = [0, 0, 0],
  [more, moreRead, moreAccepted]: readonly [number, number, number],
): readonly [number, number, number] {
  return [made + more, read + moreRead, accepted + moreAccepted];
}

/** The sum of several parts. */
export function sumOf(parts: readonly Counts[]): Counts {
  const kinds: Record<string, readonly [number, number, number]> = {};
  const outcomes: Record<string, number> = {};
  const mutators: Record<string, readonly [number, number]> = {};
  const broken: Record<string, number> = {};
  for (const part of parts) {
    for (const [kind, counted] of Object.entries(part.kinds)) kinds[kind] = sumOfKinds(kinds[kind], counted);
    for (const [name, count] of Object.entries(part.outcomes)) outcomes[name] = (outcomes[name] ?? 0) + count;
    for (const [name, count] of Object.entries(part.broken)) broken[name] = (broken[name] ?? 0) + count;
    for (const [name, [applied, accepted]] of Object.entries(part.mutators)) {
      const [before, acceptedBefore] = mutators[name] ?? [0, 0];
      mutators[name] = [before + applied, acceptedBefore + accepted];
    }
  }
  const all = parts.flatMap(({ failures }) => failures).sort((a, b) => a.index - b.index);
  const [slowest = { milliseconds: 0, index: -1 }] = parts.map((part) => part.slowest).sort((a, b) => b.milliseconds - a.milliseconds);
  return {
    inputs: parts.reduce((sum, part) => sum + part.inputs, 0),
    kinds,
    outcomes,
    mutators,
    failures: all.filter(({ rule }, index) => all.findIndex((other) => other.rule === rule) === index),
    broken,
    slowest,
    batches: parts.reduce((sum, part) => sum + part.batches, 0),
  };
}

/** Whether a message had what it asks for: it was accepted, or its rollout was looked at. */
function isAccepted(outcome: string): boolean {
  return outcome === 'dispatched' || outcome === 'duplicate' || outcome === 'looked';
}

/** Kinds of events of which none was accepted or led to a look. */
export function missingKinds({ kinds }: Pick<Counts, 'kinds'>): string[] {
  return eventKinds.filter((kind) => !kinds[kind]?.[2]);
}

/** Rejection codes that no input met. */
export function missingCodes({ outcomes }: Pick<Counts, 'outcomes'>): string[] {
  return Object.keys(rejectionCodes).filter((code) => outcomes[code] === undefined);
}
