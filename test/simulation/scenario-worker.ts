import { parentPort, workerData } from 'node:worker_threads';
import { tryAll } from './exhaustive.ts';

/** What a worker is asked to do: its share of the placements in one scenario. */
export type ScenarioJob = { readonly scenario: string; readonly most: number; readonly index: number; readonly of: number };

const { scenario, most, index, of } = workerData as ScenarioJob;
parentPort?.postMessage(await tryAll(scenario, most, { index, of }));
