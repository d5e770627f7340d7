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
  /** The code that was proved, see `codeHash`. */
  readonly code: string;
  /** A commit with that code. `+` if the work tree differed from it in more than what proofs write. */
  readonly commit: string;
  readonly machine: string;
};

const folder = new URL('../', import.meta.url);
const jsonFile = new URL('scoreboard.json', folder);
const markdownFile = new URL('scoreboard.md', folder);

/** Whether every bar was met. */
export const isGood = ({ bars }: Pick<Score, 'bars'>): boolean => bars.every(({ isMet }) => isMet);

/** The score of a proof that has just ended. `given` has its seed, the code, and the seconds that all its runs took. */
export function scoreOf({ name, answers }: Proof, bars: readonly Bar[], given: Pick<Score, 'seed' | 'seconds' | 'code'>): Score {
  const machine = `${cpus().length} cores, Node ${process.versions.node}`;
  const { seed, seconds, code } = given;
  return { name, answers, bars, seed, seconds: Math.round(seconds), at: new Date().toISOString(), code, commit: commit(), machine };
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

/** The scores in proof/scoreboard.json. */
export function knownScores(): Score[] {
  return existsSync(jsonFile) ? (JSON.parse(readFileSync(jsonFile, 'utf8')) as Score[]) : [];
}

/** Writes a score to proof/scoreboard.json and .md. Scores of other proofs stay. */
export function keep(score: Score, order: readonly string[]): void {
  const all = [...knownScores().filter(({ name }) => name !== score.name), score];
  const sorted = all.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  writeFileSync(jsonFile, `${JSON.stringify(sorted, null, 2)}\n`);
  writeFileSync(markdownFile, pageOf(sorted, order, score.code));
}

/** Which proofs have not met their bars on this code: they never ran, ran on other code, or a bar was not met. */
export function lackingOf(scores: readonly Score[], order: readonly string[], code: string): string[] {
  return order.filter((name) => !scores.some((score) => score.name === name && score.code === code && isGood(score)));
}

/** The page of the scoreboard, for the code that was proved last. */
export function pageOf(scores: readonly Score[], order: readonly string[], code: string): string {
  const lacking = lackingOf(scores, order, code);
  const runs = scores.map(
    ({ name, answers, at, code: of, commit: on, seed, machine }) =>
      `| ${name} | ${answers} | ${at.slice(0, 10)} | ${of} | ${on} | ${seed} | ${machine} |`,
  );
  return [
    '# Scoreboard',
    '',
    'Written by `npm run prove`, which runs every proof at full size. `npm run prove -- --only NAME` runs one of them again. What each can and cannot show: [README.md](README.md). The same as data: [scoreboard.json](scoreboard.json).',
    '',
    lacking.length === 0
      ? `This scoreboard is whole: every proof met its bars on the code ${code}.`
      : `This scoreboard is not whole. These proofs have not met their bars on the code ${code}: ${lacking.join(', ')}.`,
    '',
    tableOf(scores),
    '',
    '| proof | answers | day | code | commit | seed | machine |',
    '|---|---|---|---|---|---:|---|',
    ...runs,
    '',
  ].join('\n');
}

function commit(): string {
  try {
    const run = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return `${run('rev-parse', '--short', 'HEAD')}${run('status', '--porcelain', '--', '.', ':!proof/scoreboard.*', ':!proof/unfinished.json', ':!proof/simulate/*.md', ':!proof/simulate/regressions.json') === '' ? '' : '+'}`;
  } catch {
    return 'not a checkout';
  }
}
