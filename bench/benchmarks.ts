import { bodies } from './bodies.ts';
import { coldStart } from './cold-start.ts';
import { consolePage } from './console.ts';
import { drain } from './drain.ts';
import { growth } from './growth.ts';
import { latency } from './latency.ts';
import type { Benchmark } from './report.ts';
import { times } from './times.ts';
import { warmRecord } from './warm-record.ts';
import { watch } from './watch.ts';

/** All benchmarks, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [coldStart, warmRecord, latency, drain, watch, consolePage, growth, bodies, times];
