import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { spanOf } from '../../scripts/progress.ts';
import type { Bar, Proof } from './proof.ts';

/** The result of one proof, with its time, code and machine. */
export type Score = {
  readonly name: string;
  readonly answers: string;
  readonly bars: readonly Bar[];
  readonly seed: number;
  readonly seconds: number;
  readonly at: string;
  /** The commit that was proved. `+` if the work tree differed from it in more than what proofs write. */
  readonly commit: string;
  readonly machine: string;
};

const folder = new URL('../', import.meta.url);
const jsonFile = new URL('scoreboard.json', folder);
const markdownFile = new URL('scoreboard.md', folder);

/** Whether every bar was met. */
export const isGood = ({ bars }: Pick<Score, 'bars'>): boolean => bars.every(({ isMet }) => isMet);

export function scoreOf({ name, answers }: Proof, bars: readonly Bar[], seed: number, seconds: number): Score {
  const machine = `${cpus().length} cores, Node ${process.versions.node}`;
  return { name, answers, bars, seed, seconds: Math.round(seconds), at: new Date().toISOString(), commit: commit(), machine };
}

/** The scores as a Markdown table, a row for each bar. */
export function tableOf(scores: readonly Score[]): string {
  const rows = scores.flatMap(({ name, bars, seconds }) =>
    bars.map(({ what, measured, bar, isMet }, index) => {
      const [first, time] = index === 0 ? [name, spanOf(seconds * 1000)] : ['', ''];
      return `| ${first} | ${what} | ${measured} | ${bar} | ${isMet ? 'yes' : '**no**'} | ${time} |`;
    }),
  );
  return ['| proof | what | measured | bar | met | time |', '|---|---|---:|---:|---|---:|', ...rows].join('\n');
}

/** Writes scores to proof/scoreboard.json and .md. Scores of other proofs stay. */
export function keep(scores: readonly Score[], order: readonly string[]): void {
  const known = existsSync(jsonFile) ? (JSON.parse(readFileSync(jsonFile, 'utf8')) as Score[]) : [];
  const all = [...known.filter(({ name }) => !scores.some((score) => score.name === name)), ...scores];
  const sorted = all.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  writeFileSync(jsonFile, `${JSON.stringify(sorted, null, 2)}\n`);
  const missing = order.filter((name) => !sorted.some((score) => score.name === name));
  writeFileSync(markdownFile, pageOf(sorted, missing));
}

function pageOf(scores: readonly Score[], missing: readonly string[]): string {
  const runs = scores.map(
    ({ name, answers, at, commit: on, seed, machine }) => `| ${name} | ${answers} | ${at.slice(0, 10)} | ${on} | ${seed} | ${machine} |`,
  );
  return [
    '# Scoreboard',
    '',
    'Written by `npm run prove`, which runs every proof at full size. `npm run prove -- --only NAME` runs one of them again. What each can and cannot show: [README.md](README.md). The same as data: [scoreboard.json](scoreboard.json).',
    '',
    tableOf(scores),
    '',
    ...(missing.length > 0 ? [`Not run yet at this size: ${missing.join(', ')}.`, ''] : []),
    '| proof | answers | day | commit | seed | machine |',
    '|---|---|---|---|---:|---|',
    ...runs,
    '',
  ].join('\n');
}

function commit(): string {
  try {
    const run = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return `${run('rev-parse', '--short', 'HEAD')}${run('status', '--porcelain', '--', '.', ':!proof/scoreboard.*', ':!proof/simulate/*.md', ':!proof/simulate/regressions.json') === '' ? '' : '+'}`;
  } catch {
    return 'not a checkout';
  }
}
