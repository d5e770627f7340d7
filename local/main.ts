import { accessSync, constants, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageService } from './package-service.ts';
import type { Wishes } from './serve.ts';

const help = `Usage: npm start -- [OPTIONS]

The whole service on an embedded AWS, on one endpoint. Publishes the examples and stays up.

  --exit           stop when the examples have ended: status 0 when each reached the end it declares, else 1
  --port N         the endpoint's port (default 4566)
  --no-examples    publish nothing
  --channels FILE  another channels.yml`;

/** Starts the local service and answers the exit status; with `--exit` when the examples have ended, else on a signal. */
async function main(args: readonly string[]): Promise<number> {
  const wishes = readArguments(args);
  if (typeof wishes === 'string') {
    console.error(`npm start: ${wishes}; npm start -- --help tells what there is`);
    return 2;
  }
  if (wishes === undefined) {
    console.log(help);
    return 0;
  }
  if (await isTaken(wishes.port)) {
    console.error(`npm start: port ${wishes.port} is taken: is it running already? npm start -- --port N takes another`);
    return 1;
  }
  const stop = whenAskedToStop();
  const ours = mkdtempSync(join(tmpdir(), 'ota-dispatch-'));
  const folder = join(ours, 'packaged');
  try {
    console.log('packaging the handlers and compiling serverless.yml');
    const packaged = await packageService({ folder, channels: wishes.channels, signal: stop, say: console.log });
    if (stop.aborted) return 1;
    if (packaged.ok) {
      // Only now: what was typed wrong is told without loading an SDK.
      const { serve } = await import('./serve.ts');
      return await serve(folder, wishes, stop);
    }
    console.error(packaged.why);
    return 1;
  } finally {
    rmSync(ours, { recursive: true, force: true });
  }
}

/** What was wished for, `undefined` for help, or a sentence saying what cannot be understood. */
function readArguments(args: readonly string[]): Wishes | string | undefined {
  try {
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
    if (!(port >= 1 && port <= 65_535)) return `--port takes a number from 1 to 65535, not ${values.port}`;
    const channels = values.channels === undefined ? undefined : fromWhereTyped(values.channels);
    if (channels !== undefined && !isReadable(channels)) return `cannot read ${values.channels}`;
    if (channels !== undefined && statSync(channels).isDirectory()) return `cannot read ${values.channels}: it is a folder`;
    return { port, channels, exit: values.exit, examples: !values['no-examples'] };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const option = error.message.match(/^Option '(--port|--channels)\b/)?.[1];
    if (option !== undefined) return `${option} needs a ${option === '--port' ? 'number' : 'file'}`;
    return (error.message.split('\n')[0] ?? '').replace(/\.( To specify.*)?$/, '');
  }
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? done(true) : fail(error)));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(false)));
  });
}

/** npm runs scripts in the root and keeps the folder where the person typed in INIT_CWD, which what they start inherits. */
function fromWhereTyped(file: string): string {
  const here = process.cwd();
  const isRoot = here === resolve(import.meta.dirname, '..');
  return resolve(isRoot ? (process.env['INIT_CWD'] ?? here) : here, file);
}

/** Aborted by the first Ctrl-C; a second one ends at once. */
function whenAskedToStop(): AbortSignal {
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => asked.abort());
  return asked.signal;
}

if (Number(process.versions.node.split('.', 1)[0]) < 24) {
  console.error(
    `Node 24 or newer is needed, this is ${process.versions.node}; npm start brings its own unless scripts are ignored at install`,
  );
  process.exitCode = 1;
} else {
  process.exitCode = await main(process.argv.slice(2));
}
