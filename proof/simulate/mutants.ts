import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const schema = z.array(
  z.strictObject({
    name: z.string(),
    patches: z.array(z.strictObject({ file: z.string(), find: z.string(), replace: z.string() })).min(1),
    /** Draws of the mix that are not left to the seed, where the mistake is too rare otherwise. */
    mix: z.record(z.string(), z.number()).optional(),
    /** Breaks no promise that a history sees: found by one of these test files instead. */
    directed: z.array(z.string()).min(1).optional(),
    /** Heals by a redrive in a history: found in the scenario of this name, where one deviation must not cost a message its receives. */
    scenario: z.string().optional(),
    /** Why it breaks no promise: then it is expected not to be found. */
    harmless: z.string().optional(),
  }),
);

/** A service that is wrong in one way: texts of its files that are replaced while they are loaded. */
export type Mutant = z.infer<typeof schema>[number];
export type Patch = Mutant['patches'][number];

/** The wrong services of mutants.yml. */
export const mutants: readonly Mutant[] = schema.parse(parse(readFileSync(new URL('../mutants.yml', import.meta.url), 'utf8')));

/** The wrong service of this very name. Throws where there is none. */
export function mutantCalled(name: string): Mutant {
  const found = mutants.find((mutant) => mutant.name === name);
  if (!found) throw new Error(`no wrong service is called ${name}`);
  return found;
}
