import { parseArgs } from 'node:util';
import { command, freshSeed, UsageError, whole } from '../../scripts/command.ts';
import { progressBar } from '../../scripts/progress.ts';
import { tableOf } from './coverage.ts';
import { exhaust, linesOf } from './exhaust.ts';
import { explain } from './explain.ts';
import { deadly, killMutants, writeTable } from './kill-mutants.ts';
import { type Mutant, mutants } from './mutants.ts';
import { scenarios } from './scenarios.ts';
import { type Failed, simulate, summaryOf } from './simulate.ts';
import { storyOf, storyOfSmallest } from './story.ts';

const usage = `npm run simulate -- [--seeds N] [--seed S] [--workers K] [--coverage]    N histories from seed S on (default: 1000 from a fresh seed)
npm run simulate -- --seed S --trace [--only JSON] [--drop JSON] [--no-outages]    one history, line by line
npm run simulate -- --seed S --shrink [--mutant NAME]                      the smallest history that breaks the same promise
npm run simulate -- --mutants [--seeds N] [--seed S]                       try every broken service; each must be found (a full run writes mutants.md)
npm run simulate -- --mutant NAME [--seeds N] [--seed S]                   try one broken service
npm run simulate -- --exhaustive [--deviations 2] [--scenario NAME]        every placement of deviations in small scenarios
Status 0: no promise was broken. 1: one was, or a broken service was not found. 2: the arguments are not understood.`;

const MUTANT_SEEDS = '20000';

type Values = ReturnType<typeof read>;

function read() {
  return parseArgs({
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      workers: { type: 'string', default: '2' },
      trace: { type: 'boolean', default: false },
      shrink: { type: 'boolean', default: false },
      coverage: { type: 'boolean', default: false },
      exhaustive: { type: 'boolean', default: false },
      deviations: { type: 'string', default: '1' },
      scenario: { type: 'string' },
      mutants: { type: 'boolean', default: false },
      mutant: { type: 'string' },
      only: { type: 'string' },
      drop: { type: 'string' },
      'no-outages': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}

async function run(values: Values): Promise<boolean> {
  if (values.exhaustive) return everyPlacement(values);
  if (values.trace || values.shrink) return oneHistory(values);
  return values.mutants || values.mutant !== undefined ? wrongServices(values) : manyHistories(values);
}

async function manyHistories(values: Values): Promise<boolean> {
  const from = seedOf(values) ?? freshSeed();
  const seeds = whole('seeds', values.seeds ?? '1000', 1);
  console.log(`seeds ${from} to ${from + seeds - 1}`);
  const { progress, end } = progressBar('simulate');
  const report = await simulate({ from, seeds, workers: workersOf(values), progress, onFailed: sayFailed });
  end();
  console.log(summaryOf(report));
  if (values.coverage) console.log(tableOf(report.coverage));
  if (report.failed.length > 0) {
    const shrinking = progressBar('shrink');
    await explain(report.failed, console.log, (line) => shrinking.progress(0, 0, line));
    shrinking.end();
  }
  return report.failed.length === 0;
}

function sayFailed({ seed, violations }: Failed): void {
  console.log(`seed ${seed}: ${violations.map(({ rule, what }) => `[${rule}] ${what}`).join('\n  ')}`);
}

async function oneHistory(values: Values): Promise<boolean> {
  const seed = seedOf(values);
  if (seed === undefined) throw new UsageError('--trace and --shrink need --seed');
  if (values.shrink && (values.only !== undefined || values.drop !== undefined || values['no-outages'])) {
    throw new UsageError('--shrink begins with the whole history of a seed: leave out --only, --drop and --no-outages');
  }
  const replay = {
    seed,
    ...(values.only !== undefined && { only: listOf('only', values.only) as string[] }),
    ...(values.drop !== undefined && { drop: listOf('drop', values.drop) as number[] }),
    ...(values['no-outages'] && { noOutages: true }),
  };
  const mutant = values.mutant === undefined ? undefined : mutantNamed(values.mutant);
  const { progress, end } = progressBar('shrink');
  const story = values.shrink ? await storyOfSmallest(replay, (line) => progress(0, 0, line), mutant) : await storyOf(replay, mutant);
  end();
  console.log(story.lines.join('\n'));
  return story.isGood;
}

async function wrongServices(values: Values): Promise<boolean> {
  const seeds = whole('seeds', values.seeds ?? MUTANT_SEEDS, 1);
  const from = seedOf(values) ?? 1;
  const { progress, end } = progressBar('mutants');
  const found = await killMutants({
    chosen: values.mutant === undefined ? deadly : [mutantNamed(values.mutant)],
    seeds,
    from,
    workers: workersOf(values),
    progress,
    onFound: ({ name, by, tried, rule, what }) =>
      console.log(by === undefined ? `SURVIVED ${tried}: ${name} ${what}` : `${by}: ${name}${rule && ` [${rule}]`}`),
  });
  end();
  const survivors = found.filter(({ by }) => by === undefined);
  console.log(`${found.length - survivors.length} of ${found.length} found`);
  if (values.mutant === undefined && from === 1 && seeds === Number(MUTANT_SEEDS)) writeTable(found, seeds);
  return survivors.length === 0;
}

async function everyPlacement(values: Values): Promise<boolean> {
  const most = whole('deviations', values.deviations);
  const { scenario } = values;
  if (scenario !== undefined && !Object.keys(scenarios).some((name) => name.includes(scenario))) {
    throw new UsageError(`--scenario: no name contains ${scenario}; there are ${Object.keys(scenarios).join('; ')}`);
  }
  const { progress, end } = progressBar('exhaustive');
  const onScenario = (report: Parameters<typeof linesOf>[0]) => console.log(linesOf(report).join('\n'));
  const reports = await exhaust({ most, workers: workersOf(values), only: scenario, progress, onScenario });
  end();
  const histories = reports.reduce((sum, report) => sum + report.histories, 0);
  const broken = reports.reduce((sum, report) => sum + report.broken.length, 0);
  console.log(`${histories} histories with at most ${most} deviations, ${broken} violating`);
  return broken === 0;
}

/** The wrong service with this name, or else the first whose name contains it. */
function mutantNamed(text: string): Mutant {
  const found = mutants.find(({ name }) => name === text) ?? mutants.find(({ name }) => name.includes(text));
  if (!found) throw new UsageError(`--mutant: no broken service is called ${text}`);
  return found;
}

const seedOf = ({ seed }: Values): number | undefined => (seed === undefined ? undefined : whole('seed', seed));
const workersOf = ({ workers }: Values): number => whole('workers', workers, 1);

function listOf(option: string, text: string): unknown[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list;
  } catch {
    // Reported below, together with JSON that is not a list.
  }
  throw new UsageError(`--${option} must be a JSON list, as a failing run prints it`);
}

await command('simulate', usage, async () => {
  const values = read();
  if (!values.help) return (await run(values)) ? 0 : 1;
  console.log(usage);
  return 0;
});
