import { parentPort, workerData } from 'node:worker_threads';
import type { Counted } from './coverage.ts';
import type { Violation } from './monitor.ts';
import { mutants } from './mutants.ts';
import { mutate } from './mutate.ts';

/** The job of a worker: every `step`th seed from `from` to below `to`. */
export type Job = {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly mutant?: string;
  /** Stop at the first history that breaks something. */
  readonly untilFirst?: boolean;
};

export type Report =
  | { readonly kind: 'failed'; readonly seed: number; readonly violations: readonly Violation[] }
  | { readonly kind: 'progress'; readonly histories: number; readonly rollouts: number; readonly invocations: number }
  | { readonly kind: 'done'; readonly coverage: Counted };

const { from, to, step, mutant, untilFirst } = workerData as Job;
const { patches, mix } = mutants.find(({ name }) => name === mutant) ?? {};
if (patches) mutate(patches);
const { runHistory } = await import('./history.ts');

const REPORT_EVERY = 20;
const coverage = new Map<string, [number, number]>();
let sums = { histories: 0, rollouts: 0, invocations: 0 };
const post = (report: Report) => parentPort?.postMessage(report);

for (let seed = from; seed < to; seed += step) {
  const history = await runHistory({ seed, ...(mix && { mix }) });
  sums = {
    histories: sums.histories + 1,
    rollouts: sums.rollouts + history.rollouts,
    invocations: sums.invocations + history.invocations,
  };
  for (const [name, { possible, happened }] of history.coverage) {
    if (possible === 0) continue;
    const [before, hits] = coverage.get(name) ?? [0, 0];
    coverage.set(name, [before + possible, hits + happened]);
  }
  if (history.violations.length > 0) post({ kind: 'failed', seed, violations: history.violations.slice(0, 10) });
  if (sums.histories === REPORT_EVERY || (history.violations.length > 0 && untilFirst)) {
    post({ kind: 'progress', ...sums });
    sums = { histories: 0, rollouts: 0, invocations: 0 };
  }
  if (history.violations.length > 0 && untilFirst) break;
}
post({ kind: 'progress', ...sums });
post({ kind: 'done', coverage: [...coverage].map(([name, [possible, happened]]) => [name, possible, happened] as const) });
