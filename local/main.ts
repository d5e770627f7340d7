import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundlePage } from '../console/server/assets.ts';
import { carryOnWithoutReader, exit, nodeProblem, port, usageProblem } from '../scripts/command.ts';
import { givenPath, readGivenFile } from '../scripts/given-file.ts';
import { packageService } from './package-service.ts';
import type { StartOptions } from './serve.ts';

const help = `Usage: npm start -- [OPTIONS]

Runs the whole service on an embedded AWS at http://127.0.0.1:4566, publishes
the examples that fit channels.yml, and stays up. The console shows it in a
browser. Ctrl-C stops it. All data is in memory and is lost then.

  --exit            stop after the examples; exit status 0 if each one that was
                    published ended as it declares, else 1
  --port N          listen on this port (default: 4566)
  --no-examples     publish nothing
  --channels FILE   use this file instead of channels.yml
  --console-port N  serve the console on this port (default: 4567, or a free one
                    if it is in use; with --exit no console)
  --no-console      serve no console`;

/** The port of the console, next to that of the embedded AWS. */
const CONSOLE_PORT = 4567;

/** Starts the local service and answers the exit status: with `--exit` after the examples, otherwise after a signal. */
async function main(args: readonly string[]): Promise<number> {
  const options = readArguments(args);
  if (options === undefined) {
    console.log(help);
    return exit.ok;
  }
  for (const [option, asked] of [
    ['--console-port', options.console?.chosen],
    ['--port', options.port],
  ] as const) {
    if (asked !== undefined && (await isTaken(asked))) {
      console.error(`npm start: port ${asked} is in use, maybe by another npm start: choose a free one with ${option} N`);
      return exit.failed;
    }
  }
  const stop = stopSignal();
  const temporary = mkdtempSync(join(tmpdir(), 'ota-dispatch-'));
  const folder = join(temporary, 'packaged');
  try {
    console.log('packaging the functions and compiling serverless.yml ...');
    // Meanwhile, so that the console takes no time of its own. Whoever waits for the page gets its error.
    const page = options.console && bundlePage();
    page?.catch(() => undefined);
    const packaged = await packageService({ folder, channels: options.channels?.path, signal: stop, log: console.log });
    if (stop.aborted) return exit.failed;
    if (packaged.ok) {
      // Imported here because it loads SDKs, and a wrong argument should be reported at once.
      const { serve } = await import('./serve.ts');
      const chosen = options.console?.chosen;
      const served = page && { port: chosen ?? CONSOLE_PORT, isChosen: chosen !== undefined, page };
      return await serve(folder, { ...options, console: served }, stop);
    }
    console.error(packaged.why);
    return exit.failed;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** What was typed. `console` is undefined if there is none, and its port if nobody chose one. */
type Typed = Omit<StartOptions, 'console'> & { readonly console: { readonly chosen: number | undefined } | undefined };

/** The options that were typed, or undefined for `--help`. Throws what {@link usageProblem} explains. */
function readArguments(args: readonly string[]): Typed | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      exit: { type: 'boolean', default: false },
      port: { type: 'string', default: '4566' },
      'no-examples': { type: 'boolean', default: false },
      channels: { type: 'string' },
      'console-port': { type: 'string' },
      'no-console': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const own = port('port', values.port);
  const chosen = values['console-port'] === undefined ? undefined : port('console-port', values['console-port']);
  const hasConsole = !values['no-console'] && (!values.exit || chosen !== undefined);
  if (values.channels !== undefined) readGivenFile(values.channels);
  const channels = values.channels === undefined ? undefined : { path: givenPath(values.channels), typed: values.channels };
  return { port: own, channels, exit: values.exit, examples: !values['no-examples'], console: hasConsole ? { chosen } : undefined };
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

/** Runs {@link main} and reports an error in one line. */
async function run(args: readonly string[]): Promise<number> {
  try {
    return await main(args);
  } catch (error) {
    const problem = usageProblem(error);
    if (problem !== undefined) {
      console.error(`npm start: ${problem}; see npm start -- --help`);
      return exit.usage;
    }
    console.error(`npm start: ${error instanceof Error ? error.message : error}; OTA_DEBUG=1 prints the stack`);
    if (process.env['OTA_DEBUG'] !== undefined) console.error(error);
    return exit.failed;
  }
}

carryOnWithoutReader();
const problem = nodeProblem();
if (problem === undefined) process.exitCode = await run(process.argv.slice(2));
else {
  console.error(`npm start: ${problem}`);
  process.exitCode = exit.failed;
}
