import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rejectionCodes } from '../../domain/release/rejection.ts';
import type { FuzzReport } from './fuzz.ts';
import { eventKinds, NO_EVENT } from './kinds.ts';
import type { Failure } from './tally.ts';

const BODY_CHARACTERS = 400;
const MB = 1024 * 1024;

/** The report of a run as lines for people. Failing bodies are written to the system's folder for temporary files. */
export function* reportLines(report: FuzzReport): Generator<string> {
  const { inputs, seed, seconds, perSecond, outcomes, mutators, slowest, heap, missingCodes, missingKinds, broken, failures, batches } =
    report;
  yield `${inputs} inputs of seed ${seed} in ${seconds.toFixed(1)} s, ${perSecond.toFixed(0)} a second; ${batches} batches of up to ten tried as well`;
  yield 'events: inputs made from one, inputs that still are one, and how many of those were accepted or led to a look';
  yield* table(
    [...eventKinds, NO_EVENT].map((kind) => [kind, ...(report.kinds[kind] ?? [0, 0, 0])] as const),
    ([kind, ...counts]) => `${counts.map((count) => String(count).padStart(9)).join('')}  ${kind}`,
  );
  if (missingKinds.length > 0) yield `events that never were accepted: ${missingKinds.join(', ')}`;
  yield 'outcomes: of messages, the word or the code; of follow-ups and job events, whether the rollout was looked at';
  yield* table(
    Object.entries(outcomes).sort(([, a], [, b]) => b - a),
    ([name, count]) =>
      `${String(count).padStart(9)}  ${percent(count, inputs).padStart(6)}  ${Object.hasOwn(rejectionCodes, name) ? `rejected ${name}` : name}`,
  );
  yield missingCodes.length === 0 ? 'every code was met' : `codes that no input met: ${missingCodes.join(', ')}`;
  yield 'mutators: how often each was used, and the share of its bodies that was accepted';
  yield* table(
    Object.entries(mutators).sort(([a], [b]) => (a < b ? -1 : 1)),
    ([name, [applied, accepted]]) => `${String(applied).padStart(9)}  ${percent(accepted, applied).padStart(6)}  ${name}`,
  );
  yield `slowest: ${slowest.milliseconds.toFixed(1)} ms, input ${slowest.index}, ${slowest.body.length} characters: ${quoted(slowest.body)}`;
  yield `heap: ${(heap.start / MB).toFixed(1)} MB when warm, ${(heap.end / MB).toFixed(1)} MB at the end`;
  for (const failure of failures) yield* failureLines(failure, seed, broken[failure.rule] ?? 0);
  yield report.isGood ? 'every input was judged and no rule was broken' : 'BROKEN, or too little was met: see above';
}

function* failureLines(
  { index, rule, what, base, mutators, queue, body, minimised }: Failure,
  seed: number,
  count: number,
): Generator<string> {
  const file = join(tmpdir(), `ota-fuzz-${seed}-${index}.txt`);
  writeFileSync(file, minimised);
  yield `BROKEN ${rule}, ${count} times. The first, input ${index}: ${quoted(what)}`;
  yield `  made from "${base}" by ${mutators.join(', ') || 'nothing'}, ${body.length} characters, ${minimised.length} left:`;
  yield `  ${quoted(minimised)}`;
  yield `  npm run fuzz -- --replay ${file} --queue ${queue}`;
}

function* table<T>(rows: readonly T[], line: (row: T) => string): Generator<string> {
  for (const row of rows) yield line(row);
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(2)}%`;
}

/** Text as a JSON string of printable ASCII, cut to a readable length. */
export function quoted(text: string): string {
  const cut = text.length > BODY_CHARACTERS ? `${text.slice(0, BODY_CHARACTERS)}…` : text;
  return JSON.stringify(cut).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
