import { writeFileSync } from 'node:fs';
import type { Progress } from '../../scripts/progress.ts';
import { chanceOf } from '../random.ts';
import { type Counted, type Coverage, emptyCoverage, tableOf } from '../simulate/coverage.ts';
import { exhaust, linesOf as linesOfScenario, type Part } from '../simulate/exhaust.ts';
import { explain } from '../simulate/explain.ts';
import { deadly, killMutants, right, writeTable } from '../simulate/kill-mutants.ts';
import { type Failed, type SimulationOptions, type SimulationReport, simulate, summaryOf } from '../simulate/simulate.ts';
import { atLeast, none, type Proof } from './proof.ts';
import type { Unfinished } from './unfinished.ts';

const SEEDS = { small: { fixed: 2_000, fresh: 1_000 }, release: { fixed: 0, fresh: 1_000_000 } };
/** In a release run each fault hits each kind of call at least this often. */
const HITS_MIN = 100;
/** A release run that is stopped loses at most this many histories. */
const PART = 10_000;
const MUTANT_SEEDS = 20_000;
const SMALL_MUTANTS = 10;
const DEVIATIONS = { small: 1, release: 2 };
/** A small run tries one of this many placements. */
const SMALL_PLACEMENTS = 12;

export const histories: Proof = {
  name: 'simulation',
  answers: 'seeded histories of the real handlers under every fault: every promise holds',
  run: async ({ size, seed, workers, histories: only, progress, unfinished, say }) => {
    const { fixed, fresh: asked } = SEEDS[size];
    const fresh = Math.min(asked, only ?? asked);
    const failed: Failed[] = [];
    const onFailed = (one: Failed) => {
      failed.push(one);
      say(`seed ${one.seed}: ${one.violations.map(({ rule, what }) => `[${rule}] ${what}`).join('; ')}`);
    };
    if (fixed > 0) say(summaryOf(await simulate({ from: 1, seeds: fixed, workers, progress, onFailed })));
    const report =
      size === 'small'
        ? await simulate({ from: seed, seeds: fresh, workers, progress, onFailed })
        : await inParts(unfinished, { from: seed, seeds: fresh, workers, progress, onFailed });
    say(summaryOf(report));
    await explain(failed, say, (line) => progress(0, 0, line));
    const bars = [
      atLeast('histories', fixed + report.histories, fixed + asked),
      none('violating histories', failed.length),
      atLeast('faults that happened', report.coverage.happened(), 1),
    ];
    return size === 'small' ? bars : [...bars, ...coverageOf(report.coverage, seed, fresh)];
  },
};

/** What the histories so far have shown, as data. */
type Shown = Omit<SimulationReport, 'coverage'> & { readonly counted: Counted };

/** Runs the histories that earlier runs of this code have not run, and answers what all of them show. */
async function inParts(
  unfinished: Unfinished,
  { from: first, seeds, workers, progress, onFailed }: SimulationOptions,
): Promise<SimulationReport> {
  let shown: Shown = unfinished.load() ?? { from: first, histories: 0, rollouts: 0, invocations: 0, seconds: 0, failed: [], counted: [] };
  for (const one of shown.failed) onFailed(one);
  while (shown.histories < seeds) {
    const { histories: done, failed } = shown;
    const within: Progress = (more) => progress(done + more, seeds, `${done + more} of ${seeds} histories, ${failed.length} violating`);
    const part = { from: first + done, seeds: Math.min(PART, seeds - done) };
    const next = await simulate({ ...part, workers, progress: within, onFailed });
    shown = together(shown, next);
    unfinished.save(shown, next.seconds);
  }
  const coverage = emptyCoverage();
  coverage.add(shown.counted);
  return { ...shown, coverage };
}

