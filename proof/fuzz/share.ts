import type { Flaw } from './flaw.ts';
import { type FuzzInput, inputOf } from './generate.ts';
import { heapUsed } from './heap.ts';
import { minimised } from './minimise.ts';
import { type Watch, watchPrototypes } from './prototypes.ts';
import { type Queue, queues } from './queue.ts';
import { openStage, type Sabotage, type Stage } from './stage.ts';
import { type Counts, newTally } from './tally.ts';
import { tryBatch } from './try-batch.ts';
import { type Tried, tryInput } from './try-input.ts';

/** A part of the inputs of a seed: every `step`th from `first` to below `inputs`. */
export type Job = { readonly seed: number; readonly first: number; readonly inputs: number; readonly step: number };

/** What became of the inputs, and the bytes of the heap when it was warm and at the end. */
export type Share = Counts & { readonly heap: { readonly start: number; readonly end: number } };

/** After this many inputs, prototypes and unhandled rejections are checked. */
const ROUND = 100;
/** SQS delivers at most ten messages. All inputs of every tenth round are tried again in tens. */
const BATCH = 10;
const BATCH_EVERY = 10;
/** The heap is warm after this many inputs. */
const WARM = 5000;

type One = { readonly index: number; readonly input: FuzzInput; readonly tried: Tried };
type Tally = ReturnType<typeof newTally>;

/** Tries one part of the inputs in this thread. After every hundred inputs, `onProgress` gets how many are done. */
export async function tryShare(job: Job, onProgress: (done: number) => void = () => {}, sabotage: Sabotage = {}): Promise<Share> {
  const stage = await openStage(sabotage);
  const afterwards = listen();
  const tally = newTally((body, rule, queue) => minimised(body, rule, (candidate) => flawsOf(stage, queue, candidate, afterwards)));
  const count = Math.ceil((job.inputs - job.first) / job.step);
  let start = heapUsed();
  try {
    for (let done = 0; done < count; ) {
      const round: One[] = [];
      for (; round.length < ROUND && done < count; done += 1) {
        const one = await tryOne(stage, job.seed, job.first + done * job.step, tally.slowest());
        round.push(one);
        await tally.add(one.index, one.input, one.tried);
      }
      await blame(await afterwards.heard(), round, stage, afterwards, tally);
      if (Math.floor(done / ROUND) % BATCH_EVERY === 0) await addBatches(round, stage, tally);
      if (done <= WARM) start = heapUsed();
      onProgress(done);
    }
  } finally {
    afterwards.stop();
    stage.close();
  }
  return { ...tally.counts(), heap: { start, end: heapUsed() } };
}

/** Throws if the generator or the oracle itself fails, and names the input. */
async function tryOne(stage: Stage, seed: number, index: number, slowest: number): Promise<One> {
  try {
    const input = inputOf(seed, index);
    return { index, input, tried: await tryInput(stage, input, slowest) };
  } catch (error) {
    throw new Error(`the fuzzer itself fails at input ${index} of seed ${seed}`, { cause: error });
  }
}

type Afterwards = {
  /** The flaws that show only after a turn of the event loop. Changes of prototypes are undone. */
  readonly heard: () => Promise<readonly Flaw[]>;
  readonly stop: () => void;
};

function listen(): Afterwards {
  const watch: Watch = watchPrototypes();
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  return {
    heard: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      const changes = watch.changes();
      if (changes.length > 0) watch.restore();
      return [
        ...changes.map((what) => ({ rule: 'no prototype changes', what })),
        ...unhandled.splice(0).map((reason) => ({ rule: 'no unhandled rejection', what: String(reason) })),
      ];
    },
    stop: () => process.off('unhandledRejection', note),
  };
}

/** Tries one body for everything, including what shows only later. */
async function flawsOf(stage: Stage, queue: Queue, body: string, afterwards: Afterwards): Promise<readonly Flaw[]> {
  const { flaws } = await tryInput(stage, { body, queue });
  return [...flaws, ...(await afterwards.heard())];
}

/** Finds the inputs of a round that caused what was found after it, by trying each alone. */
async function blame(heard: readonly Flaw[], round: readonly One[], stage: Stage, afterwards: Afterwards, tally: Tally): Promise<void> {
  const [one] = round;
  if (heard.length === 0 || !one) return;
  let isFound = false;
  for (const { index, input } of round) {
    await stage.send(input.queue, input.body);
    const flaws = await afterwards.heard();
    isFound ||= flaws.length > 0;
    await tally.fail(index, input, flaws);
  }
  if (!isFound) await tally.fail(one.index, { ...one.input, body: JSON.stringify(round.map(({ input }) => input.body)) }, heard);
}

/** A batch has messages of one queue. */
async function addBatches(round: readonly One[], stage: Stage, tally: Tally): Promise<void> {
  for (const queue of queues) {
    const ofQueue = round.filter(({ input }) => input.queue === queue);
    for (let first = 0; first < ofQueue.length; first += BATCH) await addBatch(queue, ofQueue.slice(first, first + BATCH), stage, tally);
  }
}

async function addBatch(queue: Queue, batch: readonly One[], stage: Stage, tally: Tally): Promise<void> {
  const [one] = batch;
  const bodies = batch.map(({ input }) => input.body);
  const flaws = await tryBatch(
    stage,
    queue,
    bodies,
    batch.map(({ tried }) => tried.outcome),
  );
  tally.addBatch();
  // The batch failed as a whole, so its bodies are kept as a list.
  if (one) await tally.fail(one.index, { ...one.input, body: JSON.stringify(bodies) }, flaws);
}
