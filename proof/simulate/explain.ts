import { keepRegression } from './regressions.ts';
import type { Failed } from './simulate.ts';
import { storyOfSmallest } from './story.ts';

/** The most histories that are kept. A service that breaks a promise in every second history would fill the file. */
const KEPT_MAX = 10;

/**
 * Shrinks the first history that broke a promise, prints it with `say`, and keeps it for later test runs. The next nine
 * are kept as they are. `say` also gets what could not be kept.
 */
export async function explain(failed: readonly Failed[], say: (line: string) => void, onProgress: (line: string) => void): Promise<void> {
  const [first, ...others] = failed.toSorted((a, b) => a.seed - b.seed);
  if (!first) return;
  const { lines, replay } = await storyOfSmallest({ seed: first.seed }, onProgress);
  for (const line of lines) say(line);
  const today = new Date().toISOString().slice(0, 10);
  const noteOf = ({ violations: [violation] }: Failed) => `Found on ${today}, not looked into yet: [${violation?.rule}] ${violation?.what}`;
  try {
    keepRegression(replay, noteOf(first));
    for (const one of others.slice(0, KEPT_MAX - 1)) keepRegression({ seed: one.seed }, noteOf(one));
    say(`kept in proof/simulate/regressions.json: ${Math.min(KEPT_MAX, failed.length)} of ${failed.length}`);
  } catch (error) {
    say(`not kept in proof/simulate/regressions.json: ${error instanceof Error ? error.message : String(error)}`);
  }
}
