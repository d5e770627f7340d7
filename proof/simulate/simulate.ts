import type { Progress } from '../../scripts/progress.ts';
import { type Coverage, emptyCoverage } from './coverage.ts';
import type { Violation } from './monitor.ts';
import { runWorker } from './run-workers.ts';

export type Failed = { readonly seed: number; readonly violations: readonly Violation[] };

export type SimulationReport = {
  readonly from: number;
  readonly histories: number;
  readonly rollouts: number;
  readonly invocations: number;
  readonly seconds: number;
  readonly failed: readonly Failed[];
  readonly coverage: Coverage;
};

export type SimulationOptions = {
  readonly from: number;
  readonly seeds: number;
  readonly workers: number;
  readonly progress: Progress;
  /** Gets each history that breaks a promise, when it is found. */
  readonly onFailed: (failed: Failed) => void;
};

/** Runs the histories of many seeds in several threads. */
export async function simulate({ from, seeds, workers, progress, onFailed }: SimulationOptions): Promise<SimulationReport> {
  const began = performance.now();
  const failed: Failed[] = [];
  const coverage = emptyCoverage();
  const sums = { histories: 0, rollouts: 0, invocations: 0 };
  await Promise.all(
    Array.from({ length: workers }, (_, index) =>
      runWorker({ from: from + index, to: from + seeds, step: workers }, (report) => {
        if (report.kind === 'failed') {
          failed.push(report);
          onFailed(report);
        } else if (report.kind === 'progress') {
          sums.histories += report.histories;
          sums.rollouts += report.rollouts;
          sums.invocations += report.invocations;
          progress(sums.histories, seeds, `${sums.histories} of ${seeds} histories, ${failed.length} violating`);
        } else coverage.add(report.coverage);
      }),
    ),
  );
  return { from, ...sums, seconds: (performance.now() - began) / 1000, failed, coverage };
}

/** The report as one line. */
export function summaryOf({ from, histories, rollouts, invocations, seconds, failed, coverage }: SimulationReport): string {
  const work = `${rollouts} rollouts, ${invocations} invocations, ${coverage.happened()} deviations`;
  return `seeds ${from} to ${from + histories - 1}: ${histories} histories, ${work}, ${failed.length} violating, ${(histories / seconds).toFixed(1)} a second`;
}
