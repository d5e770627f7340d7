import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** An input is wrong. The message is one line for the person who wrote the workflow. */
export class InputError extends Error {}

/**
 * The value of an input of action.yml, which is a variable of the environment. Undefined if it was left out.
 * @param {string} name
 * @param {Readonly<Record<string, string | undefined>>} environment
 */
function inputOf(name, environment) {
  return environment[`INPUT_${name.toUpperCase().replaceAll('-', '_')}`]?.trim() || undefined;
}

/**
 * The words that `ota` gets for the inputs. A value never begins a word, so that it cannot become an option. Throws InputError for a
 * wrong input.
 * @param {Readonly<Record<string, string | undefined>>} environment
 */
export function wordsOf(environment) {
  const input = (/** @type {string} */ name) => inputOf(name, environment);
  const release = required('release', input('release'));
  const options = ['upload', 'source', 'channels', 'until'].flatMap((name) => {
    const value = input(name);
    return value === undefined ? [] : [`--${name}=${value}`];
  });
  const timeout = input('timeout-minutes');
  return [
    'publish',
    '--json',
    `--stage=${required('stage', input('stage'))}`,
    ...options,
    ...(timeout === undefined ? [] : [`--timeout=${timeout}`]),
    ...(isSet('wait', input('wait') ?? 'true') ? [] : ['--no-wait']),
    ...(isSet('wait-for-gates', input('wait-for-gates') ?? 'false') ? ['--wait-for-gates'] : []),
    '--',
    release,
  ];
}

/**
 * Throws InputError if the firmware is not the one that the input sha256 names.
 * @param {Readonly<Record<string, string | undefined>>} environment
 */
export function checkFirmware(environment) {
  const [file, wanted] = [inputOf('upload', environment), inputOf('sha256', environment)];
  if (wanted === undefined) return;
  if (!/^[0-9a-f]{64}$/i.test(wanted)) throw new InputError(`sha256 takes 64 hex digits, not ${wanted}`);
  if (file === undefined) throw new InputError('sha256 is the checksum of the file in upload: give both');
  const found = createHash('sha256').update(bytesOf(file)).digest('hex');
  if (found !== wanted.toLowerCase()) throw new InputError(`${file} has the SHA-256 ${found}, not ${wanted}: nothing was uploaded`);
}

/**
 * The package that npm installs. Undefined if the action packs its own repository. Throws InputError for a name without a scope, because
 * anybody can publish a package with such a name.
 * @param {Readonly<Record<string, string | undefined>>} environment
 */
export function packageOf(environment) {
  const given = inputOf('package', environment);
  // npm reads a name that begins with @ as a package, even if it ends like a file.
  const isFile = given?.endsWith('.tgz') && (given.startsWith('https://') || !/^(?:@|[a-z+]+:)/i.test(given));
  if (given === undefined || isFile || /^@[\w.-]+\/[\w.-]+@\d+\.\d+\.\d+(?:[-+][\w.+-]*)?$/.test(given)) return given;
  throw new InputError(`package takes a .tgz file, its https URL, or a scoped package with its exact version, not ${given}`);
}

/**
 * The Region of the stage, if the inputs name one.
 * @param {Readonly<Record<string, string | undefined>>} environment
 */
export const regionOf = (environment) => inputOf('region', environment);

/**
 * @param {string} name
 * @param {string | undefined} value
 */
function required(name, value) {
  if (value === undefined) throw new InputError(`the input ${name} is required`);
  return value;
}

/**
 * @param {string} name
 * @param {string} value
 */
function isSet(name, value) {
  if (value !== 'true' && value !== 'false') throw new InputError(`${name} takes true or false, not ${value}`);
  return value === 'true';
}

/** @param {string} file */
function bytesOf(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new InputError(`cannot read ${file}: ${error instanceof Error ? error.message : error}`);
  }
}
