import { Worker } from 'node:worker_threads';
import type { Tried } from './exhaustive.ts';
import type { ScenarioJob } from './scenario-worker.ts';
import type { Job, Report } from './worker.ts';

/** Runs one job in its own thread, so that a mutant's code and the replaced globals stay there. */
export function runWorker(job: Job, onReport: (report: Report) => void): Promise<void> {
  return inThread(new URL('./worker.ts', import.meta.url), job, onReport);
}

/** Tries one share of a scenario's placements. */
export function runScenario(job: ScenarioJob, onTried: (tried: Tried) => void): Promise<void> {
  return inThread(new URL('./scenario-worker.ts', import.meta.url), job, onTried);
}

/** Runs a module in its own thread. Resolves when the thread ends and rejects with what it threw. */
export function inThread<T>(file: URL, workerData: unknown, onMessage: (message: T) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData });
    worker.on('message', onMessage);
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
  });
}

/** Divides work among workers: each takes the next piece when it is free. */
export async function shareOut<T>(pieces: readonly T[], workers: number, work: (piece: T) => Promise<void>): Promise<void> {
  const left = [...pieces];
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let piece = left.shift(); piece !== undefined; piece = left.shift()) await work(piece);
    }),
  );
}
