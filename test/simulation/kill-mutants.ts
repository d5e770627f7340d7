import { writeFileSync } from 'node:fs';
import type { Progress } from '../../scripts/progress.ts';
import { type Mutant, mutants } from './mutants.ts';
import { runWorker, shareOut } from './run-workers.ts';

/** What became of one wrong service: the first seed that found it, after so many histories, by which rule. */
export type Found = {
  readonly name: string;
  readonly seed: number | undefined;
  readonly tried: number;
  readonly rule: string;
  readonly what: string;
};

export type MutantOptions = {
  readonly chosen: readonly Mutant[];
  /** So many histories each at most, from this seed on. */
  readonly seeds: number;
  readonly from: number;
  readonly workers: number;
  readonly progress: Progress;
  readonly onFound: (found: Found) => void;
};

/** The wrong services that break a promise. */
export const deadly: readonly Mutant[] = mutants.filter(({ harmless }) => harmless === undefined);

/** Runs each mutant until a history breaks a promise. */
export async function killMutants({ chosen, seeds, from, workers, progress, onFound }: MutantOptions): Promise<Found[]> {
  const all: Found[] = [];
  await shareOut(chosen, workers, async ({ name }) => {
    let found: Found = { name, seed: undefined, tried: 0, rule: '', what: '' };
    // A text that is no longer in the code shows as not found; a test says which.
    await runWorker({ from, to: from + seeds, step: 1, mutant: name, untilFirst: true }, (report) => {
      if (report.kind === 'progress') found = { ...found, tried: found.tried + report.histories };
      const [first] = report.kind === 'failed' ? report.violations : [];
      if (report.kind === 'failed' && first) found = { ...found, seed: report.seed, rule: first.rule, what: first.what };
    }).catch((error: unknown) => {
      found = { ...found, what: String(error) };
    });
    all.push(found);
    onFound(found);
    progress(all.length, chosen.length, `${all.length} of ${chosen.length} wrong services`);
  });
  return all;
}

/** The table of which wrong service was found after how many histories, by which rule. */
export function writeTable(found: readonly Found[], seeds: number): void {
  const inOrder = mutants.flatMap(({ name }) => found.filter((one) => one.name === name));
  const text = [
    '# Wrong services that the simulation must find',
    '',
    `Written by \`npm run simulate -- --mutants --seeds ${seeds} --seed 1\`. Each is one text of the service replaced while it is loaded (\`mutants.yml\`); it runs from seed 1 on until a history breaks a promise.`,
    '',
    '| the service is wrong in this way | found by seed | first broken promise |',
    '|---|---:|---|',
    ...inOrder.map(({ name, seed, tried, rule }) => `| ${name} | ${seed ?? `not in ${tried}`} | ${rule} |`),
    '',
    'Not looked for, because they break no promise:',
    '',
    ...mutants.flatMap(({ name, harmless }) => (harmless === undefined ? [] : [`- ${name}: ${harmless}`])),
    '',
  ].join('\n');
  writeFileSync(new URL('./mutants.md', import.meta.url), text);
}
