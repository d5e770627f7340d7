import type { Benchmark, Size } from './report.ts';

/** `node bench/child.ts NAME SIZE` runs the benchmark of the file NAME.ts in a process of its own, and sends its result to the parent. */
const [, , name, size] = process.argv;
const module = (await import(`./${name}.ts`)) as Readonly<Record<string, Benchmark>>;
const benchmark = Object.values(module).find((one) => one.name === name);
if (benchmark === undefined) throw new Error(`${name}.ts exports no benchmark of this name`);
const result = await benchmark.run(size as Size);
// A stage in virtual time leaves invocations unfinished, whose timers would keep the process for a minute.
process.send?.(result, undefined, undefined, () => process.exit(0));
