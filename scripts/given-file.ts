import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from './command.ts';

/** The root of the repository. */
export const root = resolve(import.meta.dirname, '..');

/**
 * The file whose block `params` the commands read: serverless.yml in the root. OTA_SERVERLESS_FILE names another one, so that
 * tests do not depend on the user's.
 */
export const serverlessFile = (): string => process.env['OTA_SERVERLESS_FILE'] ?? resolve(root, 'serverless.yml');

/**
 * The absolute path of a file that a person named, relative to the folder in which they typed it. npm runs scripts in the
 * root and passes that folder on as INIT_CWD. Every process below npm inherits INIT_CWD, so it counts only in the root.
 */
export function givenPath(path: string): string {
  const here = process.cwd();
  return resolve(here === root ? (process.env['INIT_CWD'] ?? here) : here, path);
}

/** The bytes of a file that a person named. Throws UsageError if it cannot be read. */
export function readGivenBytes(path: string): Buffer {
  try {
    return readFileSync(givenPath(path));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new UsageError(`cannot read ${path}: ${reasons[code] ?? code}`, { cause });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
};

/** The text of a file that a person named. Throws UsageError if it cannot be read. */
export function readGivenFile(path: string): string {
  return readGivenBytes(path).toString('utf8');
}

/** The JSON value in a file that a person named. Throws UsageError if it cannot be read or is not JSON. */
export function readGivenJson(path: string): unknown {
  const text = readGivenFile(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${path} is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
