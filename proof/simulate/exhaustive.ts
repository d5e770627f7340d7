import { calmMix } from './fault-mix.ts';
import { runHistory } from './history.ts';
import type { Violation } from './monitor.ts';
import { scenarios } from './scenarios.ts';

/** Deviations that are tried in pairs. Alone, every deviation is tried. */
const inPairs = ['crash before', 'crash after', 'error', 'lost reply', 'early redelivery', 'lost message', 'create failed'];

export type Tried = {
  readonly runs: number;
  readonly broken: readonly { readonly only: readonly string[]; readonly violations: readonly Violation[] }[];
};

/**
 * Tries every placement of at most `most` deviations (1 or 2) in a scenario, if the first one belongs to this share of
 * the work. A second deviation is placed wherever it is possible after the first.
 */
export async function tryAll(name: string, most: number, share: { readonly index: number; readonly of: number }): Promise<Tried> {
  const actions = scenarios[name];
  if (!actions) throw new Error(`no scenario ${name}`);
  const broken: { only: readonly string[]; violations: readonly Violation[] }[] = [];
  let runs = 0;
  const attempt = async (only: readonly string[]): Promise<string[]> => {
    const possible: string[] = [];
    runs += only.length > 0 || share.index === 0 ? 1 : 0;
    const { violations, givenUp } = await runHistory({
      seed: 1,
      actions,
      outages: [],
      mix: calmMix,
      only: new Set(only),
      onPossible: (key) => possible.push(key),
    });
    const lost =
      givenUp === 0 ? [] : [{ rule: 'receives', what: `${givenUp} messages were given up over ${only.length} deviations`, at: 0 }];
    if (violations.length + lost.length > 0) broken.push({ only, violations: [...violations, ...lost] });
    return possible;
  };
  const firsts = await attempt([]);
  for (const [position, first] of firsts.entries()) {
    if (position % share.of !== share.index) continue;
    const after = await attempt([first]);
    if (most < 2 || !isPaired(first)) continue;
    for (const second of after.slice(after.indexOf(first) + 1)) if (isPaired(second)) await attempt([first, second]);
  }
  return { runs, broken };
}

function isPaired(key: string): boolean {
  return inPairs.some((kind) => key.startsWith(`${kind} `));
}
