import { parentPort, workerData } from 'node:worker_threads';
import { mutants } from './mutants.ts';
import { mutate } from './mutate.ts';

/** The job of a worker: its share of the placements in one scenario. */
export type ScenarioJob = {
  readonly scenario: string;
  readonly most: number;
  readonly index: number;
  readonly of: number;
  readonly mutant?: string;
};

const { scenario, most, index, of, mutant } = workerData as ScenarioJob;
const { patches } = mutants.find(({ name }) => name === mutant) ?? {};
if (patches) mutate(patches);
const { tryAll } = await import('./exhaustive.ts');
parentPort?.postMessage(await tryAll(scenario, most, { index, of }));
