import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Runs `npm start` with these arguments, which end it before it starts anything. */
async function start(...args: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../local/main.ts'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
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

describe('npm start', () => {
  it.each([
    [['--port', 'abc'], '--port takes a number from 1 to 65535, not abc'],
    [['--port', '65536'], '--port takes a number from 1 to 65535, not 65536'],
    [['--port', '--exit'], '--port needs a number; '],
    [['--port'], '--port needs a number; '],
    [['--channels', '--exit'], '--channels needs a file; '],
    [['--prot', '4566'], "Unknown option '--prot'"],
    [['stray'], "Unexpected argument 'stray'"],
    [['--channels', 'no-such-file.yml'], 'cannot read no-such-file.yml; '],
    [['--channels', 'docs'], 'cannot read docs: it is a folder; '],
  ])('tells in one line what of %j it does not understand', async (args, line) => {
    const { status, output, errors } = await start(...args);
    expect(errors).toContain(`npm start: ${line}`);
    expect([status, output, errors.trim().split('\n').length]).toEqual([2, '', 1]);
  });

  it('tells in one line that the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { status, errors } = await start('--port', String(port));
    server.close();
    expect([status, errors]).toEqual([1, expect.stringMatching(new RegExp(`^npm start: port ${port} is taken.*\n$`))]);
  });

  it('tells what it can do', async () => {
    const { status, output } = await start('--help');
    expect([status, output]).toEqual([0, expect.stringContaining('--port N')]);
  });
});
