import { isDeepStrictEqual } from 'node:util';
import { chanceOf } from '../../random.ts';
import { answerOf } from './answer.ts';
import { openEmbedded } from './embedded-side.ts';
import { type ServiceName, sequences as sequencesOf, serviceNames } from './sequences.ts';
import type { Sequence } from './side.ts';
import { openSimulated } from './simulated-side.ts';

/** A sequence that the two sides answer differently. It is shrunk, and its last operation differs. */
export type Difference = {
  readonly service: ServiceName;
  readonly seed: number;
  readonly operations: readonly string[];
  readonly simulated: unknown;
  readonly embedded: unknown;
};

export type Count = { readonly sequences: number; readonly operations: number; readonly differing: number };

export type Comparison = {
  readonly counts: Readonly<Partial<Record<ServiceName, Count>>>;
  readonly differences: readonly Difference[];
  /** The AWS operations that were sent. */
  readonly sent: ReadonlySet<string>;
};

/** How many differences of each service are shrunk and reported. Others are only counted. */
const TOLD_MAX = 3;

/**
 * Carries out the same operations on the simulated and the embedded services and compares every answer: `sequences`
 * sequences of each service, from the seed `from` on. `onProgress` gets the progress after each seed. Rejects only if the
 * comparison itself fails.
 */
export async function compareStores({
  sequences,
  from,
  services = serviceNames,
  onProgress,
}: {
  readonly sequences: number;
  readonly from: number;
  readonly services?: readonly ServiceName[];
  readonly onProgress?: (done: { readonly seeds: number; readonly differences: number }) => void;
}): Promise<Comparison> {
  const counts: Partial<Record<ServiceName, Count>> = {};
  const differences: Difference[] = [];
  const sent = new Set<string>();
  for (let seed = from; seed < from + sequences; seed += 1) {
    for (const service of services) {
      const before = counts[service] ?? { sequences: 0, operations: 0, differing: 0 };
      const sequence = sequencesOf[service](chanceOf(seed));
      const parting = await partingOf(sequence, seed, (operation) => sent.add(operation));
      if (parting && before.differing < TOLD_MAX) differences.push({ service, seed, ...(await shrunk(sequence, seed, parting)) });
      counts[service] = {
        sequences: before.sequences + 1,
        operations: before.operations + (parting ? parting.position + 1 : sequence.operations.length),
        differing: before.differing + (parting ? 1 : 0),
      };
    }
    onProgress?.({ seeds: seed + 1 - from, differences: differences.length });
  }
  return { counts, differences, sent };
}

/** A difference as text for people. */
export function tellDifference({ service, seed, operations, simulated, embedded }: Difference): string {
  const steps = operations.map((says, position) => `  ${position + 1}. ${says}`);
  const answers = [`  simulated: ${JSON.stringify(simulated)}`, `  embedded:  ${JSON.stringify(embedded)}`];
  return [`${service}, seed ${seed}:`, ...steps, ...answers].join('\n');
}

type Parting = { readonly position: number; readonly simulated: unknown; readonly embedded: unknown };

/** The first operation whose answers differ, if any. */
async function partingOf(
  { terms, operations }: Sequence,
  seed: number,
  onCall?: (operation: string) => void,
): Promise<Parting | undefined> {
  const simulated = openSimulated(seed, terms, onCall);
  const embedded = await openEmbedded(terms);
  try {
    for (const [position, operation] of operations.entries()) {
      const answers = { simulated: await answerOf(operation, simulated), embedded: await answerOf(operation, embedded) };
      if (!isDeepStrictEqual(answers.simulated, answers.embedded)) return { position, ...answers };
    }
    return undefined;
  } finally {
    await embedded.close();
  }
}

/** Leaves operations out, halves first, while the answers to the rest still differ. */
async function shrunk(
  { terms, operations }: Sequence,
  seed: number,
  parting: Parting,
): Promise<Pick<Difference, 'operations' | 'simulated' | 'embedded'>> {
  let left = operations.slice(0, parting.position + 1);
  let last = parting;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < left.length; ) {
      const rest = left.toSpliced(start, size);
      const found = await partingOf({ terms, operations: rest }, seed);
      if (found) {
        left = rest.slice(0, found.position + 1);
        last = found;
      } else start += size;
    }
  }
  return { operations: left.map(({ says }) => says), simulated: last.simulated, embedded: last.embedded };
}
