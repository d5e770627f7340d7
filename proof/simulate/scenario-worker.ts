import { parentPort, workerData } from 'node:worker_threads';
import { mutants } from './mutants.ts';
import { mutate } from './mutate.ts';

/** One share of the placements in one scenario. */
export type ScenarioJob = {
  readonly scenario: string;
  readonly most: number;
  readonly index: number;
  readonly of: number;
};

/** What a thread has for its whole life: the name of the broken service that it loads, if any. */
export type ScenarioThreadData = { readonly mutant: string | undefined };

const { mutant } = workerData as ScenarioThreadData;
const { patches } = mutants.find(({ name }) => name === mutant) ?? {};
if (patches) mutate(patches);
const { tryAll } = await import('./exhaustive.ts');
parentPort?.on('message', async ({ scenario, most, index, of }: ScenarioJob) => {
  parentPort?.postMessage(await tryAll(scenario, most, { index, of }));
});
