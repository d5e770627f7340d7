import { setTimeout as sleep } from 'node:timers/promises';
import { inspect, isDeepStrictEqual } from 'node:util';

/** How often {@link Checks.comes} looks. */
const LOOK_MILLISECONDS = 500;

/** Most take seconds. A loaded machine gets more. */
const PATIENCE_SECONDS = 180;

/** The checks of one part of the run. Each prints one line: `ok` or `FAIL`, the part, what is checked, and if it fails what was seen. */
export type Checks = {
  /** Passes if both are deeply equal. Answers whether it passed. */
  equal(what: string, seen: unknown, right: unknown): boolean;
  /** Passes if `look` answers what is deeply equal to `right` within so many seconds. What was seen last is printed otherwise. */
  comes(what: string, right: unknown, look: () => Promise<unknown>, seconds?: number): Promise<boolean>;
  /** Carries out the steps of a part. An error ends the part, and counts as a failed check. */
  part(what: string, steps: () => Promise<void>): Promise<boolean>;
};

/** How many checks passed and failed, over all parts. */
export type Tally = { passed: number; failed: number };

/** The checks of a part by its name, counted in `tally`. */
export function checksOf(name: string, tally: Tally, print: (line: string) => void): Checks {
  const began = performance.now();

  function tell(passed: boolean, what: string, seen = ''): boolean {
    tally[passed ? 'passed' : 'failed'] += 1;
    const seconds = ((performance.now() - began) / 1000).toFixed(0).padStart(4);
    print(`${passed ? 'ok  ' : 'FAIL'}${seconds} s  ${name.padEnd(8)} ${what}${passed || seen === '' ? '' : `: ${seen}`}`);
    return passed;
  }

  const compare = (what: string, seen: unknown, right: unknown) =>
    tell(isDeepStrictEqual(seen, right), what, `${shown(seen)}, not ${shown(right)}`);

  return {
    equal: compare,
    async comes(what, right, look, seconds = PATIENCE_SECONDS) {
      const deadline = performance.now() + seconds * 1000;
      for (;;) {
        const seen = await look();
        if (isDeepStrictEqual(seen, right) || performance.now() > deadline) return compare(what, seen, right);
        await sleep(LOOK_MILLISECONDS);
      }
    },
    async part(what, steps) {
      try {
        await steps();
        return true;
      } catch (error) {
        return tell(false, what, error instanceof Error ? error.message : String(error));
      }
    },
  };
}

const shown = (value: unknown): string => inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 6, maxArrayLength: 20 });
