import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../../scripts/command.ts';

/** Throws UsageError unless a folder is new, or has nothing but `.git`. `typed` is its name for the message. */
export function requireEmptyFolder(path: string, typed: string): void {
  const found = entriesOf(path, typed).filter((name) => name !== '.git');
  if (found.length === 0) return;
  const some = found
    .slice(0, 3)
    .join(', ')
    .concat(found.length > 3 ? ', …' : '');
  throw new UsageError(`${typed} is not empty, it has ${some}: name a new or an empty folder`);
}

function entriesOf(path: string, typed: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') throw new UsageError(`${typed} is not a folder: name a new or an empty one`, { cause });
    throw new UsageError(`cannot read ${typed}: ${code}`, { cause });
  }
}

/**
 * Writes files below a folder, by their paths. Never overwrites one. Throws UsageError if one cannot be written, and removes every file and
 * folder that it made, so that the same command can be typed again.
 */
export function writeFiles(folder: string, typed: string, files: ReadonlyMap<string, string | Buffer>): void {
  const made: string[] = [];
  try {
    for (const [path, content] of files) {
      const file = join(folder, path);
      makeFolder(dirname(file), made);
      const opened = openSync(file, 'wx');
      made.push(file);
      try {
        writeFileSync(opened, content);
      } finally {
        closeSync(opened);
      }
    }
  } catch (cause) {
    for (const path of made) rmSync(path, { recursive: true, force: true });
    throw new UsageError(`cannot write to ${typed}: ${codeOf(cause)}`, { cause });
  }
}

/** Makes a folder and those above it that are missing, and adds them to `made`. `recursive` of Node never ends below /proc. */
function makeFolder(path: string, made: string[]): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path), made);
  mkdirSync(path);
  made.push(path);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
