import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Examples, Session } from '../../console/api.ts';
import { root } from '../../scripts/installation.ts';
import { ask, openSession } from '../console/visitor.ts';
import { built } from '../pack/built.ts';

/*
 * A user's project that has only the package: lib/ as it is packed, the two programs that npm installs with it, and what `ota init` writes.
 * Nothing comes from the network.
 */

/** The folder of the project, of its node_modules until `init` has made the project, and of the temporary files. */
let base = '';
/** A folder that has only the package for CI. */
let ofCi = '';
const project = () => join(base, 'my-fleet');
const temporary = () => join(base, 'temporary');
const page = (file: string) => readFileSync(join(project(), 'node_modules', 'ota-dispatch', 'lib', 'page', file), 'utf8');

const children: ChildProcess[] = [];

/** Types `ota` with these words in a folder, by the package in `modules`. The shell of a user has no settings of the tests. */
function type(folder: string, words: readonly string[], modules = join(project(), 'node_modules', 'ota-dispatch')) {
  const { OTA_SERVERLESS_FILE: _ofTests, ...environment } = process.env;
  const child = spawn(process.execPath, [join(modules, 'lib', 'ota', 'main.js'), ...words], {
    cwd: folder,
    env: { ...environment, TMPDIR: temporary() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) child[stream].on('data', (data) => (printed[stream] += data));
  const ended = once(child, 'close').then(([status]) => ({ status, ...printed }));
  return {
    ended,
    kill: (signal: 'SIGINT') => child.kill(signal),
    /** What it has printed when it has printed this. */
    printed: (text: RegExp) =>
      new Promise<string>((done, fail) => {
        const look = () => text.test(printed.stdout) && done(printed.stdout);
        child.stdout.on('data', look);
        ended.then(({ stdout, stderr }) => fail(new Error(`it ended:\n${stdout}${stderr}`)));
        look();
      }),
  };
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return String(typeof address === 'object' && address !== null ? address.port : 0);
}

const INIT = ['--product', 'kettle', '--bucket', 'acme-kettles', '--control-plane', 'createJob', '--package', '0.1.0', '--yes'];

beforeAll(async () => {
  const whole = await built('ota-dispatch');
  base = whole.project;
  ofCi = (await built('ota-dispatch-cli')).project;
  mkdirSync(temporary());
  expect(await type(base, ['init', 'my-fleet', ...INIT], whole.folder).ended).toMatchObject({ status: 0, stderr: '' });
  const modules = join(base, 'node_modules');
  for (const name of ['serverless', 'dynalite']) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  // `init` makes the folder, so only now the package can be in it.
  renameSync(modules, join(project(), 'node_modules'));
}, 120_000);
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => {
  for (const folder of [base, ofCi]) rmSync(folder, { recursive: true });
});

describe('ota start in a project that has only the package', { timeout: 120_000 }, () => {
  it('publishes the first release, prints its steps, ends with 0 and leaves no temporary folder', async () => {
    const { status, stdout, stderr } = await type(project(), ['start', '--exit', '--port', await freePort()]).ended;
    expect([status, stderr]).toEqual([0, '']);
    for (const line of [
      /^acme-kettles +uploaded +kettle\/0\.1\.0\/firmware\.bin$/m,
      /^kettle 0\.1\.0 +published examples\/first-release\.json: a first release of kettle$/m,
      /^kettle 0\.1\.0 beta +created +fw-kettle-0-1-0-[0-9a-f]{32}-1$/m,
      /^kettle 0\.1\.0 beta +completed devices: 10 succeeded$/m,
      /^kettle 0\.1\.0 beta +duplicate accepted before/m,
      /^Every example ended as it declares\.$/m,
    ])
      expect(stdout).toMatch(line);
    expect(readdirSync(temporary())).toEqual([]);
  });

  it('serves the page and the examples of the project, says what to type, and ends with 0 after Ctrl-C', async () => {
    const [port, consolePort] = [await freePort(), await freePort()];
    const started = type(project(), ['start', '--no-examples', '--port', port, '--console-port', consolePort]);
    const stdout = await started.printed(/Ctrl-C stops the service/);
    expect(stdout).toContain(`  npm exec --no -- ota status --endpoint http://127.0.0.1:${port}\n`);
    expect(stdout).not.toMatch(/npm start|npm run/);

    const token = stdout.match(/#token=(\S+)/)?.[1] ?? '';
    const { answer, headers } = await openSession(Number(consolePort), token);
    expect((answer.body as Session).ota).toBe('npm exec --no -- ota');
    const { body } = await ask(Number(consolePort), { path: '/api/local/examples', headers });
    expect((body as Examples).examples.map(({ name }) => name)).toEqual(['first-release']);
    expect((await ask(Number(consolePort), { path: '/releases/kettle/0.1.0' })).text).toBe(page('index.html'));
    expect((await ask(Number(consolePort), { path: '/assets/main.js' })).text).toBe(page('assets/main.js'));

    // Other consoles, as a person opens them for another browser, or on a machine with the package for CI.
    const words = ['console', '--json', '--endpoint', `http://127.0.0.1:${port}`];
    for (const other of [
      type(project(), words),
      type(ofCi, [...words, '--channels', join(project(), 'channels.yml')], join(ofCi, 'node_modules', 'ota-dispatch-cli')),
    ]) {
      const { address } = JSON.parse(await other.printed(/\n/)) as { address: string };
      expect((await ask(Number(new URL(address).port), { path: '/' })).text).toBe(page('index.html'));
      other.kill('SIGINT');
      expect(await other.ended).toMatchObject({ status: 0, stderr: '' });
    }

    started.kill('SIGINT');
    expect(await started.ended).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(temporary())).toEqual([]);
  });

  it('starts without examples, and says where they would be', async () => {
    renameSync(join(project(), 'examples'), join(base, 'examples'));
    const ended = await type(project(), ['start', '--exit', '--port', await freePort()]).ended;
    renameSync(join(base, 'examples'), join(project(), 'examples'));
    expect(ended).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('it has no file examples/NAME.json') });
  });

  it('ends with 2 in a folder without a project', async () => {
    expect(await type(base, ['start', '--exit']).ended).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^ota start: there is no serverless\.yml in \S+ or above it: make a project with .*ota init DIR\n$/),
    });
  });
});
