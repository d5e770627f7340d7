import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Replay } from './shrink.ts';

const schema = z.array(
  z.strictObject({
    note: z.string(),
    seed: z.int(),
    drop: z.array(z.int()).exactOptional(),
    only: z.array(z.string()).exactOptional(),
    noOutages: z.boolean().exactOptional(),
    noSteering: z.boolean().exactOptional(),
    noJobs: z.boolean().exactOptional(),
  }),
);

/** A history that once broke a promise, and what it found. */
export type Regression = z.infer<typeof schema>[number];

const file = new URL('./regressions.json', import.meta.url);

/** Every history that ever failed. */
export function readRegressions(): Regression[] {
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Keeps a history that failed, so that every test run tries it. Returns whether it is new. Throws if the file cannot be written. */
export function keepRegression(replay: Replay, note: string): boolean {
  const { seed, drop, only, noOutages } = replay;
  const kept = {
    note,
    seed,
    ...(drop && { drop: [...drop] }),
    ...(only && { only: [...only] }),
    ...(noOutages !== undefined && { noOutages }),
  };
  const known = readRegressions();
  if (known.some((one) => meaningOf(one) === meaningOf(kept))) return false;
  writeFileSync(file, `${JSON.stringify([...known, kept], null, 2)}\n`);
  return true;
}

function meaningOf({ seed, drop = [], only, noOutages = false }: Omit<Regression, 'note'>): string {
  return JSON.stringify([seed, drop, only ?? 'all', noOutages]);
}
