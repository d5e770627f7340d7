import { parseArgs } from 'node:util';
import { command, UsageError } from '../scripts/command.ts';
import { bodies } from './bodies.ts';
import { coldStart } from './cold-start.ts';
import { drain } from './drain.ts';
import { growth } from './growth.ts';
import { latency } from './latency.ts';
import { keep, tableOf } from './report.ts';
import { times } from './times.ts';
import { warmRecord } from './warm-record.ts';

const benchmarks = [coldStart, warmRecord, latency, drain, growth, bodies, times];

const usage = `Usage: npm run bench -- [NAME…]

Runs all benchmarks, or those named. Prints a table of each and keeps it in bench/results/ as Markdown and JSON.
Status 0: every benchmark ran, with any result. 2: the arguments are not understood.

${benchmarks.map(({ name, answers }) => `${name.padEnd(12)}${answers}`).join('\n')}`;

await command('bench', usage, async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean', short: 'h', default: false } } });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const unknown = positionals.find((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined)
    throw new UsageError(`there is no benchmark called ${unknown}; there are ${benchmarks.map(({ name }) => name).join(', ')}`);
  for (const benchmark of benchmarks.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
    const result = await benchmark.run();
    keep(benchmark, result);
    console.log(`${tableOf(benchmark, result)}\n`);
  }
  return 0;
});
