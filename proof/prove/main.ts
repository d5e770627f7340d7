import { parseArgs } from 'node:util';
import { command, freshSeed, UsageError, whole } from '../../scripts/command.ts';
import { progressBar, spanOf } from '../../scripts/progress.ts';
import { codeHash } from './code.ts';
import { fuzzing, stores } from './comparisons.ts';
import { kills, soak } from './machines.ts';
import type { Given, Proof, Size } from './proof.ts';
import { isGood, keep, knownScores, lackingOf, type Score, scoreOf, tableOf } from './scoreboard.ts';
import { histories, mutantsFound, placements } from './simulations.ts';
import { unfinishedIn } from './unfinished.ts';

/** The quick proofs come first. */
const proofs: readonly Proof[] = [kills, stores, fuzzing, soak, mutantsFound, placements, histories];

const states = unfinishedIn(new URL('../unfinished.json', import.meta.url));

const usage = `Usage: npm run prove -- [--small] [--only NAME]... [--except NAME]... [--seed S] [--workers K] [--histories N] [--again] [--json]

Runs every proof at full size, which takes hours. Prints a scoreboard and keeps it in proof/scoreboard.md and
.json. --small runs the share that CI runs, in minutes. Its scoreboard is printed and not kept. Status 0: every bar is met.
1: one is not. 2: the arguments are not understood.

NAME: ${proofs.map(({ name }) => name).join(', ')}. Without --seed a fresh seed is drawn and printed.
The code is identified by a hash. A proof that has met its bars on the same code is not run again: --again runs it all the same.
The simulation and the exhaustive proof save what they have done in proof/unfinished.json. Commit it, and a later run goes on there if the
code is the same. --histories N stops the simulation after N histories in all, and its bar stays the same.`;

function read() {
  return parseArgs({
    options: {
      small: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      except: { type: 'string', multiple: true },
      seed: { type: 'string' },
      workers: { type: 'string', default: '2' },
      histories: { type: 'string' },
      again: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}

async function run(values: ReturnType<typeof read>): Promise<boolean> {
  for (const option of ['only', 'except'] as const) {
    const unknown = values[option]?.find((name) => !proofs.some((proof) => proof.name === name));
    if (unknown !== undefined)
      throw new UsageError(`--${option}: there is no proof called ${unknown}; there are ${proofs.map(({ name }) => name).join(', ')}`);
  }
  const chosen = proofs.filter(({ name }) => (values.only?.includes(name) ?? true) && !values.except?.includes(name));
  const size: Size = values.small ? 'small' : 'release';
  const drawn = values.seed === undefined ? freshSeed() : whole('seed', values.seed);
  const workers = whole('workers', values.workers, 1);
  const histories = values.histories === undefined ? undefined : whole('histories', values.histories, 1);
  const say = values.json ? (line: string) => console.error(line) : console.log;
  const code = codeHash();
  const names = proofs.map(({ name }) => name);
  say(`${size === 'small' ? 'a small share of every proof' : `every proof at full size, code ${code}`}, seed ${drawn}`);
  const scores: Score[] = [];
  for (const proof of chosen) {
    const known = size === 'release' && !values.again ? knownScores().find(isOf(proof.name, code)) : undefined;
    if (known !== undefined) {
      scores.push(known);
      say(`known  ${proof.name}, met its bars on this code on ${known.at.slice(0, 10)}`);
      continue;
    }
    const seed = (size === 'release' && values.seed === undefined ? states.seedOf(proof.name, code) : undefined) ?? drawn;
    if (seed !== drawn) say(`${proof.name} goes on with seed ${seed}`);
    const score = await runOne(proof, { size, seed, workers, histories, say, unfinished: states.of(proof.name, code, seed) }, code);
    scores.push(score);
    if (size === 'release') keep(score, names);
    say(`${isGood(score) ? 'ok    ' : 'BROKEN'} ${proof.name}, ${spanOf(score.seconds * 1000)}`);
  }
  if (size === 'release') {
    const lacking = lackingOf(knownScores(), names, code);
    say(
      lacking.length === 0 ? `the scoreboard is whole for the code ${code}` : `still lacking for the code ${code}: ${lacking.join(', ')}`,
    );
  }
  console.log(values.json ? JSON.stringify(scores, null, 2) : tableOf(scores));
  return scores.every(isGood);
}

const isOf = (name: string, code: string) => (score: Score) => score.name === name && score.code === code && isGood(score);

async function runOne(proof: Proof, given: Omit<Given, 'progress'>, code: string): Promise<Score> {
  const began = performance.now();
  const before = given.unfinished.seconds();
  const { progress, end } = progressBar(proof.name);
  const bars = await proof.run({ ...given, progress });
  end();
  return scoreOf(proof, bars, { seed: given.seed, code, seconds: before + (performance.now() - began) / 1000 });
}

await command('prove', usage, async () => {
  const values = read();
  if (!values.help) return (await run(values)) ? 0 : 1;
  console.log(usage);
  return 0;
});
