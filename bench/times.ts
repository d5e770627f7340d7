import { spawn, spawnSync } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { EXAMPLE_CHANNELS } from '../scripts/service-copy.ts';
import type { Benchmark, Figure, Result, Size } from './report.ts';

const root = join(import.meta.dirname, '..');
/** What `npm test` runs, and a test file that takes no time. */
const TESTS = { whole: ['--project', 'together', '--project', 'alone'], smallest: ['test/domain/json/problem.test.ts'] } as const;

export const times: Benchmark = {
  name: 'times',
  answers: 'how long a developer waits for the tests, for packaging, and for the local service after it.',
  read: 'Wall time of the commands themselves, once each.',
  cannot: 'how long they take on a busy machine, or the first time with cold files.',
  run: measure,
};

async function measure(size: Size): Promise<Result> {
  const begun = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['scripts/package.ts', '--channels', EXAMPLE_CHANNELS], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`packaging failed:\n${stderr}`);
  const packaged = (performance.now() - begun) / 1000;
  const ready = await secondsUntilReady();
  const tested = secondsOfTests(TESTS[size]);
  const start = figure('`npm start` until it says where it listens', ready, packaged + 3);
  return {
    figures: [
      figure('`npm test`', tested, 120),
      figure('`npm run package`', packaged, 5),
      { ...start, floor: `${packaged.toFixed(1)} s to package`, goal: '≤ 3 s more' },
    ],
  };
}

function figure(what: string, seconds: number, goal: number): Figure {
  return { what, value: `${seconds.toFixed(1)} s`, goal: `≤ ${goal} s`, met: seconds <= goal };
}

function secondsOfTests(tests: readonly string[]): number {
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...tests], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`the tests failed:\n${failuresIn(stdout + stderr)}`);
  return (performance.now() - begun) / 1000;
}

/** The lines that name a failed test and its error. */
function failuresIn(output: string): string {
  return output
    .split('\n')
    .filter((line) => /FAIL|Error/.test(line))
    .slice(0, 20)
    .join('\n');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  return port;
}

/** Starts the local service at a free port, waits until it prints its address, and stops it. */
async function secondsUntilReady(): Promise<number> {
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    ['local/main.ts', '--channels', EXAMPLE_CHANNELS, '--no-examples', '--port', String(await freePort())],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    if (/http:\/\/127\.0\.0\.1:\d+/.test(text)) break;
  }
  const seconds = (performance.now() - begun) / 1000;
  child.kill('SIGTERM');
  if (!/http:\/\//.test(text)) throw new Error(`the local service did not start:\n${text}`);
  return seconds;
}
