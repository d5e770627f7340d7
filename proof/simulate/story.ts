import type { Mutant } from './mutants.ts';
import { mutate } from './mutate.ts';
import type { Replay } from './shrink.ts';

export type Story = {
  /** A history in lines: who did what when, what went wrong and what it broke. */
  readonly lines: readonly string[];
  readonly isGood: boolean;
  /** How to run it again. */
  readonly replay: Replay;
};

/** Runs one history and returns its story. With a mutant the service is wrong in this way, and this process must not run another history. */
export async function storyOf(replay: Replay, mutant?: Mutant): Promise<Story> {
  const { runHistory, replayOf } = await load(mutant);
  const { story, violations } = await runHistory({ ...replayOf(replay, mutant?.mix), trace: true });
  return { lines: [...story, `${violations.length} violations`], isGood: violations.length === 0, replay };
}

/** The story of the smallest history that breaks the same promise as this one. */
export async function storyOfSmallest(replay: Replay, onProgress: (line: string) => void, mutant?: Mutant): Promise<Story> {
  const { runHistory, replayOf, shrunk } = await load(mutant);
  const first = await runHistory(replayOf(replay, mutant?.mix));
  if (first.violations.length === 0) {
    return { lines: [`seed ${replay.seed} breaks no promise, so there is nothing to shrink`], isGood: true, replay };
  }
  const smallest = await shrunk(first, onProgress, mutant?.mix);
  const { story, violations } = await runHistory({ ...replayOf(smallest, mutant?.mix), trace: true });
  const broken = violations.map(({ rule, what }) => `[${rule}] ${what}`);
  return { lines: [...story, ...broken, `again: ${commandOf(smallest, mutant)}`], isGood: false, replay: smallest };
}

/** Loads the service, after its files were patched. */
async function load(mutant: Mutant | undefined) {
  if (mutant) mutate(mutant.patches);
  return { ...(await import('./history.ts')), ...(await import('./shrink.ts')) };
}

function commandOf({ seed, only, drop, noOutages }: Replay, mutant: Mutant | undefined): string {
  const lists = `--only '${JSON.stringify(only ?? [])}' --drop '${JSON.stringify(drop ?? [])}'`;
  return `npm run simulate -- --trace --seed ${seed} ${lists}${noOutages ? ' --no-outages' : ''}${mutant ? ` --mutant '${mutant.name}'` : ''}`;
}
