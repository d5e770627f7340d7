import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { root } from '../../scripts/installation.ts';

/** What a proof is about: the code that is proved, the code that proves it, and the versions of all libraries. */
const PROVED = ['domain', 'handlers', 'adapters', 'proof', 'packages', 'package-lock.json'];

/** What no proof depends on: pages, tests, what is built, and what the proofs write themselves. */
const APART =
  /\.md$|\.test\.ts$|^packages\/[^/]+\/(?:(?:test|dist|lib)\/|THIRD-PARTY-NOTICES\.txt$)|\/node_modules\/|^proof\/(?:scoreboard|unfinished)\.json$|\/regressions\.json$/;

/** Whether a file below {@link PROVED} is one that a proof depends on, by its path from the root with `/`. */
export const isProved = (path: string): boolean => !APART.test(path);

/** The files that {@link codeHash} covers, as paths below the root, in a fixed order. */
export function provedFiles(): string[] {
  return PROVED.flatMap((name) =>
    statSync(join(root, name)).isDirectory() ? globSync(`${name}/**/*`, { cwd: root, exclude: ['**/node_modules'] }) : [name],
  )
    .map((path) => path.split(sep).join('/'))
    .filter((path) => isProved(path) && existsSync(join(root, path)) && statSync(join(root, path)).isFile())
    .sort();
}

/**
 * Identifies the code that is proved: 12 hex digits of the SHA-256 over the names and bytes of {@link provedFiles}. The lockfile has
 * the version of Node, too.
 */
export function codeHash(): string {
  const hash = createHash('sha256');
  for (const path of provedFiles()) {
    const bytes = readFileSync(join(root, path));
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex').slice(0, 12);
}
