import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServices, startServices } from '../src/services.ts';

const folder = join(import.meta.dirname, '..');
const program = join(folder, 'bin', 'embedded-aws.js');
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };

let other: RunningServices;
beforeAll(async () => {
  other = await startServices({ port: 0 });
});
afterAll(() => other.stop());

function run(...args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe('the command embedded-aws', () => {
  it('prints its version, and its usage', async () => {
    expect(await run('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(await run('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Usage: embedded-aws [--port N] [--region R]'),
      stderr: '',
    });
  });

  it.each([
    [['--prot', '4566'], "embedded-aws: Unknown option '--prot'. See embedded-aws --help\n"],
    [['4566'], "embedded-aws: Unexpected argument '4566'. See embedded-aws --help\n"],
    [['--port'], "embedded-aws: Option '--port <value>' argument missing. See embedded-aws --help\n"],
    [['--port', 'http'], 'embedded-aws: --port is a number from 0 to 65535, not "http". See embedded-aws --help\n'],
    [['--region', 'China'], 'embedded-aws: --region is a Region such as us-east-1, not "China". See embedded-aws --help\n'],
    [['--port', '65536'], 'embedded-aws: --port is a number from 0 to 65535, not "65536". See embedded-aws --help\n'],
  ])('answers %j with one line and status 2', async (args, stderr) => {
    expect(await run(...args)).toEqual({ status: 2, stdout: '', stderr });
  });

  it('answers a taken port with one line and status 1', async () => {
    const { port } = new URL(other.endpoint);
    const stderr = `embedded-aws: port ${port} is taken. Choose another one with --port N, or any free one with --port 0\n`;
    expect(await run('--port', port)).toEqual({ status: 1, stdout: '', stderr });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('serves until %s, then ends with status 0', async (signal) => {
    const child = spawn(process.execPath, [program, '--port', '0', '--region', 'cn-north-1'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    let output = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
      output += text;
      if (output.includes('Ctrl-C')) break;
    }
    const [, endpoint = ''] = /AWS_ENDPOINT_URL=(\S+)/.exec(output) ?? [];
    expect((await fetch(`${endpoint}/_ota/health`)).status).toBe(200);
    expect(output).toContain('AWS_REGION=cn-north-1');
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
  });
});
