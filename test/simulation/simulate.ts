import type { Violation } from './monitor.ts';
import { print, runWorker } from './run-workers.ts';

/** Many histories over several threads; prints progress and what failed. Answers whether none did. */
export async function simulate({
  from,
  seeds,
  workers,
  coverage: showCoverage,
}: {
  readonly from: number;
  readonly seeds: number;
  readonly workers: number;
  readonly coverage: boolean;
}): Promise<boolean> {
  const began = performance.now();
  const failed: { seed: number; violations: readonly Violation[] }[] = [];
  const coverage = new Map<string, [number, number]>();
  let histories = 0;
  let rollouts = 0;
  let invocations = 0;
  const line = () => {
    const perSecond = (1000 * histories) / (performance.now() - began);
    return `${histories} of ${seeds} histories, ${rollouts} rollouts, ${invocations} invocations, ${failed.length} violating, ${perSecond.toFixed(1)} a second`;
  };
  print(`seeds ${from} to ${from + seeds - 1}`);
  const ticking = setInterval(() => process.stderr.write(`\r${line()}`), 1_000);
  await Promise.all(
    Array.from({ length: workers }, (_, index) =>
      runWorker({ from: from + index, to: from + seeds, step: workers }, (report) => {
        if (report.kind === 'failed') {
          failed.push(report);
          print(`\nseed ${report.seed}: ${report.violations.map(({ rule, what }) => `[${rule}] ${what}`).join('\n  ')}`);
        } else if (report.kind === 'progress') {
          histories += report.histories;
          rollouts += report.rollouts;
          invocations += report.invocations;
        } else {
          for (const [name, possible, happened] of report.coverage) {
            const [before, hits] = coverage.get(name) ?? [0, 0];
            coverage.set(name, [before + possible, hits + happened]);
          }
        }
      }),
    ),
  );
  clearInterval(ticking);
  print(`\n${line()}`);
  if (showCoverage) printCoverage(coverage);
  for (const { seed } of failed.slice(0, 3)) print(`see it: npm run simulate -- --seed ${seed} --shrink`);
  return failed.length === 0;
}

/** Every kind of fault at every point where it was possible: how often it happened. */
function printCoverage(coverage: ReadonlyMap<string, readonly [number, number]>): void {
  const never = [...coverage].filter(([, [, happened]]) => happened === 0);
  const rows = [...coverage].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, [possible, happened]] of rows) print(`${String(happened).padStart(9)} of ${String(possible).padStart(9)}  ${name}`);
  const sum = rows.reduce((total, [, [, happened]]) => total + happened, 0);
  print(`${sum} deviations of ${coverage.size} sorts; never: ${never.map(([name]) => name).join(', ') || 'none'}`);
}
