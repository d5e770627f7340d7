import { type Mutant, mutants } from './mutants.ts';
import { mutate } from './mutate.ts';
import type { Replay } from './shrink.ts';

export type Told = {
  /** A history as a story: who did what when, what went wrong and what it broke. */
  readonly lines: readonly string[];
  readonly isGood: boolean;
  /** How to run it again. */
  readonly replay: Replay;
};

/** Runs one history and tells its story. With a mutant, that of a service that is wrong in this way; then no other may be run in this process. */
export async function tellHistory(replay: Replay, mutant?: Mutant): Promise<Told> {
  const { runHistory, replayOf } = await load(mutant);
  const { story, violations, hash } = await runHistory({ ...mixOf(mutant), ...replayOf(replay), trace: true });
  return { lines: [...story, `${violations.length} violations, trace ${hash}`], isGood: violations.length === 0, replay };
}

/** The smallest history that breaks the same promise as this one, told; a history that breaks none is told as it is. */
export async function tellSmallest(replay: Replay, onProgress: (line: string) => void, mutant?: Mutant): Promise<Told> {
  const { runHistory, replayOf, shrunk } = await load(mutant);
  const first = await runHistory({ ...mixOf(mutant), ...replayOf(replay) });
  if (first.violations.length === 0) return tellHistory(replay, mutant);
  const smallest = await shrunk(first, onProgress);
  const { story, violations } = await runHistory({ ...mixOf(mutant), ...replayOf(smallest), trace: true });
  const broken = violations.map(({ rule, what }) => `[${rule}] ${what}`);
  return { lines: [...story, ...broken, `again: ${commandOf(smallest)}`], isGood: false, replay: smallest };
}

/** The mutant whose name holds this text. Throws where there is none. */
export function mutantNamed(text: string): Mutant {
  const found = mutants.find(({ name }) => name.includes(text));
  if (!found) throw new RangeError(`no wrong service is called ${text}`);
  return found;
}

const mixOf = (mutant: Mutant | undefined) => (mutant?.mix ? { mix: mutant.mix } : {});

/** The service is loaded after it was made wrong. */
async function load(mutant: Mutant | undefined) {
  if (mutant) mutate(mutant.patches);
  return { ...(await import('./history.ts')), ...(await import('./shrink.ts')) };
}

function commandOf({ seed, only, drop, noOutages }: Replay): string {
  const lists = `--only '${JSON.stringify(only ?? [])}' --drop '${JSON.stringify(drop ?? [])}'`;
  return `npm run simulate -- --trace --seed ${seed} ${lists}${noOutages ? ' --no-outages' : ''}`;
}
