import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const schema = z.array(
  z.strictObject({
    name: z.string(),
    patches: z.array(z.strictObject({ file: z.string(), find: z.string(), replace: z.string() })).min(1),
    /** Replaces draws of the seed's mix, if the mistake would be too rare otherwise. */
    mix: z.record(z.string(), z.number()).optional(),
    /** Histories cannot see this mistake. One of these test files finds it. */
    directed: z.array(z.string()).min(1).optional(),
    /** A redrive repairs this mistake in a history. The scenario with this name finds it. */
    scenario: z.string().optional(),
    /** Why it breaks no promise. Then it must not be found. */
    harmless: z.string().optional(),
  }),
);

/** A service that is wrong in one way: texts of its files are replaced when they are loaded. */
export type Mutant = z.infer<typeof schema>[number];
export type Patch = Mutant['patches'][number];

/** The wrong services of mutants.yml. */
export const mutants: readonly Mutant[] = schema.parse(parse(readFileSync(new URL('../mutants.yml', import.meta.url), 'utf8')));

/** The wrong service with exactly this name. Throws if it does not exist. */
export function mutantCalled(name: string): Mutant {
  const found = mutants.find((mutant) => mutant.name === name);
  if (!found) throw new Error(`no wrong service is called ${name}`);
  return found;
}
