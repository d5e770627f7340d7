// What action.yml runs: installs the command line, publishes the release, and reports the result to GitHub.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installCommandLine, NpmError, run } from './command-line.js';
import { checkFirmware, InputError, packageOf, regionOf, wordsOf } from './inputs.js';
import { report } from './report.js';

const { env } = process;

/** The exit statuses of `ota`, for a failure before it runs. */
const [FAILED, USAGE] = [1, 2];

process.exitCode = await publish().catch((error) => {
  if (!(error instanceof InputError || error instanceof NpmError)) throw error;
  report({ result: 'error', error: error.message }, env);
  return error instanceof InputError ? USAGE : FAILED;
});

/** Answers the exit status of `ota publish`. */
async function publish() {
  const words = wordsOf(env);
  const spec = packageOf(env);
  checkFirmware(env);
  const folder = mkdtempSync(join(env['RUNNER_TEMP'] || tmpdir(), 'ota-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { status, stdout } = await quoted(async () => {
    const main = await installCommandLine(spec, { own: join(import.meta.dirname, '..'), folder });
    const region = regionOf(env);
    return run(process.execPath, [main, ...words], { env: { ...env, ...(region && { AWS_REGION: region }) }, output: 'answer' });
  });
  report(answerIn(stdout, status), env);
  return status;
}

/**
 * Does work whose output GitHub must not read as commands, because other people wrote parts of it.
 * @template T
 * @param {() => Promise<T>} work
 */
async function quoted(work) {
  const token = randomUUID();
  console.log(`::stop-commands::${token}`);
  try {
    return await work();
  } finally {
    console.log(`::${token}::`);
  }
}

/**
 * @param {string} stdout
 * @param {number} status
 * @returns {import('./report.js').Answer}
 */
function answerIn(stdout, status) {
  try {
    return JSON.parse(stdout);
  } catch {
    return { result: 'error', error: `ota publish ended with ${status} and printed no JSON: see the log` };
  }
}
