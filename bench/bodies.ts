import { hostileBodies, largeBodies } from '../proof/fuzz/hostile-bodies.ts';
import { openStage } from '../proof/fuzz/stage.ts';
import { MILLISECONDS_MAX, tryInput } from '../proof/fuzz/try-input.ts';
import type { Benchmark, Result, Size } from './report.ts';

/** Most bodies take about 1 ms. Those that take longer than this are tried again, and the least time counts. */
const NOTABLE_MILLISECONDS = 10;
const SLOWEST = 10;

export const bodies: Benchmark = {
  name: 'bodies',
  answers: 'how long the slowest bodies made by hand take in the function releases.',
  read: `every body of proof/fuzz/hostile, through the real function releases over services in memory. The table has the ${SLOWEST} slowest. One that takes more than ${NOTABLE_MILLISECONDS} ms is tried four times, and the least time counts. The floor is JSON.parse of the same body.`,
  cannot: 'the time of the calls to AWS. `npm run fuzz` measures mutated bodies.',
  run: measure,
};

async function measure(size: Size): Promise<Result> {
  const stage = await openStage();
  try {
    const timed: { what: string; body: string; milliseconds: number }[] = [];
    const tried = [...hostileBodies, ...largeBodies];
    for (const [what, body] of size === 'whole' ? tried : tried.slice(-SLOWEST)) {
      if (typeof body !== 'string') continue;
      const { milliseconds } = await tryInput(stage, { body }, NOTABLE_MILLISECONDS);
      timed.push({ what, body, milliseconds });
    }
    const slowest = timed.sort((a, b) => b.milliseconds - a.milliseconds).slice(0, SLOWEST);
    return {
      figures: slowest.map(({ what, body, milliseconds }) => {
        const floor = parseMilliseconds(body);
        return {
          what,
          value: `${milliseconds.toFixed(1)} ms`,
          floor: `${floor.toFixed(1)} ms`,
          ratio: milliseconds / floor,
          goal: `≤ ${MILLISECONDS_MAX} ms`,
          met: milliseconds <= MILLISECONDS_MAX,
        };
      }),
    };
  } finally {
    stage.close();
  }
}

/** The least time of JSON.parse in ten tries. */
function parseMilliseconds(body: string): number {
  const tries = Array.from({ length: 10 }, () => {
    const began = performance.now();
    try {
      JSON.parse(body);
    } catch {
      // A body that is not JSON takes as long as JSON.parse needs to find that out.
    }
    return performance.now() - began;
  });
  return Math.min(...tries);
}
