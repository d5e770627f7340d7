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
  }),
);

/** A history that once broke a promise, and what it found. */
export type Regression = z.infer<typeof schema>[number];

const file = new URL('./regressions.json', import.meta.url);

/** Every history that ever failed. */
export function readRegressions(): Regression[] {
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Keeps a history that failed: every test run tries it from now on. */
export function keepRegression(replay: Replay, note: string): void {
  const { seed, drop, only, noOutages } = replay;
  const kept = {
    note,
    seed,
    ...(drop && { drop: [...drop] }),
    ...(only && { only: [...only] }),
    ...(noOutages !== undefined && { noOutages }),
  };
  writeFileSync(file, `${JSON.stringify([...readRegressions(), kept], null, 2)}\n`);
}
