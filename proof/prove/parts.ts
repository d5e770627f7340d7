import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';

/** Runs a part of a long run, or answers with what it showed when it ran before. What it shows must survive JSON. */
export type Part = <T>(name: string, run: () => Promise<T>) => Promise<T>;

const root = join(import.meta.dirname, '../..');
const cache = join(root, 'node_modules/.cache/ota-dispatch-prove');

/** What runs histories: all that decides about what they show. */
const entryPoints = ['proof/simulate/worker.ts', 'proof/simulate/scenario-worker.ts'];

/**
 * The parts of a run that takes hours: one that was stopped goes on where it was, as long as its code, its seed and Node
 * are the same. `onKnown` hears how many seconds a part took that is not run again.
 */
export function partsOf(name: string, seed: number, onKnown: (seconds: number) => void): Part {
  return partsIn(join(cache, `${name}-${seed}-${fingerprint()}.json`), onKnown);
}

/** The parts that are remembered in one file. */
export function partsIn(file: string, onKnown: (seconds: number) => void): Part {
  mkdirSync(dirname(file), { recursive: true });
  const known: Record<string, { readonly shown: unknown; readonly seconds: number }> = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : {};
  return async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    const before = known[name];
    if (before) {
      onKnown(before.seconds);
      return before.shown as T;
    }
    const began = performance.now();
    const shown = await run();
    known[name] = { shown, seconds: (performance.now() - began) / 1000 };
    // Written beside it and moved: a run that is stopped in between leaves no half of a file.
    writeFileSync(`${file}.new`, JSON.stringify(known));
    renameSync(`${file}.new`, file);
    return shown;
  };
}

/** Of the code as it runs, without comments, and of the packages that are installed. */
function fingerprint(): string {
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints,
    outdir: 'out',
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    minifyWhitespace: true,
    write: false,
  });
  const hash = createHash('sha256')
    .update(process.version)
    .update(readFileSync(join(root, 'package-lock.json')));
  for (const { contents } of outputFiles) hash.update(contents);
  return hash.digest('hex').slice(0, 16);
}
