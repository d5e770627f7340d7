import { coldStart } from './cold-start.ts';
import { drain } from './drain.ts';
import { growth } from './growth.ts';
import { latency } from './latency.ts';
import { keep, tableOf } from './report.ts';
import { times } from './times.ts';
import { warmRecord } from './warm-record.ts';

/** `npm run bench [-- NAME…]`: runs the benchmarks, all or those named, prints a table of each and keeps it in bench/results/. */
const benchmarks = [coldStart, warmRecord, latency, drain, growth, times];
const names = process.argv.slice(2);
const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0)
  throw new Error(`there is no benchmark ${unknown.join(', ')}; there are ${benchmarks.map(({ name }) => name).join(', ')}`);
for (const benchmark of benchmarks.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const result = await benchmark.run();
  keep(benchmark, result);
  console.log(`${tableOf(benchmark, result)}\n`);
}
