import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, '../../local/main.ts');

/** A port at which nothing listens now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Runs `npm start` with arguments that end it before it starts anything. */
async function start(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  const [status] = await once(child, 'close');
  return { status, output, errors };
}

/** What `npm start` prints about each wrong argument. Every message stands here once. */
const wrongArguments: readonly (readonly [args: string[], message: string])[] = [
  [['--port', 'abc'], '--port takes a number from 1 to 65535, not abc'],
  [['--port', '65536'], '--port takes a number from 1 to 65535, not 65536'],
  [['--port='], '--port takes a number from 1 to 65535, not nothing'],
  [['--port', '--exit'], '--port needs a value'],
  [['--port'], '--port needs a value'],
  [['--console-port', '0'], '--console-port takes a number from 1 to 65535, not 0'],
  [['--channels', '--exit'], '--channels needs a value'],
  [['--prot', '4566'], "Unknown option '--prot'"],
  [['stray'], "Unexpected argument 'stray'"],
  [['--channels', 'no-such-file.yml'], 'cannot read no-such-file.yml: no such file'],
  [['--channels', 'docs'], 'cannot read docs: it is a folder'],
];

describe('npm start', () => {
  it.each(wrongArguments)('ends with 2 and one line for %j', async (args, message) => {
    expect(await start(...args)).toEqual({ status: 2, output: '', errors: `npm start: ${message}; see npm start -- --help\n` });
  });

  it.each([
    ['--port', '--exit'],
    ['--console-port', '--no-examples'],
  ])('ends with 1 and one line if the port of %s is in use', async (option, other) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { status, errors } = await start(option, String(port), other);
    server.close();
    const line = `npm start: port ${port} is in use, maybe by another npm start: choose a free one with ${option} N\n`;
    expect([status, errors]).toEqual([1, line]);
  });

  it.each([
    [[], 0],
    [['--exit'], 1],
  ])('ends with a line if it is stopped while it packages, with %j', { timeout: 120_000 }, async (args, expected) => {
    const child = spawn(process.execPath, [main, ...args, '--port', String(await freePort()), '--no-console'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.endsWith(' ...\n')) child.kill('SIGINT');
    });
    const [status] = await once(child, 'close');
    expect([status, output.split('\n').at(-2)]).toEqual([expected, 'stopped while packaging']);
  });

  it('prints its options with --help', async () => {
    const { status, output } = await start('--help');
    expect(status).toBe(0);
    for (const option of ['--exit', '--port N', '--no-examples', '--channels FILE', '--console-port N', '--no-console'])
      expect(output).toContain(`\n  ${option} `);
  });
});
