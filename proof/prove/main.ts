import { parseArgs } from 'node:util';
import { command, freshSeed, UsageError, whole } from '../../scripts/command.ts';
import { progressBar, spanOf } from '../../scripts/progress.ts';
import { fuzzing, stores } from './comparisons.ts';
import { kills, soak } from './machines.ts';
import type { Given, Proof, Size } from './proof.ts';
import { isGood, keep, type Score, scoreOf, tableOf } from './scoreboard.ts';
import { histories, mutantsFound, placements } from './simulations.ts';

/** The quick proofs come first. */
const proofs: readonly Proof[] = [kills, stores, fuzzing, soak, mutantsFound, placements, histories];

const usage = `Usage: npm run prove -- [--small] [--only NAME]... [--seed S] [--workers K] [--histories N] [--json]

Runs every proof at full size, which takes hours. Prints a scoreboard and keeps it in proof/scoreboard.md and
.json. --small runs the share that CI runs, in minutes. Its scoreboard is printed and not kept. Status 0: every bar is met.
1: one is not. 2: the arguments are not understood.

NAME: ${proofs.map(({ name }) => name).join(', ')}. Without --seed a fresh seed is drawn and printed.
A run that was stopped continues with the same --seed if the code is the same.
--histories N runs fewer histories of the simulation, and its bar stays the same.`;

function read() {
  return parseArgs({
    options: {
      small: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      seed: { type: 'string' },
      workers: { type: 'string', default: '2' },
      histories: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}

async function run(values: ReturnType<typeof read>): Promise<boolean> {
  const unknown = values.only?.find((name) => !proofs.some((proof) => proof.name === name));
  if (unknown !== undefined)
    throw new UsageError(`--only: there is no proof called ${unknown}; there are ${proofs.map(({ name }) => name).join(', ')}`);
  const chosen = proofs.filter(({ name }) => values.only?.includes(name) ?? true);
  const size: Size = values.small ? 'small' : 'release';
  const seed = values.seed === undefined ? freshSeed() : whole('seed', values.seed);
  const workers = whole('workers', values.workers, 1);
  const histories = values.histories === undefined ? undefined : whole('histories', values.histories, 1);
  const say = values.json ? (line: string) => console.error(line) : console.log;
  say(`${size === 'small' ? 'a small share of every proof' : 'every proof at full size'}, seed ${seed}`);
  const scores: Score[] = [];
  for (const proof of chosen) {
    const score = await runOne(proof, { size, seed, workers, histories, say });
    scores.push(score);
    if (size === 'release')
      keep(
        [score],
        proofs.map(({ name }) => name),
      );
    say(`${isGood(score) ? 'ok    ' : 'BROKEN'} ${proof.name}, ${spanOf(score.seconds * 1000)}`);
  }
  console.log(values.json ? JSON.stringify(scores, null, 2) : tableOf(scores));
  return scores.every(isGood);
}

async function runOne(proof: Proof, given: Omit<Given, 'progress' | 'spentBefore'>): Promise<Score> {
  const began = performance.now();
  const { progress, end } = progressBar(proof.name);
  let before = 0;
  const spentBefore = (seconds: number) => {
    before += seconds;
  };
  const bars = await proof.run({ ...given, progress, spentBefore });
  end();
  return scoreOf(proof, bars, given.seed, before + (performance.now() - began) / 1000);
}

await command('prove', usage, async () => {
  const values = read();
  if (!values.help) return (await run(values)) ? 0 : 1;
  console.log(usage);
  return 0;
});
