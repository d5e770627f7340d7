import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Patch } from './mutants.ts';

/** The repository's root, as a URL with a slash at its end. */
const root = new URL('../../', import.meta.url);

/** The text of a source file with its patches. Throws if the text to replace is not there exactly once: the mutant must follow the code. */
function patched(source: string, { file, find, replace }: Patch): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like ${JSON.stringify(find)}`);
  return parts.join(replace);
}

export function patchedFile(file: string, patches: readonly Patch[]): string {
  return patches.filter((patch) => patch.file === file).reduce(patched, readFileSync(new URL(file, root), 'utf8'));
}

/** The patched texts of files, by path. */
export function patchedFiles(patches: readonly Patch[]): ReadonlyMap<string, string> {
  return new Map(patches.map(({ file }) => [fileURLToPath(new URL(file, root)), patchedFile(file, patches)]));
}

/** Makes this thread load the service with the patches from now on. Files on disk do not change. */
export function mutate(patches: readonly Patch[]): void {
  const files = new Map(patches.map(({ file }) => [new URL(file, root).href, file]));
  registerHooks({
    load: (url, context, next) => {
      const file = files.get(url);
      if (file === undefined) return next(url, context);
      return { ...next(url, context), source: patchedFile(file, patches) };
    },
  });
}
