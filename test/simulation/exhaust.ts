import { print, runScenario, shareOut } from './run-workers.ts';
import { scenarios } from './scenarios.ts';

/** Every placement of at most so many deviations in every scenario; prints what broke. Answers whether nothing did. */
export async function exhaust({
  most,
  workers,
  only,
}: {
  readonly most: number;
  readonly workers: number;
  readonly only: string | undefined;
}): Promise<boolean> {
  const shares = workers * 8;
  let allRuns = 0;
  let allBroken = 0;
  for (const scenario of Object.keys(scenarios).filter((name) => only === undefined || name.includes(only))) {
    const began = performance.now();
    let runs = 0;
    let broken = 0;
    const pieces = Array.from({ length: shares }, (_, index) => ({ scenario, most, index, of: shares }));
    await shareOut(pieces, workers, (piece) =>
      runScenario(piece, (tried) => {
        runs += tried.runs;
        broken += tried.broken.length;
        for (const { only: keys, violations } of tried.broken.slice(0, 3)) {
          print(`${scenario}: ${keys.join(' + ')}: ${violations.map(({ rule, what }) => `[${rule}] ${what}`).join('; ')}`);
        }
      }),
    );
    allRuns += runs;
    allBroken += broken;
    print(`${scenario}: ${runs} histories, ${broken} violating, ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  print(`${allRuns} histories with at most ${most} deviations, ${allBroken} violating`);
  return allBroken === 0;
}
