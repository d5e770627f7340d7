import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../console/api.ts';
import { assetsOf, filesIn, isNotInstalled, pageAssets } from '../../console/server/assets.ts';
import { listenOnLoopback, PortInUse } from '../../console/server/listen.ts';
import { type ConsoleOptions, type RunningConsole, startConsole } from '../../console/server/serve.ts';
import { openStage, type Stage } from '../../operator/stage/stage.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { createTable, ledgerTable } from '../../proof/stage/tables.ts';
import { root } from '../../scripts/installation.ts';
import { packPage } from '../../scripts/pack/page.ts';
import { EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';
import { otaInProcess } from '../cli/in-process.ts';
import { type Loopback, startLoopback } from '../support/loopback.ts';
import { ask, openSession } from './visitor.ts';

const channels = join(root, EXAMPLE_CHANNELS);
const folder = mkdtempSync(join(tmpdir(), 'ota-console-'));
const assets = pageAssets();

let aws: TestAws;
let stage: Stage;
beforeAll(async () => {
  aws = await startTestAws();
  stage = openStage({ stage: 'local', endpoint: aws.endpoint });
  await createTable(aws.dynamodb, ledgerTable('ota-dispatch-local-ledger'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await aws.stop();
});

/** What a test has started. It is stopped after the test. */
const started: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of started.splice(0)) await stop();
});

async function start(options: Partial<ConsoleOptions> = {}): Promise<RunningConsole & { port: number; token: string }> {
  const running = await startConsole({ stage, port: 0, isReadOnly: false, channels, report: () => undefined, assets, ...options });
  started.push(running.close);
  const { port, hash } = new URL(running.address);
  return { ...running, port: Number(port), token: new URLSearchParams(hash.slice(1)).get('token') ?? '' };
}

async function sessionOf(options: Partial<ConsoleOptions> = {}): Promise<Session> {
  const { port, token } = await start(options);
  return (await openSession(port, token)).answer.body as Session;
}

async function taken(host: string): Promise<number> {
  const server: Server = createServer().listen({ host, port: 0, ipv6Only: host === '::1' });
  await once(server, 'listening');
  started.push(() => new Promise((closed) => server.close(closed)));
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}

const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all);
const hasIpv6 = addresses.some(({ address }) => address === '::1');
const outside = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

describe('the console', () => {
  it('listens on 127.0.0.1, and its address is for one browser', async () => {
    const { port, origin, address, isOpened, token } = await start();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/);
    expect(origin).toBe(`http://127.0.0.1:${port}`);
    expect(isOpened()).toBe(false);
    await openSession(port, token);
    expect(isOpened()).toBe(true);
  });

  it.skipIf(!hasIpv6)('listens on ::1 at the same port', async () => {
    const { port } = await start();
    expect((await ask(port, { address: '::1', headers: { host: `[::1]:${port}` } })).status).toBe(200);
  });

  it.skipIf(outside === undefined)('listens on no address that another machine can reach', async () => {
    const { port } = await start();
    await expect(ask(port, { address: outside ?? '' })).rejects.toThrow('ECONNREFUSED');
  });

  it.each(['127.0.0.1', ...(hasIpv6 ? ['::1'] : [])])('does not share a port that another process has on %s', async (host) => {
    const port = await taken(host);
    await expect(listenOnLoopback(port)).rejects.toThrow(PortInUse);
    // What was bound on the other address is free again.
    const other = createServer().listen({ host: host === '::1' ? '127.0.0.1' : '::1', port });
    started.push(() => new Promise((closed) => other.close(closed)));
    if (hasIpv6) await once(other, 'listening');
  });

  it('ends although a browser keeps its connection', async () => {
    const { port, close } = await start();
    const connection = await fetch(`http://127.0.0.1:${port}/`);
    await connection.text();
    await close();
    started.pop();
    await expect(ask(port, {})).rejects.toThrow('ECONNREFUSED');
  });

  it('closes the connection of a request that does not arrive in time', async () => {
    const { port, close } = await listenOnLoopback(0, { headersTimeout: 20, requestTimeout: 20, lastRequests: 1_000 });
    started.push(close);
    const late = `POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 9\r\n\r\n{`;
    const socket = connect(port, '127.0.0.1', () => socket.write(late)).on('error', () => undefined);
    socket.resume();
    await new Promise((closed) => socket.once('close', closed));
  });

  it('ends although a request has not arrived', async () => {
    const { port, close } = await listenOnLoopback(0, { headersTimeout: 60_000, requestTimeout: 60_000, lastRequests: 20 });
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n')).on('error', () => undefined);
    await once(socket, 'connect');
    await Promise.all([close(), new Promise((closed) => socket.once('close', closed))]);
  });

  it('is not started with a channels.yml that is invalid', async () => {
    const invalid = join(folder, 'invalid.yml');
    writeFileSync(invalid, 'products: 7');
    await expect(start({ channels: invalid })).rejects.toThrow(/^\S+invalid\.yml is invalid: /);
  });
});

