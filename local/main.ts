import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exit, nodeProblem, UsageError, usageProblem } from '../scripts/command.ts';
import { givenPath, readGivenFile } from '../scripts/given-file.ts';
import { packageService } from './package-service.ts';
import type { StartOptions } from './serve.ts';

const help = `Usage: npm start -- [OPTIONS]

Runs the whole service on an embedded AWS at http://127.0.0.1:4566, publishes
the examples that fit channels.yml, and stays up. Ctrl-C stops it. All data is
in memory and is lost then.

  --exit           stop after the examples; exit status 0 if each one that was
                   published ended as it declares, else 1
  --port N         listen on this port (default: 4566)
  --no-examples    publish nothing
  --channels FILE  use this file instead of channels.yml`;

/** Starts the local service and answers the exit status: with `--exit` after the examples, otherwise after a signal. */
async function main(args: readonly string[]): Promise<number> {
  const options = readArguments(args);
  if (options === undefined) {
    console.log(help);
    return exit.ok;
  }
  if (await isTaken(options.port)) {
    console.error(`npm start: port ${options.port} is in use, maybe by another npm start: choose a free one with --port N`);
    return exit.failed;
  }
  const stop = stopSignal();
  const temporary = mkdtempSync(join(tmpdir(), 'ota-dispatch-'));
  const folder = join(temporary, 'packaged');
  try {
    console.log('packaging the functions and compiling serverless.yml ...');
    const packaged = await packageService({ folder, channels: options.channels?.path, signal: stop, log: console.log });
    if (stop.aborted) return exit.failed;
    if (packaged.ok) {
      // Imported here because it loads SDKs, and a wrong argument should be reported at once.
      const { serve } = await import('./serve.ts');
      return await serve(folder, options, stop);
    }
    console.error(packaged.why);
    return exit.failed;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** The options that were typed, or undefined for `--help`. Throws what {@link usageProblem} explains. */
function readArguments(args: readonly string[]): StartOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      exit: { type: 'boolean', default: false },
      port: { type: 'string', default: '4566' },
      'no-examples': { type: 'boolean', default: false },
      channels: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
  if (!(port >= 1 && port <= 65_535)) throw new UsageError(`--port takes a number from 1 to 65535, not ${values.port || 'nothing'}`);
  if (values.channels !== undefined) readGivenFile(values.channels);
  const channels = values.channels === undefined ? undefined : { path: givenPath(values.channels), typed: values.channels };
  return { port, channels, exit: values.exit, examples: !values['no-examples'] };
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? done(true) : fail(error)));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(false)));
  });
}

/** Aborted by the first Ctrl-C. A second one ends the process at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

/** Runs {@link main} and reports wrong arguments in one line. */
async function run(args: readonly string[]): Promise<number> {
  try {
    return await main(args);
  } catch (error) {
    const problem = usageProblem(error);
    if (problem === undefined) throw error;
    console.error(`npm start: ${problem}; see npm start -- --help`);
    return exit.usage;
  }
}

const problem = nodeProblem();
if (problem === undefined) process.exitCode = await run(process.argv.slice(2));
else {
  console.error(`npm start: ${problem}`);
  process.exitCode = exit.failed;
}
