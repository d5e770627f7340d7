import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A file in this folder that carries one command. `run` gets the arguments behind the command's name and answers the exit code. */
export type Command = { readonly run: (args: readonly string[]) => Promise<number> };

/** Exit codes of every command: done; refused or failed; not understood, or a file that cannot be read. */
export const exit = { ok: 0, refused: 1, usage: 2 } as const;

/** What a person typed cannot be carried out as typed: one line for them, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The root of the repository, where channels.yml and the examples are. */
export const root = resolve(import.meta.dirname, '..');

/** The text of a file that a person named. Throws UsageError when it cannot be read. */
export function readGivenFile(path: string): string {
  return readGivenBytes(path).toString('utf8');
}

/** The bytes of a file that a person named, relative to where they typed it. Throws UsageError when it cannot be read. */
export function readGivenBytes(path: string): Buffer {
  try {
    return readFileSync(resolve(whereTyped(), path));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new UsageError(`cannot read ${path}: ${reasons[code] ?? code}`, { cause });
  }
}

/** npm runs scripts in the root and keeps the folder where the person typed in INIT_CWD, which what they start inherits. */
function whereTyped(): string {
  const here = process.cwd();
  return here === root ? (process.env['INIT_CWD'] ?? here) : here;
}

const reasons: Readonly<Record<string, string>> = { ENOENT: 'no such file', EISDIR: 'it is a folder' };

/** The JSON value in a file that a person named. Throws UsageError, with the file's name, when it cannot be read or is no JSON. */
export function readGivenJson(path: string): unknown {
  const text = readGivenFile(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${path} is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** An account id as a person typed it; throws UsageError where it has not 12 digits. */
export function givenAccount(id: string): string {
  if (!/^\d{12}$/.test(id)) throw new UsageError('--account takes 12 digits');
  return id;
}