function together(before: Shown, { coverage, ...next }: SimulationReport): Shown {
  const sum = emptyCoverage();
  sum.add(before.counted);
  sum.add(coverage.counted());
  return {
    from: before.from,
    histories: before.histories + next.histories,
    rollouts: before.rollouts + next.rollouts,
    invocations: before.invocations + next.invocations,
    seconds: before.seconds + next.seconds,
    failed: [...before.failed, ...next.failed],
    counted: sum.counted(),
  };
}

function coverageOf(coverage: Coverage, from: number, seeds: number) {
  const text = [
    '# Faults that hit calls',
    '',
    `Written by \`npm run prove\`: how often each fault happened at each kind of call in ${seeds.toLocaleString('en')} histories from seed ${from} on; \`·\` where it cannot. A label without a function is of the service itself.`,
    '',
    tableOf(coverage),
    '',
  ].join('\n');
  writeFileSync(new URL('../simulate/coverage.md', import.meta.url), text);
  const [rarest] = coverage.pairs();
  const pairs = coverage.pairs().length;
  return [
    atLeast('pairs of a fault and a kind of call', pairs, 1),
    atLeast(`the rarest of them, ${rarest?.fault} at ${rarest?.at}`, rarest?.happened ?? 0, HITS_MIN),
  ];
}

export const placements: Proof = {
  name: 'exhaustive',
  answers: 'every placement of deviations in small scenarios (one of them in a share of the placements, where the run is small)',
  run: async ({ size, workers, progress, unfinished, say }) => {
    const reports = await exhaust({
      most: DEVIATIONS[size],
      workers,
      oneOf: size === 'small' ? SMALL_PLACEMENTS : 1,
      progress,
      ...(size === 'release' && { part: partsOf(unfinished) }),
      onScenario: (report) => {
        if (size === 'release' || report.broken.length > 0) for (const line of linesOfScenario(report)) say(line);
      },
    });
    const sum = (of: (report: (typeof reports)[number]) => number) => reports.reduce((total, report) => total + of(report), 0);
    return [
      atLeast(
        `histories with at most ${DEVIATIONS[size]} deviations`,
        sum(({ histories: tried }) => tried),
        1,
      ),
      none(
        'violating',
        sum(({ broken }) => broken.length),
      ),
    ];
  },
};

/** Runs a scenario that no earlier run of this code has run. */
function partsOf(unfinished: Unfinished): Part {
  return async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    const known = unfinished.load<Record<string, T>>() ?? {};
    const before = known[name];
    if (before !== undefined) return before;
    const began = performance.now();
    const shown = await run();
    unfinished.save({ ...known, [name]: shown }, (performance.now() - began) / 1000);
    return shown;
  };
}

export const mutantsFound: Proof = {
  name: 'mutants',
  answers: 'services that are wrong on purpose: the simulation finds each',
  run: async ({ size, seed, workers, progress, say }) => {
    const chosen = size === 'release' ? deadly : someOf(seed);
    const found = await killMutants({
      chosen,
      seeds: MUTANT_SEEDS,
      from: 1,
      workers,
      progress,
      onFound: ({ name, by, tried, what }) => {
        if (by === undefined) say(`SURVIVED ${tried}: ${name} ${what}`);
      },
    });
    // Run after the others, to check that nothing of their patches has stayed.
    const wrongly = await killMutants({ chosen: right, seeds: 0, from: 1, workers: 1, progress, onFound: () => undefined });
    if (size === 'release') writeTable(found, MUTANT_SEEDS);
    const killed = found.filter(({ by }) => by !== undefined).length;
    return [
      atLeast('wrong services found', killed, chosen.length),
      atLeast('right services that pass', wrongly.filter(({ passes }) => passes).length, Math.max(1, right.length)),
    ];
  },
};

/** Different ones each time. */
function someOf(seed: number) {
  const chance = chanceOf(seed);
  return deadly
    .map((mutant) => ({ mutant, lot: chance.number('lot', 0, 1) }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, SMALL_MUTANTS)
    .map(({ mutant }) => mutant);
}
