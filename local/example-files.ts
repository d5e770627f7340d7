import { type ExampleEvent, readExampleEvents } from '../operator/examples/example-events.ts';
import { UsageError } from '../scripts/command.ts';
import type { Outcome } from './outcomes.ts';

/** An outcome of another example: the name of its file without `.json`, the type, and members that the outcome must have. */
export type Earlier = Outcome & { readonly example: string };

/** An example as its file has it: an event, the outcomes that end it, and those of other examples that come before it. */
export type Example = ExampleEvent & {
  /** The example is published when each of these has come. Without it, it is published at the start. */
  readonly after?: readonly Earlier[];
  readonly ends: readonly Outcome[];
};

/**
 * The example in every `*.json` of the folder, in the order of the file names. A folder that does not exist has none. An example without
 * `ends` ends with the first outcome about it. Throws UsageError if a file is not an example.
 */
export function readExamples(folder: string): Example[] {
  return (readExampleEvents(folder) as (ExampleEvent & { readonly after?: unknown; readonly ends?: unknown })[]).map(
    ({ after, ends = [], ...event }) => {
      if (!isListOf(ends, isOutcome)) throw wrong(event, 'ends takes a list of outcomes, each with detail-type and detail');
      if (after === undefined) return { ...event, ends };
      if (!isListOf(after, isEarlier)) throw wrong(event, 'after takes a list of outcomes, each with example, detail-type and detail');
      return { ...event, after, ends };
    },
  );
}

const wrong = ({ name }: ExampleEvent, why: string) => new UsageError(`examples/${name}.json: ${why}`);

const isListOf = <T>(value: unknown, is: (member: unknown) => member is T): value is T[] => Array.isArray(value) && value.every(is);

function isOutcome(value: unknown): value is Outcome {
  const { 'detail-type': type, detail } = Object(value) as Record<string, unknown>;
  return typeof type === 'string' && typeof detail === 'object' && detail !== null;
}

const isEarlier = (value: unknown): value is Earlier => isOutcome(value) && 'example' in value && typeof value.example === 'string';
