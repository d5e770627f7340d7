import type { Progress } from '../../scripts/progress.ts';
import type { Tried } from './exhaustive.ts';
import { type ScenarioThreads, scenarioThreads, shareOut } from './run-workers.ts';
import { scenarios } from './scenarios.ts';

/** What became of the placements in one scenario. */
export type ScenarioReport = {
  readonly scenario: string;
  readonly histories: number;
  readonly seconds: number;
  readonly broken: Tried['broken'];
};

/** Runs a scenario by its name, or answers what an earlier run of it showed. JSON must be able to hold that. */
export type Part = <T>(name: string, run: () => Promise<T>) => Promise<T>;

export type ExhaustOptions = {
  /** The most deviations in a history: 1 or 2. */
  readonly most: number;
  readonly workers: number;
  /** Only scenarios whose name contains this. */
  readonly only?: string | undefined;
  /** Tries one of this many placements of the first deviation. 1 tries all. */
  readonly oneOf?: number;
  readonly progress: Progress;
  /** Runs a scenario, or returns the result of an earlier run. If it is absent, each scenario is run. */
  readonly part?: Part;
  readonly onScenario: (report: ScenarioReport) => void;
};

/** Pieces of a scenario for each worker. Many, so that no worker waits long at the end. Few for quick ones: each first runs the calm history. */
const PIECES = 12;

/** Tries every placement of at most `most` deviations in every scenario. */
export async function exhaust({
  most,
  workers,
  only,
  oneOf = 1,
  progress,
  part = runAnew,
  onScenario,
}: ExhaustOptions): Promise<ScenarioReport[]> {
  const chosen = Object.keys(scenarios).filter((name) => only === undefined || name.includes(only));
  const pieces = oneOf > 1 ? workers : workers * PIECES;
  const reports: ScenarioReport[] = [];
  const threads = scenarioThreads();
  try {
    for (const [position, scenario] of chosen.entries()) {
      let done = position * pieces;
      const onPiece = () => {
        done += 1;
        progress(done, chosen.length * pieces, scenario);
      };
      const report = await part(`${scenario}, at most ${most}, one of ${oneOf}`, () =>
        exhaustOne(scenario, { most, workers, pieces, oneOf, threads, onPiece }),
      );
      reports.push(report);
      onScenario(report);
    }
    return reports;
  } finally {
    await threads.end();
  }
}

const runAnew: Part = (_name, run) => run();

type OneScenario = Pick<ExhaustOptions, 'most' | 'workers'> & {
  readonly pieces: number;
  readonly oneOf: number;
  readonly threads: ScenarioThreads;
  readonly onPiece: () => void;
};

async function exhaustOne(scenario: string, { most, workers, pieces, oneOf, threads, onPiece }: OneScenario): Promise<ScenarioReport> {
  const began = performance.now();
  let histories = 0;
  const broken: Tried['broken'][number][] = [];
  const jobs = Array.from({ length: pieces }, (_, index) => ({ scenario, most, index: index * oneOf, of: pieces * oneOf }));
  await shareOut(jobs, workers, async (job) => {
    const tried = await threads.attempt(job);
    histories += tried.runs;
    broken.push(...tried.broken);
    onPiece();
  });
  return { scenario, histories, seconds: (performance.now() - began) / 1000, broken };
}

/** The report as lines: what was tried, and the commands that show what broke. */
export function linesOf({ scenario, histories, seconds, broken }: ScenarioReport): string[] {
  return [
    `${scenario}: ${histories} histories, ${broken.length} violating, ${seconds.toFixed(0)} s`,
    ...broken
      .slice(0, 3)
      .map(({ only, violations }) => `  ${only.join(' + ')}: ${violations.map(({ rule, what }) => `[${rule}] ${what}`).join('; ')}`),
  ];
}
