import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { command, exit, UsageError } from '../scripts/command.ts';
import { benchmarks } from './benchmarks.ts';
import { type Benchmark, keep, type Result, type Size, tableOf } from './report.ts';

const usage = `Usage: npm run bench -- [--smallest] [NAME…]

Runs all benchmarks, or those named, each in a process of its own. Prints a table of each and keeps it in bench/results/ as Markdown
and JSON. With --smallest each does the least work that still runs all of its code, and only its time is printed: npm run check:long
does this. Status 0: every benchmark ran, with any result. 1: one failed. 2: the arguments are not understood.

${benchmarks.map(({ name, answers }) => `${name.padEnd(12)}${answers}`).join('\n')}`;

await command('bench', usage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { smallest: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    console.log(usage);
    return exit.ok;
  }
  const unknown = positionals.find((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined)
    throw new UsageError(`there is no benchmark called ${unknown}; there are ${benchmarks.map(({ name }) => name).join(', ')}`);
  const failed: string[] = [];
  for (const benchmark of benchmarks.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
    const began = performance.now();
    const result = await runAlone(benchmark, values.smallest ? 'smallest' : 'whole');
    if (result === undefined) {
      failed.push(benchmark.name);
      console.error(`${benchmark.name} failed`);
    } else if (values.smallest) {
      console.log(
        `${benchmark.name.padEnd(12)}ran in ${((performance.now() - began) / 1000).toFixed(1)} s, ${result.figures.length} figures`,
      );
      for (const note of result.notes ?? []) console.log(note);
    } else {
      keep(benchmark, result);
      console.log(`${tableOf(benchmark, result)}\n`);
    }
  }
  return failed.length > 0 ? exit.failed : exit.ok;
});

/**
 * Runs a benchmark in a process of its own. So nothing that it changes reaches the next one: variables, globals, compiled code or
 * a full heap. Its errors appear on standard error. Undefined if it failed.
 */
async function runAlone({ name }: Benchmark, size: Size): Promise<Result | undefined> {
  const child = fork(join(import.meta.dirname, 'child.ts'), [name, size], { execArgv: ['--expose-gc'], serialization: 'advanced' });
  process.once('exit', () => child.kill());
  let result: Result | undefined;
  child.on('message', (message) => {
    result = message as Result;
  });
  const [status] = await once(child, 'close');
  return status === 0 ? result : undefined;
}
