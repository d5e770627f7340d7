import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/installation.ts';
import { run, tailOf } from './commands.ts';

/** The programs of the Python packages, by their paths. */
export type Tools = { readonly ministack: string; readonly cfnLint: string; readonly aws: string };

/** The run cannot begin. The message is one line for the person who started it. */
export class CannotBegin extends Error {
  override readonly name = 'CannotBegin';
}

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
/** .gitignore has `.local/`. */
export const FOLDER = join(root, '.local', 'foreign');
const OLDEST_PYTHON = '3.10';

/** Python packages, and where they are installed: in `venv/` of the folder. `what` names them for people. */
type PythonPackages = { readonly requirements: string; readonly folder: string; readonly what: string };

/**
 * Installs Python packages, unless they are there, and answers the folder of their programs. Throws CannotBegin if there is no
 * Python, if it is too old or has no `venv`, and if pip cannot fetch the packages.
 */
export async function installPackages({ requirements, folder, what }: PythonPackages, say: (line: string) => void): Promise<string> {
  const venv = join(folder, 'venv');
  const bin = join(venv, 'bin');
  const wanted = readFileSync(requirements, 'utf8');
  const installed = join(venv, 'installed.txt');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return bin;
  await checkPython();
  say(`installing ${what} into ${venv} ...`);
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const made = await run('python3', ['-m', 'venv', venv]);
  if (made.status !== 0) throw new CannotBegin(`python3 cannot make a virtual environment: install its module venv.\n${tailOf(made)}`);
  const fetched = await run(join(bin, 'pip'), ['install', '--quiet', '--no-deps', '--requirement', requirements]);
  if (fetched.status !== 0)
    throw new CannotBegin(`pip cannot install ${requirements}: the first run needs the network and a package index.\n${tailOf(fetched)}`);
  writeFileSync(installed, wanted);
  return bin;
}

/** Installs the programs of `npm run foreign`, as `installPackages` does. */
export async function installTools(say: (line: string) => void, folder: string = FOLDER): Promise<Tools> {
  const bin = await installPackages({ requirements: REQUIREMENTS, folder, what: 'ministack, cfn-lint and the AWS CLI' }, say);
  return { ministack: join(bin, 'ministack'), cfnLint: join(bin, 'cfn-lint'), aws: join(bin, 'aws') };
}

async function checkPython(): Promise<void> {
  const version = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const { stdout } = await run('python3', ['-c', version]).catch((cause: unknown) => {
    throw new CannotBegin(`there is no python3 on the PATH: install Python ${OLDEST_PYTHON} or newer`, { cause });
  });
  const [major = 0, minor = 0] = stdout.trim().split('.').map(Number);
  if (major < 3 || (major === 3 && minor < 10))
    throw new CannotBegin(`Python ${OLDEST_PYTHON} or newer is required, but python3 is ${stdout.trim()}`);
}
