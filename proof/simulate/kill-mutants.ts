import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Progress } from '../../scripts/progress.ts';
import { type Mutant, mutants } from './mutants.ts';
import { runWorker, scenarioThread, shareOut } from './run-workers.ts';

const root = new URL('../../', import.meta.url);

/** What became of one wrong service: the first seed that found it and the rule, or the test files that found it. */
export type Found = {
  readonly name: string;
  readonly by: string | undefined;
  readonly tried: number;
  readonly rule: string;
  readonly what: string;
  /** Its tests ran and passed: asked of services that are right. */
  readonly passes?: boolean;
};

export type MutantOptions = {
  readonly chosen: readonly Mutant[];
  /** The most histories for each wrong service, and the first seed. */
  readonly seeds: number;
  readonly from: number;
  readonly workers: number;
  readonly progress: Progress;
  readonly onFound: (found: Found) => void;
};

/** The wrong services that break a promise. */
export const deadly: readonly Mutant[] = mutants.filter(({ harmless }) => harmless === undefined);

/** Services with different code and the same behavior. A simulation that finds one of them is wrong. */
export const right: readonly Mutant[] = mutants.filter(({ harmless, directed }) => harmless !== undefined && directed !== undefined);

/** Runs each mutant until a history breaks a promise. */
export async function killMutants({ chosen, seeds, from, workers, progress, onFound }: MutantOptions): Promise<Found[]> {
  const all: Found[] = [];
  await shareOut(chosen, workers, async (mutant) => {
    const found = await findBy(mutant, from, seeds);
    all.push(found);
    onFound(found);
    progress(all.length, chosen.length, `${all.length} of ${chosen.length} wrong services`);
  });
  return all;
}

function findBy({ name, directed, scenario }: Mutant, from: number, seeds: number): Promise<Found> {
  if (directed) return runDirected(name, directed);
  return scenario === undefined ? runSeeds(name, from, seeds) : runPlacements(name, scenario);
}

async function runPlacements(name: string, scenario: string): Promise<Found> {
  let found: Found = { name, by: undefined, tried: 0, rule: '', what: '' };
  const thread = scenarioThread(name);
  try {
    const { runs, broken } = await thread.attempt({ scenario, most: 1, index: 0, of: 1 });
    const [first] = broken;
    const [violation] = first?.violations ?? [];
    found = { ...found, tried: runs };
    if (first && violation) found = { ...found, by: `${scenario}: ${first.only.join(' + ')}`, rule: violation.rule, what: violation.what };
  } catch (error) {
    found = { ...found, what: String(error) };
  } finally {
    await thread.end();
  }
  return found;
}

async function runSeeds(name: string, from: number, seeds: number): Promise<Found> {
  let found: Found = { name, by: undefined, tried: 0, rule: '', what: '' };
  // A patch that no longer fits counts as not found. A test names it.
  await runWorker({ from, to: from + seeds, step: 1, mutant: name, untilFirst: true }, (report) => {
    if (report.kind === 'progress') found = { ...found, tried: found.tried + report.histories };
    const [first] = report.kind === 'failed' ? report.violations : [];
    if (report.kind === 'failed' && first) found = { ...found, by: `seed ${report.seed}`, rule: first.rule, what: first.what };
  }).catch((error: unknown) => {
    found = { ...found, what: String(error) };
  });
  return found;
}

/** Runs test files with the wrong service. An assertion must fail. A failure to load does not count. */
async function runDirected(name: string, files: readonly string[]): Promise<Found> {
  // The results file is for tests of the right service.
  const { OTA_TEST_RESULTS: _results, ...environment } = process.env;
  const tests = spawn(process.execPath, [fileURLToPath(new URL('node_modules/vitest/vitest.mjs', root)), 'run', ...files], {
    cwd: fileURLToPath(root),
    env: { ...environment, OTA_MUTANT: name },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [tests.stdout, tests.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  await once(tests, 'close');
  const isFound = tests.exitCode === 1 && output.includes('AssertionError');
  return {
    name,
    by: isFound ? files.join(', ') : undefined,
    tried: 0,
    rule: '',
    what: isFound ? '' : output.slice(-300),
    passes: tests.exitCode === 0,
  };
}

/** Writes mutants.md: the seed and the rule that found each wrong service. */
export function writeTable(found: readonly Found[], seeds: number): void {
  const inOrder = mutants.flatMap(({ name }) => found.filter((one) => one.name === name));
  const text = [
    '# Wrong services that the simulation must find',
    '',
    `Written by \`npm run simulate -- --mutants --seeds ${seeds} --seed 1\`. Each replaces texts of the service when it is loaded (\`mutants.yml\`). Histories from seed 1 on run until one breaks a promise. If histories cannot see a mistake, the named test files find it.`,
    '',
    '| the service is wrong in this way | found by | first broken promise |',
    '|---|---|---|',
    ...inOrder.map(({ name, by, tried, rule }) => `| ${name} | ${by ?? `not in ${tried}`} | ${rule} |`),
    '',
    'Right, with different code. These must not be found:',
    '',
    ...right.map(({ name }) => `- ${name}`),
    '',
    'Not looked for, as they break no promise:',
    '',
    ...mutants.flatMap(({ name, harmless, directed }) => (harmless === undefined || directed ? [] : [`- ${name}: ${harmless}`])),
    '',
  ].join('\n');
  writeFileSync(new URL('./mutants.md', import.meta.url), text);
}
