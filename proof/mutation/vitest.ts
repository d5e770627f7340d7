/**
 * Stands for the module `vitest` while the mutants run. It keeps the tests of the files that are imported, and runs none of
 * them. `expect` is Vitest's own.
 */
export { expect } from 'vitest';

/** A test of a file: its name behind those of its describes, and what it does. */
export type KeptTest = { readonly name: string; readonly run: () => unknown };

type Body = (...values: readonly unknown[]) => unknown;

let kept: KeptTest[] = [];
let around: readonly string[] = [];

/** Hands over the tests that were kept since the last call. */
export function takeTests(): readonly KeptTest[] {
  const taken = kept;
  kept = [];
  return taken;
}

function keepTest(name: string, run: () => unknown): void {
  kept.push({ name: [...around, name].join(' '), run });
}

function describeNow(name: string, body: () => unknown): void {
  const outside = around;
  around = [...outside, name];
  body();
  around = outside;
}

/**
 * As in Vitest, a row gives one value for each parameter only if all rows are arrays. All rows keep the name of their table, because a value
 * may be random, and each process must give a test the same name.
 */
const eachWith =
  (one: (name: string, body: () => unknown) => void) =>
  (rows: readonly unknown[]) =>
  (name: string, body: Body): void => {
    const areLists = rows.every(Array.isArray);
    for (const row of rows) {
      const values: readonly unknown[] = areLists ? (row as readonly unknown[]) : [row];
      one(name, () => body(...values));
    }
  };

export const it = Object.assign(keepTest, { each: eachWith(keepTest) });
export const describe = Object.assign(describeNow, { each: eachWith(describeNow) });
