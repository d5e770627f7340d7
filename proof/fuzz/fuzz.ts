import { inThread } from '../simulate/run-workers.ts';
import { inputOf } from './generate.ts';
import type { Job, Share } from './share.ts';
import { type Counts, missingCodes, missingKinds, sumOf } from './tally.ts';
import type { Report } from './worker.ts';

export type FuzzOptions = {
  readonly inputs: number;
  /** The same seed gives the same inputs for any number of workers. */
  readonly seed: number;
  readonly workers: number;
  readonly onProgress?: (progress: { readonly done: number; readonly inputs: number; readonly perSecond: number }) => void;
};

export type FuzzReport = Omit<Counts, 'slowest'> & {
  readonly seed: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly slowest: Counts['slowest'] & { readonly body: string };
  /** The heap of the worker whose heap grew most, in bytes. */
  readonly heap: Share['heap'];
  /** Rejection codes that no input met. */
  readonly missingCodes: readonly string[];
  /** Kinds of events of which none was accepted or led to a look. */
  readonly missingKinds: readonly string[];
  /** Whether no rule was broken and the inputs met every code and every kind of event. */
  readonly isGood: boolean;
};

/** The most bytes that a heap may grow by: caches that were not full yet, and garbage that was not collected yet. */
export const HEAP_GROWTH_MAX = 16 * 1024 * 1024;
/** This many inputs meet every code. */
const ALL_CODES = 100_000;
/** This many inputs have every kind of event. */
const ALL_KINDS = 10_000;

/** Tries inputs in several threads and returns what became of them. Throws if the fuzzer itself fails. */
export async function fuzz({ inputs, seed, workers, onProgress }: FuzzOptions): Promise<FuzzReport> {
  const began = performance.now();
  const done: number[] = Array.from({ length: workers }, () => 0);
  const secondsSoFar = () => (performance.now() - began) / 1000;
  const shares = await Promise.all(
    done.map((_, first) =>
      runWorker({ seed, first, inputs, step: workers }, (ofWorker) => {
        done[first] = ofWorker;
        const sum = done.reduce((all, one) => all + one, 0);
        onProgress?.({ done: sum, inputs, perSecond: sum / secondsSoFar() });
      }),
    ),
  );
  const seconds = secondsSoFar();
  const counts = sumOf(shares);
  const [heap = { start: 0, end: 0 }] = shares.map((share) => share.heap).sort((a, b) => b.end - b.start - (a.end - a.start));
  const missing = missingCodes(counts);
  const kindsMissing = missingKinds(counts);
  return {
    ...counts,
    seed,
    seconds,
    perSecond: inputs / seconds,
    slowest: { ...counts.slowest, body: counts.slowest.index < 0 ? '' : inputOf(seed, counts.slowest.index).body },
    heap,
    missingCodes: missing,
    missingKinds: kindsMissing,
    isGood:
      Object.keys(counts.broken).length === 0 &&
      counts.inputs === inputs &&
      heap.end - heap.start <= HEAP_GROWTH_MAX &&
      (missing.length === 0 || inputs < ALL_CODES) &&
      (kindsMissing.length === 0 || inputs < ALL_KINDS),
  };
}

async function runWorker(job: Job, onProgress: (done: number) => void): Promise<Share> {
  let share: Share | undefined;
  await inThread<Report>(new URL('./worker.ts', import.meta.url), job, (report) => {
    if (report.kind === 'progress') onProgress(report.done);
    else share = report.share;
  });
  if (!share) throw new Error('a worker ended before it was done');
  return share;
}
