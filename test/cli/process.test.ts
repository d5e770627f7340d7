import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandNames } from '../../cli/commands.ts';
import { exit } from '../../scripts/command.ts';
import { root } from '../../scripts/installation.ts';
import { otaInProcess } from './in-process.ts';

const main = join(root, 'cli/main.ts');
const nowhere = ['--endpoint', 'http://127.0.0.1:1'];

/** For each command with --json: a line that is right, for a stage that nothing listens for, or for a file that is not there. */
const lines: Readonly<Record<string, readonly string[]>> = {
  check: ['--channels', '/nowhere.yml'],
  plan: ['/nowhere.json'],
  status: nowhere,
  devices: ['thermostat', '1.0.0', ...nowhere],
  rejected: nowhere,
  doctor: nowhere,
  console: ['--stage', 'Prod_1'],
  publish: ['examples/iot-release.json', '--upload', 'LICENSE', ...nowhere],
  promote: ['thermostat', '1.0.0', '--to', 'beta', '--channels', 'examples/channels.yml', ...nowhere],
  approve: ['thermostat', '1.0.0', 'beta', '--yes', '--channels', 'examples/channels.yml', ...nowhere],
  deny: ['thermostat', '1.0.0', 'beta', '--yes', '--channels', 'examples/channels.yml', ...nowhere],
  hold: ['thermostat', '--reason', 'x', '--channels', 'examples/channels.yml', ...nowhere],
  resume: ['thermostat', '--yes', '--channels', 'examples/channels.yml', ...nowhere],
  withdraw: ['thermostat', '1.0.0', '--yes', '--channels', 'examples/channels.yml', ...nowhere],
  redrive: nowhere,
  fault: ['list', ...nowhere],
  diff: ['/nowhere.json'],
  init: ['package.json'],
  'import-files': ['--stage', 'prod', '--package', '/nowhere'],
};

/** What the commands that publish a release or a withdrawal print beside an error. */
const resultOf = (name: string) => (['publish', 'promote', 'withdraw', 'deny'].includes(name) ? { result: 'error' } : {});

describe('--json', () => {
  it('is an option of every command that answers: completion prints a script, and start runs until Ctrl-C', () => {
    expect(Object.keys(lines).sort()).toEqual(commandNames.filter((name) => name !== 'completion' && name !== 'start').sort());
  });

  it.each(Object.entries(lines))('of %s prints one JSON document with the error, which stderr has, too', async (name, line) => {
    const { status, stdout, stderr } = await otaInProcess(name, ...line, '--json');
    expect(stderr).toMatch(new RegExp(`^ota ${name}: .+\n$`));
    expect(JSON.parse(stdout)).toEqual({ ...resultOf(name), error: stderr.trim().slice(`ota ${name}: `.length) });
    expect(status).toBe(exit.usage);
  });

  it.each(Object.keys(lines))('of %s prints it for an unknown option, too', async (name) => {
    const { status, stdout } = await otaInProcess(name, '--json', '--zzz');
    expect([status, Object.keys(JSON.parse(stdout))]).toEqual([exit.usage, [...Object.keys(resultOf(name)), 'error']]);
  });

  it('counts only before a double hyphen', async () => {
    expect(await otaInProcess('status', 'a', 'b', 'c', '--', '--json')).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('a process of the command line', () => {
  const silent = createServer(() => {});
  let endpoint = '';
  beforeAll(async () => {
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });
  afterAll(() => silent.close());

  it.each([
    ['SIGINT', exit.interrupted],
    ['SIGTERM', exit.terminated],
  ] as const)('ends with the status of %s, and prints no stack', async (signal, status) => {
    const child = spawn(process.execPath, [main, 'status', '--endpoint', endpoint]);
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
    await new Promise<void>((asked) => silent.once('request', () => asked()));
    child.kill(signal);
    expect(await new Promise((done) => child.once('close', done))).toBe(status);
    expect(printed).toBe('');
  });

  it('says nothing if nobody reads its output any more', async () => {
    const child = spawn(process.execPath, [main, '--help']);
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += text));
    expect(await new Promise((done) => child.once('close', done))).toBe(0);
    expect(stderr).toBe('');
  });

  it('prints an error that nobody expects in one line, and its stack only with OTA_DEBUG', () => {
    const broken = 'data:text/javascript,Date.now = () => { throw new RangeError("the clock is broken"); };';
    const run = (environment: Readonly<Record<string, string>>) =>
      spawnSync(process.execPath, ['--import', broken, main, 'check'], { encoding: 'utf8', env: { ...process.env, ...environment } });
    const { status, stderr } = run({});
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^ota check: the clock is broken\n$/)]);
    expect(run({ OTA_DEBUG: '1' }).stderr).toContain('    at ');
  });
});
