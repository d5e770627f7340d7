import { Worker } from 'node:worker_threads';
import type { Tried } from './exhaustive.ts';
import type { ScenarioJob, ScenarioThreadData } from './scenario-worker.ts';
import type { Job, Report } from './worker.ts';

/** Runs one job in its own thread, so that a mutant's code and the replaced globals stay there. */
export function runWorker(job: Job, onReport: (report: Report) => void): Promise<void> {
  return inThread(new URL('./worker.ts', import.meta.url), job, onReport);
}

/** A thread that tries one share of a scenario's placements after another. Each `attempt` must end before the next begins. */
export type ScenarioThread = {
  /** Rejects with what the thread threw. Then the thread has ended. */
  readonly attempt: (job: ScenarioJob) => Promise<Tried>;
  readonly end: () => Promise<void>;
};

/** Starts a thread with the right service, or with the broken one of this name. */
export function scenarioThread(mutant?: string): ScenarioThread {
  const data: ScenarioThreadData = { mutant };
  const worker = new Worker(new URL('./scenario-worker.ts', import.meta.url), { workerData: data });
  const failure = new Promise<never>((_, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a worker ended with ${code}`)));
  });
  // An attempt reports it. Between attempts there is nobody to tell.
  failure.catch(() => undefined);
  return {
    attempt: (job) => {
      const answer = new Promise<Tried>((resolve) => worker.once('message', resolve));
      worker.postMessage(job);
      return Promise.race([answer, failure]);
    },
    end: async () => {
      await worker.terminate();
    },
  };
}

/** Threads that are kept, as each needs seconds to load the service and to become fast. */
export type ScenarioThreads = {
  /** Tries a share in a thread that is free, or in a new one. */
  readonly attempt: (job: ScenarioJob) => Promise<Tried>;
  /** Ends all threads. */
  readonly end: () => Promise<void>;
};

/** No thread at first. */
export function scenarioThreads(): ScenarioThreads {
  const all: ScenarioThread[] = [];
  const idle: ScenarioThread[] = [];
  const start = (): ScenarioThread => {
    const thread = scenarioThread();
    all.push(thread);
    return thread;
  };
  return {
    attempt: async (job) => {
      const thread = idle.pop() ?? start();
      const tried = await thread.attempt(job);
      idle.push(thread);
      return tried;
    },
    end: async () => {
      await Promise.all(all.map((thread) => thread.end()));
    },
  };
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
