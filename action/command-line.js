import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { InputError } from './inputs.js';

/** npm did not do what it was asked. */
export class NpmError extends Error {}

/**
 * Installs the command line into a folder, and answers the file that Node runs. `spec` is that of the input `package`. Without it, the repository in
 * `own` is packed. What npm runs gets no AWS credentials. Throws NpmError if npm fails.
 * @param {string | undefined} spec
 * @param {{ readonly own: string, readonly folder: string }} folders
 */
export async function installCommandLine(spec, { own, folder }) {
  const isFile = spec !== undefined && !spec.startsWith('@') && !spec.startsWith('https://');
  const source = isFile ? copied(spec, folder) : (spec ?? (await packed(own, join(folder, 'packed'))));
  const home = join(folder, 'installed');
  mkdirSync(home);
  writeFileSync(join(home, '.npmrc'), registriesOf('.npmrc'));
  await npm(home, ['install', '--prefix', home, '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--', source]);
  const [name] = Object.keys(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')).dependencies ?? {});
  const installed = join(home, 'node_modules', name ?? '');
  const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  if (typeof bin?.ota !== 'string') throw new NpmError(`${spec} is not the command line: the package has no program ota`);
  return join(installed, bin.ota);
}

/**
 * The lines of a file of npm that name a registry of a scope, and the credentials for a registry. npm reads only the file of the folder into
 * which it installs. Empty if there is no file.
 * @param {string} file
 */
function registriesOf(file) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split(/\r?\n/) : [];
  return lines.filter((line) => /^\s*(?:@[^:=]+:registry|\/\/[^=]+:(?:_auth|_authToken|_password|username))\s*=/.test(line)).join('\n');
}

/**
 * A copy of a package with a name that npm reads as a file, whatever its own name is.
 * @param {string} file
 * @param {string} folder
 */
function copied(file, folder) {
  const copy = join(folder, 'package.tgz');
  try {
    copyFileSync(file, copy);
  } catch (error) {
    throw new InputError(`cannot read the package ${file}: ${error instanceof Error ? error.message : error}`);
  }
  return copy;
}

/**
 * Packs the command line of a repository, and answers the file.
 * @param {string} own
 * @param {string} folder
 */
async function packed(own, folder) {
  mkdirSync(folder);
  await npm(own, ['ci', '--no-audit', '--no-fund']);
  await npm(own, ['pack', '--workspace', 'packages/ota-dispatch-cli', '--pack-destination', folder]);
  const [file] = readdirSync(folder);
  if (file === undefined) throw new NpmError(`npm pack made no file in ${own}`);
  return join(folder, file);
}

/**
 * @param {string} folder
 * @param {readonly string[]} words
 */
async function npm(folder, words) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:AWS|INPUT|ACTIONS)_/.test(name)));
  const { status } = await run('npm', words, { cwd: folder, env, output: 'log' });
  if (status !== 0) throw new NpmError(`npm ${words[0]} ended with ${status}: see the log`);
}

/**
 * Runs a program without a shell. Its lines go to standard output, one after the other, which is the log. With `answer`, its standard
 * output is answered in place of that. A signal that ends this process ends the program, and gives the status that a shell gives.
 * @param {string} program
 * @param {readonly string[]} words
 * @param {{ readonly cwd?: string, readonly env: NodeJS.ProcessEnv, readonly output: 'log' | 'answer' }} options
 * @returns {Promise<{ readonly status: number, readonly stdout: string }>}
 */
export function run(program, words, { cwd, env, output }) {
  const child = spawn(program, [...words], { cwd, env, stdio: ['ignore', output === 'log' ? 1 : 'pipe', 1] });
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, forward);
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code, signal) => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, forward);
      done({ status: code ?? 128 + constants.signals[signal ?? 'SIGTERM'], stdout });
    });
  });
}