describe('the page', () => {
  it('is the same at every path of its own, and has no inline script, no inline style and nothing of another server', async () => {
    const { port } = await start();
    const { text, headers } = await ask(port, { path: '/' });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect((await ask(port, { path: '/releases/lock/1.0.0' })).text).toBe(text);
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|https?:|data:/i);
    const files = [...text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(files.length).toBeGreaterThan(2);
    for (const path of ['/assets/none.js', '/favicon.ico', '/robots.txt']) expect((await ask(port, { path })).status, path).toBe(404);
    for (const path of files) expect((await ask(port, { path })).status, path).toBe(200);
  });

  it('has the same bytes in a package, where nothing bundles it', async () => {
    const out = join(folder, 'lib');
    const [metafile] = await packPage(out);
    const packed = await filesIn(join(out, 'page'));
    expect([...packed.keys()].sort()).toEqual(['/assets/main.css', '/assets/main.js', '/icon.svg', '/index.html']);
    for (const path of ['/', '/releases/lock/1.0.0', ...packed.keys(), '/assets/none.js'])
      expect(assetsOf(packed).get(path), path).toEqual((await assets).get(path));
    // The notices of a package name what the page has of others.
    expect(Object.keys(metafile?.inputs ?? {})).toContainEqual(expect.stringMatching(/^node_modules\/preact\//));
  });

  it('has less than 150 kB', async () => {
    const files = await Promise.all(
      ['/', '/assets/main.js', '/assets/main.css', '/icon.svg'].map(async (path) => (await assets).get(path)),
    );
    const bytes = files.reduce((sum, file) => sum + Buffer.byteLength(file?.body ?? ''), 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(150_000);
  });

  it('asks for the development dependencies if one is missing, and not for an error of the page', async () => {
    const wrong = (contents: string) =>
      build({ stdin: { contents, resolveDir: '/' }, bundle: true, write: false, logLevel: 'silent' }).catch((error: unknown) => error);
    const missing = 'esbuild-is-not-here';
    expect(isNotInstalled(await import(missing).catch((error: unknown) => error))).toBe(true);
    expect(isNotInstalled(await wrong('import "preact/hooks"'))).toBe(true);
    expect(isNotInstalled(await wrong('let let'))).toBe(false);
    expect(isNotInstalled(await wrong('import "./preact.ts"'))).toBe(false);
  });
});

describe('the session', () => {
  it('of a local stage names where the embedded AWS listens, and no caller', async () => {
    const session = await sessionOf();
    expect(session).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      stage: 'local',
      isLocal: true,
      isReadOnly: false,
      region: 'us-east-1',
      channelsFile: channels,
      ota: 'npm run ota --',
      refreshMilliseconds: 2_000,
      csrf: expect.any(String),
      endpoint: aws.endpoint,
    });
  });

  it('says that the console is read-only', async () => {
    expect(await sessionOf({ isReadOnly: true })).toMatchObject({ isReadOnly: true });
  });

  describe('of a deployed stage', () => {
    /** A stage on AWS, whose STS is this server. */
    async function deployedAt(answer: (loopback: Parameters<Parameters<typeof startLoopback>[0]>[0]) => void): Promise<Stage> {
      const sts: Loopback = await startLoopback(answer);
      started.push(sts.close);
      const credentials = { accessKeyId: 'AKIAPLANTED', secretAccessKey: 'planted-secret' };
      return {
        ...stage,
        name: 'prod',
        isLocal: false,
        endpoint: undefined,
        config: { region: 'eu-west-1', endpoint: sts.endpoint, credentials },
      } as Stage;
    }

    it('names account, region and caller, and none of the credentials', async () => {
      const prod = await deployedAt(({ response }) =>
        response.end(
          '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/operator/kim</Arn><UserId>U</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
        ),
      );
      const session = await sessionOf({ stage: prod });
      expect(session).toMatchObject({
        stage: 'prod',
        isLocal: false,
        account: '111122223333',
        caller: 'arn:aws:sts::111122223333:assumed-role/operator/kim',
        refreshMilliseconds: 15_000,
      });
      expect(JSON.stringify(session)).not.toMatch(/AKIAPLANTED|planted-secret/);
    });

    it('opens without a caller if AWS does not name one', async () => {
      const prod = await deployedAt(({ response }) => response.writeHead(403).end());
      const session = await sessionOf({ stage: prod });
      expect(session).toMatchObject({ stage: 'prod', region: 'us-east-1' });
      expect(session.caller).toBeUndefined();
    });
  });
});

describe('ota console', () => {
  /** Types the command in a process of its own, without a terminal. Answers what it prints until `until`. */
  async function type(until: RegExp, ...args: readonly string[]) {
    const child: ChildProcess = spawn(
      process.execPath,
      [join(root, 'cli/main.ts'), 'console', '--endpoint', aws.endpoint, '--channels', channels, ...args],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    started.push(() => child.kill('SIGKILL'));
    let output = '';
    const printed = new Promise<string>((resolve, reject) => {
      child.stdout?.on('data', (data: Buffer) => {
        output += data.toString();
        if (until.test(output)) resolve(output);
      });
      child.once('close', (status) => reject(new Error(`it ended with ${status}: ${output}`)));
    });
    return { child, output: await printed };
  }

  it('prints its address, answers there, and ends with 0 after Ctrl-C', async () => {
    const { child, output } = await type(/Ctrl-C/);
    const [address = ''] = output.match(/http:\S+/) ?? [];
    const { port, hash } = new URL(address);
    const { answer } = await openSession(Number(port), hash.replace('#token=', ''));
    expect(answer).toMatchObject({ status: 200, body: { stage: 'local', isReadOnly: false } });
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  it('prints one line for a program, and serves a console that is read-only', async () => {
    const { child, output } = await type(/\n/, '--json', '--read-only');
    const { address } = JSON.parse(output) as { address: string };
    const { port, hash } = new URL(address);
    const { answer } = await openSession(Number(port), hash.replace('#token=', ''));
    expect(answer.body).toMatchObject({ isReadOnly: true });
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  const ota = (...args: readonly string[]) => otaInProcess('console', '--endpoint', aws.endpoint, '--channels', channels, ...args);

  it.each<[string, readonly string[], string]>([
    ['a port that is none', ['--port', '70000'], 'ota console: --port takes a number from 1 to 65535, not 70000'],
    [
      'a stage that does not exist',
      ['--stage', 'prod'],
      'ota console: stage prod has no ledger: check --stage, and the account and region of your credentials',
    ],
    [
      'a file that does not exist',
      ['--channels', join(folder, 'none.yml')],
      `ota console: cannot read ${join(folder, 'none.yml')}: no such file`,
    ],
    [
      'an endpoint that nothing listens at',
      ['--endpoint', 'http://127.0.0.1:9'],
      'ota console: nothing listens at http://127.0.0.1:9: start the local service with npm start, or pass --endpoint or --stage',
    ],
  ])('ends with 2 and one line for %s', async (_name, args, line) => {
    expect(await ota(...args)).toEqual({ status: 2, stdout: '', stderr: `${line}\n` });
  });

  it('ends with 2 and one line for a port that is in use', async () => {
    const port = await taken('127.0.0.1');
    expect(await ota('--port', String(port))).toEqual({
      status: 2,
      stdout: '',
      stderr: `ota console: port ${port} is in use: choose a free one\n`,
    });
  });
});
