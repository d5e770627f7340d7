import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';

/** Runs a part of a long run, or returns the result of an earlier run. JSON must be able to hold the result. */
export type Part = <T>(name: string, run: () => Promise<T>) => Promise<T>;

const root = join(import.meta.dirname, '../..');
const cache = join(root, 'node_modules/.cache/ota-dispatch-prove');

/** The entry points of the code that decides what a history shows. */
const entryPoints = ['proof/simulate/worker.ts', 'proof/simulate/scenario-worker.ts'];

/**
 * The parts of a run that takes hours. A run that was stopped continues where it was if code, seed and Node are the same.
 * For each part that is not run again, `onKnown` gets the seconds that it took.
 */
export function partsOf(name: string, seed: number, onKnown: (seconds: number) => void): Part {
  return partsIn(join(cache, `${name}-${seed}-${fingerprint()}.json`), onKnown);
}

/** The parts whose results are kept in one file. */
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
    // The rename is atomic: a run that is stopped here does not leave half a file.
    writeFileSync(`${file}.new`, JSON.stringify(known));
    renameSync(`${file}.new`, file);
    return shown;
  };
}

/** A digest of Node's version, the lockfile and the code that runs histories, without its comments. */
function fingerprint(): string {
  const hash = createHash('sha256')
    .update(process.version)
    .update(readFileSync(join(root, 'package-lock.json')));
  for (const { contents } of bundled().outputFiles) hash.update(contents);
  return hash.digest('hex').slice(0, 16);
}

/** The files whose code is in the fingerprint, by their path from the root of the repository. */
export function filesInFingerprint(): string[] {
  return Object.keys(bundled().metafile.inputs);
}

/** The code with the packages of this repository. The lockfile stands for all other packages. */
function bundled() {
  const { dependencies, devDependencies } = packageAt('.');
  const own = new Set(readdirSync(join(root, 'packages')).map((folder) => packageAt(`packages/${folder}`).name));
  return buildSync({
    absWorkingDir: root,
    entryPoints: [...entryPoints],
    outdir: 'out',
    bundle: true,
    external: Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !own.has(name)),
    platform: 'node',
    format: 'esm',
    minifyWhitespace: true,
    metafile: true,
    write: false,
  });
}

type Package = { readonly name: string; readonly dependencies?: object; readonly devDependencies?: object };

function packageAt(folder: string): Package {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Package;
}
