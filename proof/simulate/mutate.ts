import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Patch } from './mutants.ts';

/** The repository's root, as a URL with a slash at its end. */
const root = new URL('../../', import.meta.url);

/** The text of a source file with a patch in it. Throws where the patched place is not there exactly once: then the mutant must follow the code. */
function patched(source: string, { file, find, replace }: Patch): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like ${JSON.stringify(find)}`);
  return parts.join(replace);
}

export function patchedFile(file: string, patches: readonly Patch[]): string {
  return patches.filter((patch) => patch.file === file).reduce(patched, readFileSync(new URL(file, root), 'utf8'));
}

/** The files of some patches, by their path, as they are with all of these in them. */
export function patchedFiles(patches: readonly Patch[]): ReadonlyMap<string, string> {
  return new Map(patches.map(({ file }) => [fileURLToPath(new URL(file, root)), patchedFile(file, patches)]));
}

/** From here on this thread loads the service with the patches in it; what is on disk stays as it is. */
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
