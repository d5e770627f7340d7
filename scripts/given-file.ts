import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from './command.ts';
import { isPacked, projectFolder } from './installation.ts';

/**
 * The file whose block `params` the commands read: serverless.yml in the folder of the project. OTA_SERVERLESS_FILE names another
 * one, so that tests do not depend on the user's.
 */
export const serverlessFile = (folder?: string): string =>
  folder === undefined
    ? (process.env['OTA_SERVERLESS_FILE'] ?? resolve(projectFolder(), 'serverless.yml'))
    : resolve(folder, 'serverless.yml');

/**
 * The absolute path of a file that a person named, relative to the folder in which they typed it. npm runs scripts in the folder
 * of the project and passes that folder on as INIT_CWD. Every process below npm inherits INIT_CWD. So it counts only in the folder of
 * the project, and in that of a user only for the script `ota`: a script of their own has paths of its own.
 */
export function givenPath(path: string): string {
  const here = process.cwd();
  const isScript = here === projectFolder() && (!isPacked || process.env['npm_lifecycle_event'] === 'ota');
  return resolve(isScript ? (process.env['INIT_CWD'] ?? here) : here, path);
}

/** More than any text that a command reads. A template of CloudFormation has at most 1 MB. */
export const TEXT_BYTES_MAX = 16 * 1024 * 1024;

/** Whether a file that a person named has more bytes than `most`. What cannot be looked at has not: to read it says why. */
export function isLongerThan(path: string, most: number): boolean {
  try {
    return statSync(givenPath(path)).size > most;
  } catch {
    return false;
  }
}

/** The bytes of a file that a person named. Throws UsageError if it cannot be read, or has more bytes than `most`. */
export function readGivenBytes(path: string, most = Number.POSITIVE_INFINITY): Buffer {
  const parts: Buffer[] = [];
  try {
    const file = openSync(givenPath(path), 'r');
    try {
      for (let [size, length] = [0, -1]; length !== 0; size += length) {
        if (size > most) throw new UsageError(`${path} is too long: at most ${most / 1024 / 1024} MiB are read`);
        const part = Buffer.allocUnsafe(PART_BYTES);
        length = readSync(file, part);
        parts.push(part.subarray(0, length));
      }
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new UsageError(`cannot read ${path}: ${reasons[code] ?? code}`, { cause });
  }
  return Buffer.concat(parts);
}

const PART_BYTES = 1024 * 1024;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
};

/** The text of a file that a person named. Throws UsageError if it cannot be read or is longer than 16 MiB. */
export function readGivenFile(path: string): string {
  return readGivenBytes(path, TEXT_BYTES_MAX).toString('utf8');
}

/** Much more than a template or a request has. Deeper values would overflow the stack of what reads them. */
const LEVELS_MAX = 500;

/** The JSON value in a file that a person named. Throws UsageError if it cannot be read, is not JSON, or has more than 500 levels. */
export function readGivenJson(path: string): unknown {
  const text = readGivenFile(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${path} is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  if (isTooDeep(value))
    throw new UsageError(`${path} has more than ${LEVELS_MAX} levels of objects and lists: it is not what this command reads`);
  return value;
}

function isTooDeep(value: unknown): boolean {
  let values = [value];
  for (let level = 0; values.length > 0; level += 1) {
    if (level > LEVELS_MAX) return true;
    values = values.flatMap((one): unknown[] => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}
