import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pageAssets } from '../console/server/assets.ts';
import { examplesFolder } from '../operator/examples/examples-folder.ts';
import { exit, port, UsageError } from '../scripts/command.ts';
import { givenPath, readGivenFile } from '../scripts/given-file.ts';
import { isPacked, ota, projectFolder, start } from '../scripts/installation.ts';
import { readExamples } from './example-files.ts';
import { packageService } from './package-service.ts';
import type { StartOptions } from './serve.ts';

/** The help of the command that a person types as `usage`. */
export const helpOf = (usage: string): string => `Usage: ${usage} [OPTIONS]

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

/** Another process listens at the port that a person chose, or at the usual one. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/**
 * Runs the local service as the arguments say: `npm start` and `ota start`. Answers the exit status: with `--exit` after the examples,
 * otherwise after a signal. Prints `help` for `--help`. Throws PortTaken, UsageError, or what Node's `parseArgs` throws.
 */
export async function startService(args: readonly string[], help: string): Promise<number> {
  const options = readArguments(args);
  if (options === undefined) {
    console.log(help);
    return exit.ok;
  }
  if (isPacked && !existsSync(join(projectFolder(), 'serverless.yml')))
    throw new UsageError(`there is no serverless.yml in ${process.cwd()} or above it: make a project with ${ota} init DIR`);
  for (const [option, asked] of [
    ['--console-port', options.console?.chosen],
    ['--port', options.port],
  ] as const) {
    if (asked !== undefined && (await isTaken(asked)))
      throw new PortTaken(`port ${asked} is in use, maybe by another ${start()}: choose a free one with ${option} N`);
  }
  // A wrong file is reported before the functions are packaged, which takes seconds.
  const examples = options.hasExamples ? readExamples(examplesFolder()) : undefined;
  const stop = stopSignal();
  const temporary = mkdtempSync(join(tmpdir(), 'ota-dispatch-'));
  const folder = join(temporary, 'packaged');
  try {
    console.log('packaging the functions and compiling serverless.yml ...');
    // Meanwhile, so that the console takes no time of its own. Whoever waits for the page gets its error.
    const page = options.console && pageAssets();
    page?.catch(() => undefined);
    const packaged = await packageService({ folder, channels: options.channels?.path, signal: stop, log: console.log });
    if (stop.aborted) {
      console.log('stopped while packaging');
      return options.exit ? exit.failed : exit.ok;
    }
    if (packaged.ok) {
      // Imported here because it loads SDKs, and a wrong argument should be reported at once.
      const { serve } = await import('./serve.ts');
      const chosen = options.console?.chosen;
      const served = page && { port: chosen ?? CONSOLE_PORT, isChosen: chosen !== undefined, page };
      return await serve(folder, { ...options, examples, console: served }, stop);
    }
    console.error(packaged.why);
    return exit.failed;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** What was typed. `console` is undefined if there is none, and its port if nobody chose one. */
type Typed = Omit<StartOptions, 'console' | 'examples'> & {
  readonly hasExamples: boolean;
  readonly console: { readonly chosen: number | undefined } | undefined;
};

/** The options that were typed, or undefined for `--help`. Throws UsageError, or what Node's `parseArgs` throws. */
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
  return { port: own, channels, exit: values.exit, hasExamples: !values['no-examples'], console: hasConsole ? { chosen } : undefined };
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
