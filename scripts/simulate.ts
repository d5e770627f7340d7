import { parseArgs } from 'node:util';
import { exhaust } from '../test/simulation/exhaust.ts';
import { killMutants } from '../test/simulation/kill-mutants.ts';
import { simulate } from '../test/simulation/simulate.ts';
import { tellHistory } from '../test/simulation/tell-history.ts';

const usage = `npm run simulate -- [--seeds N] [--seed S] [--workers K] [--coverage]    N histories from seed S on (default: 1000 from a fresh seed)
npm run simulate -- --seed S --trace [--only JSON] [--drop JSON]         one history as a story
npm run simulate -- --mutants [NAME] [--seeds N]                          break the service in every known way; each must be found
npm run simulate -- --exhaustive [--deviations 2] [--scenario NAME]       every placement of deviations in small scenarios`;

const { values } = parseArgs({
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
    help: { type: 'boolean', default: false },
  },
});

const seed = values.seed === undefined ? undefined : whole('seed', values.seed);
const workers = whole('workers', values.workers);
if (values.help) console.log(usage);
else if (values.exhaustive) {
  process.exitCode = (await exhaust({ most: whole('deviations', values.deviations), workers, only: values.scenario })) ? 0 : 1;
} else if (values.mutants || (values.mutant !== undefined && !values.trace && !values.shrink)) {
  const seeds = whole('seeds', values.seeds ?? '20000');
  process.exitCode = (await killMutants({ seeds, from: seed ?? 1, workers, only: values.mutant })) ? 0 : 1;
} else if (values.trace || values.shrink) {
  process.exitCode = (await tellHistory({
    seed: seed ?? 1,
    shrink: values.shrink,
    only: values.only,
    drop: values.drop,
    mutant: values.mutant,
  }))
    ? 0
    : 1;
} else {
  const from = seed ?? Date.now() % 1_000_000_000;
  process.exitCode = (await simulate({ from, seeds: whole('seeds', values.seeds ?? '1000'), workers, coverage: values.coverage })) ? 0 : 1;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`--${name} takes a whole number\n${usage}`);
  return value;
}
