import { mutants } from './mutants.ts';
import { mutate } from './mutate.ts';
import { print } from './run-workers.ts';

/** Runs one seed and prints its story; with `shrink`, the smallest history that breaks the same promise. Answers whether none is broken. */
export async function tellHistory({
  seed,
  shrink,
  only,
  drop,
  mutant,
}: {
  readonly seed: number;
  readonly shrink: boolean;
  readonly only: string | undefined;
  readonly drop: string | undefined;
  readonly mutant: string | undefined;
}): Promise<boolean> {
  const chosen = mutants.find(({ name }) => mutant !== undefined && name.includes(mutant));
  if (chosen) mutate(chosen.patches);
  const { runHistory } = await import('./history.ts');
  const { replayOf, shrunk } = await import('./shrink.ts');
  const given = replayOf({
    seed,
    ...(only !== undefined && { only: JSON.parse(only) as string[] }),
    ...(drop !== undefined && { drop: JSON.parse(drop) as number[] }),
  });
  const first = await runHistory({ ...(chosen?.mix && { mix: chosen.mix }), ...given, trace: !shrink });
  if (!shrink || first.violations.length === 0) {
    print(first.story.join('\n'));
    print(`${first.violations.length} violations, trace ${first.hash}`);
    return first.violations.length === 0;
  }
  const smallest = await shrunk(first, (line) => process.stderr.write(`\r${line}   `));
  const replay = replayOf(smallest);
  const { story, violations } = await runHistory({ ...replay, trace: true });
  print(`\n${story.join('\n')}`);
  for (const { rule, what } of violations) print(`[${rule}] ${what}`);
  print(`${JSON.stringify(smallest)}`);
  print(
    `again: npm run simulate -- --trace --seed ${seed} --only '${JSON.stringify(smallest.only)}' --drop '${JSON.stringify(smallest.drop)}'`,
  );
  return false;
}
