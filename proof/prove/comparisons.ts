import { fuzz, HEAP_GROWTH_MAX } from '../fuzz/fuzz.ts';
import { eventKinds } from '../fuzz/kinds.ts';
import { reportLines } from '../fuzz/report-lines.ts';
import { MILLISECONDS_MAX } from '../fuzz/try-input.ts';
import { compareStores, tellDifference } from '../simulate/stores/compare.ts';
import { atLeast, atMost, none, numberOf, type Proof } from './proof.ts';

const SEQUENCES = { small: 60, release: 5_000 };
const INPUTS = { small: 30_000, release: 1_000_000 };

const MEBIBYTE = 2 ** 20;

export const stores: Proof = {
  name: 'stores',
  answers: 'the same operations on the simulated and on the embedded services: the same answers',
  run: async ({ size, seed, progress, say }) => {
    const { counts, differences } = await compareStores({
      sequences: SEQUENCES[size],
      from: seed,
      onProgress: ({ seeds }) => progress(seeds, SEQUENCES[size], `${seeds} of ${SEQUENCES[size]} sequences of each service`),
    });
    for (const difference of differences) say(tellDifference(difference));
    const sum = (of: 'sequences' | 'operations' | 'differing') => Object.values(counts).reduce((total, count) => total + count[of], 0);
    return [
      atLeast('sequences', sum('sequences'), SEQUENCES[size] * Object.keys(counts).length),
      atLeast('operations compared', sum('operations'), 1),
      none('differing', sum('differing')),
    ];
  },
};

export const fuzzing: Proof = {
  name: 'fuzz',
  answers:
    'mutated events of every kind that comes in: each is accepted and valid by the service models, refused with a code, looked at, left or returned',
  run: async ({ size, seed, workers, progress, say }) => {
    const report = await fuzz({
      inputs: INPUTS[size],
      seed,
      workers,
      onProgress: ({ done, inputs }) => progress(done, inputs, `${numberOf(done)} of ${numberOf(inputs)} inputs`),
    });
    if (size === 'release' || !report.isGood) for (const line of reportLines(report)) say(line);
    return [
      atLeast('inputs', report.inputs, INPUTS[size]),
      ...eventKinds.map((kind) => atLeast(`of these, a ${kind}`, report.kinds[kind]?.[1] ?? 0, 1)),
      none('kinds of events of which none was accepted or led to a look', report.missingKinds.length),
      none(
        'broken rules',
        Object.values(report.broken).reduce((sum, count) => sum + count, 0),
      ),
      atMost('milliseconds for the slowest', report.slowest.milliseconds, MILLISECONDS_MAX),
      atMost('growth of a heap, MiB', (report.heap.end - report.heap.start) / MEBIBYTE, HEAP_GROWTH_MAX / MEBIBYTE),
      ...(size === 'release' ? [none('rejection codes that no input met', report.missingCodes.length)] : []),
    ];
  },
};
